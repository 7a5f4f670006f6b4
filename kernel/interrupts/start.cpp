#include "interrupts/start.hpp"

#include "base/sealed.hpp"
#include "console/print.hpp"
#include "cpu/interrupts.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/report.hpp"
#include "interrupts/controllers.hpp"
#include "log/log.hpp"

#include <array>
#include <atomic>

namespace pith::interrupts {
namespace {

constexpr std::uint8_t first_free = 0x30, end_of_free = 0xf0, error_vector = 0xfe;

// #region slots
// One vector, and who has it. Handlers read it without a lock, so its writer keeps interrupts off.
struct Slot {
    Handler handler = nullptr;
    std::string_view name;
    std::optional<IsaLine> line;
};

constinit Controllers the;
PITH_SEALED constinit std::array<Slot, exceptions::vector_count> slots{};
constinit std::array<std::uint64_t, exceptions::vector_count> counts{};
// #endregion slots
constinit std::atomic<std::uint64_t> spurious = 0;
constinit std::atomic<std::uint32_t> errors   = 0;

exceptions::Resolution count_spurious(exceptions::ExceptionFrame&) {
    spurious.fetch_add(1, std::memory_order_relaxed);
    return exceptions::Resolution::resumed;
}

// #region deliver
// A handler that was just released may still be called for.
void count_and_call(std::uint8_t vector) {
    ++counts[vector];
    if (auto const handler = slots[vector].handler; handler != nullptr) [[likely]]
        handler();
}

// What an APIC delivers is real: for the rest it has a vector of its own.
exceptions::Resolution deliver_from_apic(exceptions::ExceptionFrame& frame) {
    count_and_call(static_cast<std::uint8_t>(frame.vector_number));
    the.local()->end_of_interrupt();
    return exceptions::Resolution::resumed;
}
// #endregion deliver

// #region unwanted
// An 8259 raises it by mistake, or a device that firmware left open sends it. What the local APIC serves must
// be ended, or everything of its class and below waits for ever.
exceptions::Resolution end_unwanted(exceptions::ExceptionFrame& frame) {
    auto const& apic = *the.local();
    if (apic.serves(static_cast<std::uint8_t>(frame.vector_number))) apic.end_of_interrupt();
    return count_spurious(frame);
}

// The same, but no 8259 knows the vector: if the local APIC does not either, it was an instruction.
exceptions::Resolution end_untaken(exceptions::ExceptionFrame& frame) {
    if (the.local()->serves(static_cast<std::uint8_t>(frame.vector_number))) return end_unwanted(frame);
    exceptions::say_and_go_on(frame);
    return exceptions::Resolution::resumed;
}
// #endregion unwanted

// #region from-pic
exceptions::Resolution deliver_from_pic(exceptions::ExceptionFrame& frame) {
    auto const vector   = static_cast<std::uint8_t>(frame.vector_number);
    unsigned const line = vector - Controllers::pic_vectors;
    if (!the.pics().is_real(line)) return count_spurious(frame);
    count_and_call(vector);
    the.pics().end(line);
    return exceptions::Resolution::resumed;
}
// #endregion from-pic

// It may have interrupted whoever holds the console: so it only remembers, and the table says it.
void remember_errors() { errors.fetch_or(the.local()->take_errors(), std::memory_order_relaxed); }

// ---- Taking and releasing --------------------------------------------------------------------------------

std::optional<std::uint8_t> vector_of(IsaLine line) {
    for (unsigned vector = Controllers::pic_vectors; vector < end_of_free; ++vector) {
        if (slots[vector].handler != nullptr && slots[vector].line == line)
            return static_cast<std::uint8_t>(vector);
    }
    return std::nullopt;
}

std::uint8_t fill(unsigned number, Slot const& slot) {
    auto const vector = static_cast<std::uint8_t>(number);
    require_unsealed("lines are taken while the kernel starts: the table of their handlers is sealed");
    slots[vector]  = slot;
    counts[vector] = 0;
    exceptions::set_interrupt_handler(vector, the.local() ? deliver_from_apic : deliver_from_pic);
    return vector;
}

std::expected<std::uint8_t, TakeProblem> fill_free(Slot const& slot) {
    for (unsigned vector = first_free; vector < end_of_free; ++vector) {
        if (slots[vector].handler == nullptr) return fill(vector, slot);
    }
    return std::unexpected{TakeProblem::no_vector};
}

void start_local(LocalApic const& apic) {
    for (unsigned vector = first_free; vector < error_vector; ++vector)
        exceptions::set_interrupt_handler(static_cast<std::uint8_t>(vector), end_untaken);
    exceptions::set_interrupt_handler(Controllers::spurious_vector, end_unwanted);
    auto const vector =
        fill(error_vector, {.handler = remember_errors, .name = "local APIC's errors", .line = {}});
    apic.set(LocalApic::Entry::error, LocalVector::to(vector));
}

}  // namespace

std::string_view explain(TakeProblem problem) {
    switch (problem) {
        case TakeProblem::taken:         return "the line has a handler already";
        case TakeProblem::no_pin:        return "no I/O APIC has a pin for the line";
        case TakeProblem::no_vector:     return "there is no free vector";
        case TakeProblem::no_controller: return "this machine has no interrupt controller";
    }
    return "unknown problem";
}

void start(acpi::Tables const& tables) {
    cpu::InterruptGuard const guard;
    the.start(tables);
    for (unsigned line = 0; line < Controllers::PcPics::line_count; ++line) {
        auto const vector = static_cast<std::uint8_t>(Controllers::pic_vectors + line);
        exceptions::set_interrupt_handler(vector, the.local() ? end_unwanted : deliver_from_pic);
    }
    exceptions::set_interrupt_handler(Controllers::spurious_vector, count_spurious);
    if (the.local()) start_local(*the.local());
}

LocalApic const* local_apic() { return the.local() ? &*the.local() : nullptr; }

// #region take
std::expected<std::uint8_t, TakeProblem> take(IsaLine line, std::string_view name, Handler handler) {
    cpu::InterruptGuard const guard;
    if (!the.are_there()) return std::unexpected{TakeProblem::no_controller};
    if (vector_of(line)) return std::unexpected{TakeProblem::taken};
    if (!the.has_pin(line)) return std::unexpected{TakeProblem::no_pin};
    Slot const slot{.handler = handler, .name = name, .line = line};
    auto const number = static_cast<unsigned>(line);
    auto const vector = the.local() ? fill_free(slot) : fill(Controllers::pic_vectors + number, slot);
    if (vector) the.open(line, *vector);
    return vector;
}
// #endregion take

std::expected<std::uint8_t, TakeProblem> take_vector(std::string_view name, Handler handler) {
    cpu::InterruptGuard const guard;
    if (!the.local()) return std::unexpected{TakeProblem::no_vector};
    return fill_free({.handler = handler, .name = name, .line = {}});
}

void release(IsaLine line) {
    cpu::InterruptGuard const guard;
    auto const vector = vector_of(line);
    require(vector.has_value(), "a line was released that nobody has");
    require_unsealed("a line can be released no more: the table of handlers is sealed");
    the.close(line);
    slots[*vector].handler = nullptr;
}

std::optional<Source> source_of(std::uint8_t vector) {
    auto const& slot = slots[vector];
    if (slot.handler == nullptr) return std::nullopt;
    return Source{.vector = vector, .line = slot.line, .name = slot.name, .count = counts[vector]};
}

std::uint64_t count_of(std::uint8_t vector) { return counts[vector]; }
std::uint64_t spurious_count() { return spurious.load(std::memory_order_relaxed); }
std::uint32_t local_apic_errors() { return errors.load(std::memory_order_relaxed); }

void print_controllers() {
    if (!the.are_there())
        return log::found_wrong("interrupts", "nothing can interrupt: there are no 8259s, and {}",
                                the.why_no_apics());
    if (!the.local()) return log::found("interrupts", "two 8259s: {}", the.why_no_apics());
    log::found("interrupts", "{} of processor {}, {} I/O APIC{} with {} pins",
               the.local()->is_x2apic() ? "x2APIC" : "APIC", the.local()->id(), the.io_apics(),
               the.io_apics() == 1 ? "" : "s", the.pins());
}

void print_table() {
    console::println("Vector  line       count  who");
    for_each_source([](Source const& source) {
        if (source.line)
            console::println("  {:#x}  {:4}  {:10}  {}", source.vector, static_cast<unsigned>(*source.line),
                             source.count, source.name);
        else
            console::println("  {:#x}     -  {:10}  {}", source.vector, source.count, source.name);
    });
    console::println("  spurious    {:10}", spurious_count());
    if (auto const bits = local_apic_errors(); bits != 0)
        console::println("  The local APIC has seen errors: {:#x}", bits);
}

}  // namespace pith::interrupts
