// Machine checks, asked for on the serial line and injected by QEMU's monitor (tools/pith/machine_test.py).
//
//   MONITOR mce PROCESSOR BANK STATUS MCG_STATUS ADDRESS MISC
#include "console/console.hpp"
#include "console/panic.hpp"
#include "cpu/fixup.hpp"
#include "cpu/time_stamp.hpp"
#include "exceptions/machine_check.hpp"
#include "suites.hpp"
#include "testing/emulator_exit.hpp"

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

// VAL, EN and ADDRV; UC; PCC; S and AR.
constexpr std::uint64_t corrected = 0x9400'0000'0000'0000, uncorrected = corrected | 0x2000'0000'0000'0000,
                        corrupt        = uncorrected | 0x0200'0000'0000'0000,
                        to_be_acted_on = uncorrected | 0x0180'0000'0000'0000;
constexpr std::uint64_t cache_error = 0x0135, bus_error = 0x0e0f;
// Of IA32_MCG_STATUS: RIPV, EIPV, MCIP.
constexpr std::uint64_t restartable = 5, of_instruction = 6, lost = 4;

constexpr std::uint32_t address_register(unsigned bank) { return 0x402 + 4 * bank; }

struct Injection {
    unsigned bank;
    std::uint64_t status, global_status, address;

    void ask_for() const {
        console::println("\nMONITOR mce 0 {} {:#x} {:#x} {:#x} 0", bank, status, global_status, address);
    }
    // Until it has come: nobody clears a bank's address.
    void wait() const {
        constexpr std::uint64_t patience = 60'000'000'000;
        auto const start                 = cpu::unordered_time_stamp();
        while (cpu::try_read_msr(address_register(bank)).value_or(0) != address &&
               cpu::unordered_time_stamp() - start < patience) {
        }
        check_equal(cpu::try_read_msr(address_register(bank)).value_or(0), address);
    }
    void happen() const {
        ask_for();
        wait();
    }
};

void check_nothing_is_left() {
    check_equal(exceptions::machine_check_status().raw(), 0U);
    for (unsigned bank = 0; bank < exceptions::machine_check_bank_count(); ++bank) {
        check(!exceptions::machine_error_in(bank).has_value());
    }
}

// A corrected error alone raises nothing: it is said with the next one that does.
void corrected_errors_are_said() {
    Injection{0, corrected | cache_error, 0, 0x2000}.happen();
    check(exceptions::machine_error_in(0).has_value());
    Injection{1, uncorrected | bus_error, restartable, 0x3000}.happen();
    check_nothing_is_left();
}

void one_may_follow_another() {
    Injection{1, uncorrected | cache_error, restartable, 0x4000}.happen();
    check_nothing_is_left();
    Injection{1, uncorrected | cache_error, restartable, 0x5000}.happen();
    check_nothing_is_left();
}

// What cannot be said now is said with the next one.
void nothing_is_lost_while_the_console_is_in_use() {
    Injection const unsaid{1, uncorrected | cache_error, restartable, 0x6000};
    unsaid.ask_for();
    console::the_console.with([&](console::Console&) { unsaid.wait(); });
    check(exceptions::machine_error_in(1).has_value());
    check_equal(exceptions::machine_check_status().raw(), 0U);
    Injection{2, uncorrected | cache_error, restartable, 0x7000}.happen();
    check_nothing_is_left();
}

void what_was_logged_before_is_said_at_the_start() {
    Injection{3, corrected | 0x0012'0000 | cache_error, 0, 0x8000}.happen();
    exceptions::start_machine_checks();
    check_nothing_is_left();
}

void start_switches_the_banks_on() {
    constexpr std::uint32_t global_control = 0x17b, control_of_bank_2 = 0x408;
    check(cpu::try_write_msr(global_control, 0).has_value());
    check(cpu::try_write_msr(control_of_bank_2, 0).has_value());
    exceptions::start_machine_checks();
    check_equal(cpu::try_read_msr(global_control).value_or(0), ~std::uint64_t{0});
    check_equal(cpu::try_read_msr(control_of_bank_2).value_or(0), ~std::uint64_t{0});
}

void a_corrupt_context() { Injection{1, corrupt | bus_error, restartable, 0x1000}.happen(); }
void a_lost_program() { Injection{1, uncorrected | cache_error, lost, 0x1000}.happen(); }
void a_lost_program_to_blame() { Injection{1, uncorrected | cache_error, of_instruction, 0x1000}.happen(); }
void a_required_action() { Injection{1, to_be_acted_on | cache_error, restartable, 0x1000}.happen(); }

// With the first one marked as in progress, the second would reset the machine.
void another_while_panicking() {
    console::set_panic_epilogue([] {
        console::set_panic_epilogue([] { testing::exit_emulator(testing::Outcome::panicked); });
        Injection{2, corrupt | bus_error, restartable, 0x2000}.happen();
    });
    a_corrupt_context();
}

constexpr testing::Test tests_of_machine_checks[] = {
    {.name          = "machine_checks.corrected_errors_are_said",
     .run           = corrected_errors_are_said,
     .expected_text = "  bank 0: corrected: cache hierarchy error (0x0135, model's 0x0000) at 0x2000"},
    {.name          = "machine_checks.uncorrected_errors_are_said",
     .run           = corrected_errors_are_said,
     .expected_text = "  bank 1: uncorrected: bus or interconnect error (0x0e0f, model's 0x0000) at 0x3000"},
    {.name          = "machine_checks.one_may_follow_another",
     .run           = one_may_follow_another,
     .expected_text = "  bank 1: uncorrected: cache hierarchy error (0x0135, model's 0x0000) at 0x5000"},
    {.name          = "machine_checks.nothing_is_lost_while_the_console_is_in_use",
     .run           = nothing_is_lost_while_the_console_is_in_use,
     .expected_text = "  bank 1: uncorrected: cache hierarchy error (0x0135, model's 0x0000) at 0x6000"},
    {.name          = "machine_checks.what_was_logged_before_is_said_at_the_start",
     .run           = what_was_logged_before_is_said_at_the_start,
     .expected_text = "logged before the start: bank 3: corrected: cache hierarchy error (0x0135, model's "
                      "0x0012) at 0x8000"},
    {.name = "machine_checks.start_switches_the_banks_on", .run = start_switches_the_banks_on},
    {"machine_checks.a_corrupt_context_panics", a_corrupt_context,
     "machine check: the processor's context is corrupt"},
    {"machine_checks.another_may_come_while_panicking", another_while_panicking, "PANIC inside a panic"},
    {"machine_checks.a_panic_names_the_bank", a_corrupt_context,
     "bank 1: uncorrected: bus or interconnect error (0x0e0f, model's 0x0000) at 0x1000, the processor's "
     "context is corrupt"},
    {"machine_checks.a_lost_program_panics", a_lost_program,
     "machine check: the interrupted program cannot be restarted"},
    {"machine_checks.the_instruction_is_to_blame", a_lost_program_to_blame,
     "exception 18 (#MC), of the interrupted instruction"},
    {"machine_checks.a_required_action_panics", a_required_action,
     "machine check: the interrupted program would meet the error again"},
};

}  // namespace

constinit testing::Suite const tests::machine_checks_suite = tests_of_machine_checks;
