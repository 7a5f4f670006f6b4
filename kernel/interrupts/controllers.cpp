#include "interrupts/controllers.hpp"

#include "interrupts/nmi_pins.hpp"
#include "memory/direct_map.hpp"
#include "paging/kernel_map.hpp"

namespace pith::interrupts {
namespace {

std::uint8_t id_of(LocalApic const& apic) { return static_cast<std::uint8_t>(apic.id()); }

// The local APIC's pins that are wired to what must not be masked.
void set_nmi_pins(LocalApic const& apic, acpi::Madt const& madt) {
    for_each_nmi_pin(madt, apic.id(), [&](std::uint8_t pin, acpi::InterruptFlags flags) {
        apic.set(pin == 0 ? LocalApic::Entry::pin_0 : LocalApic::Entry::pin_1,
                 LocalVector::nmi(flags.is_active_low(), flags.is_level()));
    });
}

}  // namespace

// #region start
void Controllers::start(acpi::Tables const& tables) {
    pics_.start(pic_vectors);
    pics_are_there_ = pics_.are_there();
    why_no_apics_   = try_apics(tables);
    if (!local_) LocalApic::let_through(spurious_vector);
}

// Returns why they cannot be used, if they cannot.
std::string_view Controllers::try_apics(acpi::Tables const& tables) {
    if (!local_apic_features().is_there) return "this processor has no APIC";
    if (!tables.madt) return "no table of the firmware's names an I/O APIC";
    find_io_apics(*tables.madt);
    if (io_.empty()) return "the firmware names no I/O APIC that can be reached";
    local_ = LocalApic::start(spurious_vector);
    if (!local_) return "the local APIC cannot be reached";
    madt_ = tables.madt;
    route_nmis(*madt_);
    set_nmi_pins(*local_, *madt_);
    return {};
}
// #endregion start

void Controllers::find_io_apics(acpi::Madt const& madt) {
    constexpr std::uint64_t size = 0x20;
    for (auto const& apic : madt.all<acpi::IoApic>()) {
        if (!paging::map_device(PhysRange::of_size(apic.address, size))) continue;
        static_cast<void>(
            io_.try_push_back(IoApic{MappedIoApic{in_direct_map(apic.address)}, apic.first_interrupt}));
    }
    for (auto const& apic : io_) apic.mask_all();
}

void Controllers::route_nmis(acpi::Madt const& madt) const {
    for (auto const& source : madt.all<acpi::NmiSource>()) {
        auto const* const apic = io_apic_with(source.interrupt);
        if (apic == nullptr) continue;
        apic->set(source.interrupt, Redirection::nmi(id_of(*local_))
                                        .active_low(source.flags.is_active_low())
                                        .level(source.flags.is_level()));
    }
}

IoApic<MappedIoApic> const* Controllers::io_apic_with(std::uint32_t interrupt) const {
    for (auto const& apic : io_) {
        if (apic.has(interrupt)) return &apic;
    }
    return nullptr;
}

std::uint32_t Controllers::pins() const {
    std::uint32_t sum = 0;
    for (auto const& apic : io_) sum += apic.pins();
    return sum;
}

bool Controllers::has_pin(IsaLine line) const {
    if (!local_) return true;
    bool has = false;
    for_each_pin(line, *madt_, [&](Pin pin) { has = has || io_apic_with(pin.interrupt) != nullptr; });
    return has;
}

// #region open
void Controllers::open(IsaLine line, std::uint8_t vector) {
    if (!local_) return pics_.unmask(static_cast<unsigned>(line));
    for_each_pin(line, *madt_, [&](Pin pin) {
        auto const* const apic = io_apic_with(pin.interrupt);
        if (apic == nullptr) return;
        apic->set(pin.interrupt,
                  Redirection::to(vector, id_of(*local_)).active_low(pin.is_active_low).level(pin.is_level));
    });
}
// #endregion open

void Controllers::close(IsaLine line) {
    if (!local_) return pics_.mask(static_cast<unsigned>(line));
    for_each_pin(line, *madt_, [&](Pin pin) {
        if (auto const* const apic = io_apic_with(pin.interrupt)) apic->set(pin.interrupt, Redirection{});
    });
}

}  // namespace pith::interrupts
