#include "interrupts/start.hpp"

#include "base/fixed_vector.hpp"
#include "console/print.hpp"
#include "cpu/spinlock.hpp"
#include "exceptions/handlers.hpp"
#include "interrupts/io_apic.hpp"
#include "interrupts/pic.hpp"
#include "memory/direct_map.hpp"
#include "paging/kernel_map.hpp"

#include <array>
#include <atomic>

namespace pith::interrupts {
namespace {

constexpr std::uint8_t pic_vectors = 0x20, first_free = 0x30, end_of_free = 0xf0, error_vector = 0xfe,
                       spurious_vector = 0xff;

using PcPics = Pics<cpu::PortRange>;

// An I/O APIC's two registers: the number at its first byte, what that shows 16 bytes behind.
class MappedIoApic {
public:
    constexpr MappedIoApic() : MappedIoApic{layout::direct_map_start} {}
    constexpr explicit MappedIoApic(VirtAddr base) : number_{base}, content_{base + 0x10} {}

    void select(std::uint32_t number) const { number_.write(number); }
    std::uint32_t read() const { return content_.read(); }
    void write(std::uint32_t value) const { content_.write(value); }

private:
    cpu::MappedRegister<std::uint32_t> number_, content_;
};

// One vector, and who has it. Handlers read it without a lock, so its writer keeps interrupts off.
struct Slot {
    Handler handler = nullptr;
    std::string_view name;
    std::optional<IsaLine> line;
    std::uint64_t count = 0;
};

struct Controllers {
    PcPics pics{cpu::PortRange{0x20}, cpu::PortRange{0xa0}};
    std::optional<LocalApic> local;  // with at least one I/O APIC; else the 8259s are in use
    FixedVector<IoApic<MappedIoApic>, 16> io;
    std::optional<acpi::Madt> madt;
};

constinit Controllers the;
constinit std::array<Slot, exceptions::vector_count> slots{};
constinit std::atomic<std::uint64_t> spurious = 0;

// The one place where an interrupt ends.
void end(std::uint8_t vector) {
    if (the.local)
        the.local->end_of_interrupt();
    else
        the.pics.end(vector - pic_vectors);
}

exceptions::Resolution count_spurious(exceptions::ExceptionFrame&) {
    spurious.fetch_add(1, std::memory_order_relaxed);
    return exceptions::Resolution::resumed;
}

exceptions::Resolution deliver(exceptions::ExceptionFrame& frame) {
    auto const vector = static_cast<std::uint8_t>(frame.vector_number);
    if (!the.local && !the.pics.is_real(vector - pic_vectors)) return count_spurious(frame);
    auto& slot = slots[vector];
    ++slot.count;
    if (slot.handler != nullptr) slot.handler();
    end(vector);
    return exceptions::Resolution::resumed;
}

void report_error() { console::println("The local APIC reports errors: {:#x}", the.local->take_errors()); }

// ---- Setting up ------------------------------------------------------------------------------------------

void find_io_apics(acpi::Madt const& madt) {
    constexpr std::uint64_t size = 0x20;
    for (auto const& apic : madt.all<acpi::IoApic>()) {
        if (!paging::map_device(PhysRange::of_size(apic.address, size))) continue;
        static_cast<void>(
            the.io.try_push_back(IoApic{MappedIoApic{in_direct_map(apic.address)}, apic.first_interrupt}));
    }
    for (auto const& apic : the.io) apic.mask_all();
}

IoApic<MappedIoApic> const* io_apic_with(std::uint32_t interrupt) {
    for (auto const& apic : the.io) {
        if (apic.has(interrupt)) return &apic;
    }
    return nullptr;
}

std::uint8_t this_processor() { return static_cast<std::uint8_t>(the.local->id()); }

// The pins that are wired to what must not be masked.
void route_nmis(acpi::Madt const& madt) {
    for (auto const& source : madt.all<acpi::NmiSource>()) {
        auto const* const apic = io_apic_with(source.interrupt);
        if (apic == nullptr) continue;
        apic->set(source.interrupt, Redirection::nmi(this_processor())
                                        .active_low(source.flags.is_active_low())
                                        .level(source.flags.is_level()));
    }
    auto const set_pin = [](std::uint8_t pin, acpi::InterruptFlags flags) {
        the.local->set(pin == 0 ? LocalApic::Entry::pin_0 : LocalApic::Entry::pin_1,
                       LocalVector::nmi(flags.is_active_low(), flags.is_level()));
    };
    for (auto const& nmi : madt.all<acpi::LocalApicNmi>()) {
        if (nmi.processor == acpi::LocalApicNmi::all_processors) set_pin(nmi.pin, nmi.flags);
    }
    for (auto const& nmi : madt.all<acpi::LocalX2ApicNmi>()) {
        if (nmi.processor == acpi::LocalX2ApicNmi::all_processors) set_pin(nmi.pin, nmi.flags);
    }
}

void start_apics(acpi::Madt const& madt) {
    find_io_apics(madt);
    if (the.io.empty()) return;
    the.local = LocalApic::start(spurious_vector);
    if (!the.local) return;
    the.madt            = madt;
    slots[error_vector] = {.handler = report_error, .name = "local APIC's errors", .line = {}};
    exceptions::set_interrupt_handler(error_vector, deliver);
    exceptions::set_interrupt_handler(spurious_vector, count_spurious);
    the.local->set(LocalApic::Entry::error, LocalVector::to(error_vector));
    route_nmis(madt);
}

// ---- Taking and releasing --------------------------------------------------------------------------------

void open(IsaLine line, std::uint8_t vector) {
    if (!the.local) return the.pics.unmask(static_cast<unsigned>(line));
    for_each_pin(line, *the.madt, [&](Pin pin) {
        auto const* const apic = io_apic_with(pin.interrupt);
        if (apic == nullptr) return;
        apic->set(
            pin.interrupt,
            Redirection::to(vector, this_processor()).active_low(pin.is_active_low).level(pin.is_level));
    });
}

void close(IsaLine line) {
    if (!the.local) return the.pics.mask(static_cast<unsigned>(line));
    for_each_pin(line, *the.madt, [](Pin pin) {
        if (auto const* const apic = io_apic_with(pin.interrupt)) apic->set(pin.interrupt, Redirection{});
    });
}

bool has_pin(IsaLine line) {
    if (!the.local) return true;
    bool has = false;
    for_each_pin(line, *the.madt, [&](Pin pin) { has = has || io_apic_with(pin.interrupt) != nullptr; });
    return has;
}

std::optional<std::uint8_t> vector_of(IsaLine line) {
    for (unsigned vector = pic_vectors; vector < end_of_free; ++vector) {
        if (slots[vector].handler != nullptr && slots[vector].line == line)
            return static_cast<std::uint8_t>(vector);
    }
    return std::nullopt;
}

std::expected<std::uint8_t, TakeProblem> fill(unsigned vector, Slot const& slot) {
    slots[vector] = slot;
    exceptions::set_interrupt_handler(static_cast<std::uint8_t>(vector), deliver);
    return static_cast<std::uint8_t>(vector);
}

std::expected<std::uint8_t, TakeProblem> fill_free(Slot const& slot) {
    for (unsigned vector = first_free; vector < end_of_free; ++vector) {
        if (slots[vector].handler == nullptr) return fill(vector, slot);
    }
    return std::unexpected{TakeProblem::no_vector};
}

}  // namespace

std::string_view explain(TakeProblem problem) {
    switch (problem) {
        case TakeProblem::taken:     return "the line has a handler already";
        case TakeProblem::no_pin:    return "no I/O APIC has a pin for the line";
        case TakeProblem::no_vector: return "there is no free vector";
    }
    return "unknown problem";
}

void start(acpi::Tables const& tables) {
    cpu::InterruptGuard const guard;
    the.pics.start(pic_vectors);
    if (tables.madt) start_apics(*tables.madt);
    for (unsigned line = 0; line < PcPics::line_count; ++line) {
        auto const vector = static_cast<std::uint8_t>(pic_vectors + line);
        exceptions::set_interrupt_handler(vector, the.local ? count_spurious : deliver);
    }
}

LocalApic const* local_apic() { return the.local ? &*the.local : nullptr; }

std::expected<std::uint8_t, TakeProblem> take(IsaLine line, std::string_view name, Handler handler) {
    cpu::InterruptGuard const guard;
    if (vector_of(line)) return std::unexpected{TakeProblem::taken};
    if (!has_pin(line)) return std::unexpected{TakeProblem::no_pin};
    Slot const slot{.handler = handler, .name = name, .line = line};
    auto const vector = the.local ? fill_free(slot) : fill(pic_vectors + static_cast<unsigned>(line), slot);
    if (vector) open(line, *vector);
    return vector;
}

std::expected<std::uint8_t, TakeProblem> take_vector(std::string_view name, Handler handler) {
    cpu::InterruptGuard const guard;
    if (!the.local) return std::unexpected{TakeProblem::no_vector};
    return fill_free({.handler = handler, .name = name, .line = {}});
}

void release(IsaLine line) {
    cpu::InterruptGuard const guard;
    auto const vector = vector_of(line);
    require(vector.has_value(), "a line was released that nobody has");
    close(line);
    slots[*vector].handler = nullptr;
}

std::uint64_t count_of(std::uint8_t vector) { return slots[vector].count; }
std::uint64_t spurious_count() { return spurious.load(std::memory_order_relaxed); }

void print_controllers() {
    if (!the.local) return console::println("  interrupts two 8259s");
    console::println("  interrupts {} of processor {}, I/O APIC with {} pins",
                     the.local->is_x2apic() ? "x2APIC" : "APIC", the.local->id(), the.io[0].pins());
}

void print_table() {
    console::println("Vector  line       count  who");
    for (unsigned vector = 0; vector < slots.size(); ++vector) {
        auto const& slot = slots[vector];
        if (slot.handler == nullptr) continue;
        if (slot.line)
            console::println("  {:#x}  {:4}  {:10}  {}", vector, static_cast<unsigned>(*slot.line),
                             slot.count, slot.name);
        else
            console::println("  {:#x}     -  {:10}  {}", vector, slot.count, slot.name);
    }
    console::println("  spurious    {:10}", spurious_count());
}

}  // namespace pith::interrupts
