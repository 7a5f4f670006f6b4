// Lines of devices, by whatever controllers this machine has: the tests run with APICs and without.
#include "acpi/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"
#include "interrupts/start.hpp"
#include "memory/direct_map.hpp"
#include "own_map.hpp"
#include "paging/audit.hpp"
#include "suites.hpp"
#include "time/pit.hpp"

using namespace pith;
using interrupts::IsaLine;
using interrupts::TakeProblem;
using testing::check;
using testing::check_equal;

namespace {

constinit unsigned calls = 0;

void count_call() { ++calls; }

void start() {
    tests::move_into_own_map();
    acpi::start(tests::handoff());
    interrupts::start(acpi::tables());
    cpu::disable_interrupts();
}

constexpr std::uint16_t millisecond = time::pit_rate / 1000;

// A millisecond from now the timer raises its line.
void raise_line() {
    auto pit = time::pc_pit;
    pit.start(millisecond);
}

// Interrupts may come until the timer has raised its line.
void let_time_pass() {
    auto pit = time::pc_pit;
    cpu::enable_interrupts();
    while (pit.count() <= millisecond) cpu::pause();
    cpu::disable_interrupts();
}

void the_controllers_are_named() {
    start();
    interrupts::print_controllers();
    check_equal(paging::audit_kernel(), 0U);
}

void a_line_interrupts_again_and_again() {
    start();
    auto const vector = interrupts::take(IsaLine::timer, "the interval timer", count_call);
    check(vector.has_value());
    for (unsigned round = 1; round <= 100; ++round) {
        raise_line();
        cpu::wait_for_interrupt();
        check(!cpu::are_interrupts_enabled());
        check_equal(calls, round);
    }
    check_equal(interrupts::count_of(*vector), 100U);
    interrupts::print_table();
}

void a_handler_runs_with_interrupts_off() {
    start();
    static bool were_enabled = true;
    check(interrupts::take(IsaLine::timer, "a test", [] {
              were_enabled = cpu::are_interrupts_enabled();
          }).has_value());
    raise_line();
    cpu::wait_for_interrupt();
    check(!were_enabled);
}

void a_line_has_one_handler() {
    start();
    check(interrupts::take(IsaLine::keyboard, "a test", count_call).has_value());
    check(interrupts::take(IsaLine::keyboard, "another", count_call) == std::unexpected{TakeProblem::taken});
    check(interrupts::take(IsaLine::mouse, "another", count_call).has_value());
    interrupts::release(IsaLine::keyboard);
    check(interrupts::take(IsaLine::keyboard, "another", count_call).has_value());
}

void a_masked_line_does_not_interrupt() {
    start();
    raise_line();
    let_time_pass();
    check_equal(calls, 0U);
    check(interrupts::take(IsaLine::timer, "a test", count_call).has_value());
    interrupts::release(IsaLine::timer);
    raise_line();
    let_time_pass();
    check_equal(calls, 0U);
}

void the_local_timer_interrupts() {
    start();
    auto const* const apic = interrupts::local_apic();
    auto const vector      = interrupts::take_vector("local timer", count_call);
    check_equal(vector.has_value(), apic != nullptr);
    if (apic == nullptr) return;
    apic->set(interrupts::LocalApic::Entry::timer, interrupts::LocalVector::to(*vector));
    for (unsigned round = 1; round <= 100; ++round) {
        apic->start_timer(10'000);
        cpu::wait_for_interrupt();
        check_equal(calls, round);
        check_equal(apic->timer_count(), 0U);
    }
}

void a_processor_interrupts_itself() {
    start();
    auto const* const apic = interrupts::local_apic();
    if (apic == nullptr) return;
    auto const vector = interrupts::take_vector("itself", count_call);
    for (unsigned round = 1; round <= 100; ++round) {
        apic->raise(*vector);
        check_equal(calls, round - 1);  // interrupts are off
        cpu::wait_for_interrupt();
        check_equal(calls, round);
    }
}

// They come though interrupts are off.
void a_processor_sends_itself_an_nmi() {
    start();
    auto const* const apic = interrupts::local_apic();
    if (apic == nullptr) return;
    exceptions::set_handler<exceptions::Vector::nmi>([](exceptions::ExceptionFrame&) {
        count_call();
        return exceptions::Resolution::resumed;
    });
    for (unsigned round = 1; round <= 100; ++round) {
        apic->raise_nmi();
        for (unsigned turn = 0; turn < 1000 && calls < round; ++turn) cpu::pause();
        check_equal(calls, round);
    }
}

void vectors_come_to_an_end() {
    start();
    if (interrupts::local_apic() == nullptr) return;
    unsigned taken = 0;
    while (interrupts::take_vector("a test", count_call)) ++taken;
    check_equal(taken, 0xf0U - 0x30U);
    check(interrupts::take(IsaLine::timer, "too late", count_call) ==
          std::unexpected{TakeProblem::no_vector});
}

// What an 8259 raises though nobody asked: as `int` does here, which no controller knows of.
void what_nobody_wanted_is_counted() {
    start();
    asm volatile("int 0x27\n int 0x2f\n" : : : "memory");
    check_equal(interrupts::spurious_count(), 2U);
}

// As a message is from a device that firmware left open: else it would block all of its class, and below.
void what_nobody_took_is_ended() {
    constexpr unsigned first = 0x20, end = 0xfe;
    start();
    auto const* const apic = interrupts::local_apic();
    if (apic == nullptr) return;
    auto const taken    = interrupts::take_vector("local timer", count_call);
    auto const wait_for = [&](unsigned vector) {
        apic->set(interrupts::LocalApic::Entry::timer,
                  interrupts::LocalVector::to(static_cast<std::uint8_t>(vector)));
        apic->start_timer(1000);
        cpu::wait_for_interrupt();
    };
    unsigned unwanted = 0;
    for (unsigned vector = end; vector-- > first;) {
        if (vector == *taken) continue;
        wait_for(vector);
        check_equal(interrupts::spurious_count(), ++unwanted);
    }
    wait_for(*taken);
    check_equal(calls, 1U);
}

// `int` with a vector that nobody took is no interrupt: it ends none.
void an_instruction_ends_no_interrupt() {
    start();
    static std::uint8_t vector = 0;
    static bool is_served      = false;
    auto const* const apic     = interrupts::local_apic();
    if (apic == nullptr) return;
    auto const look = [] {
        asm volatile("int 0x2f\n int 0x81\n" : : : "memory");
        is_served = interrupts::local_apic()->serves(vector);
    };
    vector = interrupts::take_vector("local timer", look).value();
    apic->set(interrupts::LocalApic::Entry::timer, interrupts::LocalVector::to(vector));
    apic->start_timer(1000);
    cpu::wait_for_interrupt();
    check(is_served);
    check(!apic->serves(vector));
    check_equal(interrupts::spurious_count(), 1U);
}

void who_cannot_have_a_line_is_told_why() {
    start();
    check(interrupts::take(IsaLine::mouse, "a test", count_call).has_value());
    auto const taken = interrupts::take(IsaLine::mouse, "another", count_call);
    check_equal(interrupts::explain(taken.error()), "the line has a handler already");
    while (interrupts::take_vector("a test", count_call)) {
    }
    auto const too_late = interrupts::take_vector("too late", count_call);
    check_equal(interrupts::explain(too_late.error()), "there is no free vector");
    // No machine of ours lacks a pin.
    check_equal(interrupts::explain(TakeProblem::no_pin), "no I/O APIC has a pin for the line");
}

void sources_are_listed_in_order() {
    start();
    auto const mouse    = interrupts::take(IsaLine::mouse, "mouse", count_call);
    auto const timer    = interrupts::take(IsaLine::timer, "timer", count_call);
    auto const keyboard = interrupts::take(IsaLine::keyboard, "keyboard", count_call);
    check(mouse && timer && keyboard);
    interrupts::release(IsaLine::keyboard);
    raise_line();
    cpu::wait_for_interrupt();
    std::uint64_t count = 0;
    unsigned last = 0, listed = 0;
    interrupts::for_each_source([&](interrupts::Source const& source) {
        check(source.vector > last);
        last = source.vector;
        if (!source.line) return;
        ++listed;
        check_equal(source.vector, *source.line == IsaLine::timer ? *timer : *mouse);
        check_equal(source.name, *source.line == IsaLine::timer ? "timer" : "mouse");
        count += source.count;
    });
    check_equal(listed, 2U);
    check_equal(count, 1U);
}

// It may strike while somebody prints: whoever waited for the console then would wait for ever.
void an_error_of_the_local_apic_waits_for_nobody() {
    constexpr std::uint64_t no_register = 0x3f0;
    start();
    auto const* const apic = interrupts::local_apic();
    if (apic == nullptr || apic->is_x2apic()) return;
    auto const base = cpu::read_msr(cpu::Msr::apic_base) & ~std::uint64_t{0xfff};
    cpu::MappedRegister<std::uint32_t>{in_direct_map(PhysAddr{base + no_register})}.write(0);
    console::the_console.with([](console::Console&) { asm volatile("int 0xfe" : : : "memory"); });
    check_equal(interrupts::local_apic_errors(), 0x80U);  // an address that is no register's
    interrupts::print_table();
}

// What firmware left open of the local APIC's own sources. What it wants itself, as an SMI, stays so.
void sources_inside_the_processor_are_masked() {
    using Entry = interrupts::LocalApic::Entry;
    using interrupts::LocalVector;
    start();
    auto const* const apic = interrupts::local_apic();
    if (apic == nullptr) return;
    apic->set(Entry::performance, LocalVector::to(0x80));
    apic->set(Entry::thermal, LocalVector::to(0x81));
    check(interrupts::LocalApic::start(0xff).has_value());
    check(apic->get(Entry::performance) == LocalVector::masked());
    check(apic->get(Entry::thermal) == LocalVector::masked());
    apic->set(Entry::thermal, LocalVector::smi());
    check(interrupts::LocalApic::start(0xff).has_value());
    check(apic->get(Entry::thermal) == LocalVector::smi());
}

void a_line_that_nobody_has_is_not_released() {
    start();
    interrupts::release(IsaLine::mouse);
}

constexpr testing::Test list[] = {
    {.name          = "interrupts.the_controllers_are_named",
     .run           = the_controllers_are_named,
     .expected_text = "  interrupts "},
    {.name          = "interrupts.a_line_interrupts_again_and_again",
     .run           = a_line_interrupts_again_and_again,
     .expected_text = "     0         100  the interval timer"},
    {"interrupts.a_handler_runs_with_interrupts_off", a_handler_runs_with_interrupts_off},
    {"interrupts.a_line_has_one_handler", a_line_has_one_handler},
    {"interrupts.a_masked_line_does_not_interrupt", a_masked_line_does_not_interrupt},
    {"interrupts.the_local_timer_interrupts", the_local_timer_interrupts},
    {"interrupts.a_processor_interrupts_itself", a_processor_interrupts_itself},
    {"interrupts.a_processor_sends_itself_an_nmi", a_processor_sends_itself_an_nmi},
    {"interrupts.vectors_come_to_an_end", vectors_come_to_an_end},
    {"interrupts.what_nobody_wanted_is_counted", what_nobody_wanted_is_counted},
    {"interrupts.what_nobody_took_is_ended", what_nobody_took_is_ended},
    {.name          = "interrupts.an_instruction_ends_no_interrupt",
     .run           = an_instruction_ends_no_interrupt,
     .expected_text = "interrupt 129, which nobody handles"},
    {"interrupts.who_cannot_have_a_line_is_told_why", who_cannot_have_a_line_is_told_why},
    {"interrupts.sources_are_listed_in_order", sources_are_listed_in_order},
    {.name          = "interrupts.an_error_of_the_local_apic_waits_for_nobody",
     .run           = an_error_of_the_local_apic_waits_for_nobody,
     .expected_text = "  The local APIC has seen errors: 0x80"},
    {"interrupts.sources_inside_the_processor_are_masked", sources_inside_the_processor_are_masked},
    {"interrupts.a_line_that_nobody_has_is_not_released", a_line_that_nobody_has_is_not_released,
     "a line was released that nobody has"},
};

}  // namespace

constinit testing::Suite const tests::interrupts_suite = list;
