#include "interrupts/local_apic.hpp"

#include "cpu/cpuid.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "cpu/interrupts.hpp"
#include "memory/direct_map.hpp"
#include "paging/kernel_map.hpp"

namespace pith::interrupts {
namespace {

// IA32_APIC_BASE.
constexpr std::uint64_t enabled = 1 << 11, x2apic_enabled = 1 << 10, page_mask = 0xf'ffff'ffff'f000;
constexpr std::uint64_t page_size = 4096;

// Where the registers are in memory; nothing if they cannot be mapped.
std::optional<VirtAddr> map_registers(PhysAddr page) {
    if (!paging::map_device(PhysRange::of_size(page, page_size))) return std::nullopt;
    return in_direct_map(page);
}

// Whether banks of machine checks interrupt when they have corrected an error (IA32_MCG_CAP).
bool has_corrected_errors() {
    constexpr std::uint32_t machine_check_capabilities = 0x179;
    return (cpu::try_read_msr(machine_check_capabilities).value_or(0) >> 10 & 1) != 0;
}

}  // namespace

LocalApicFeatures local_apic_features() {
    auto const basic = cpu::cpuid(1);
    auto const has   = [](std::uint32_t word, unsigned bit) { return (word >> bit & 1) != 0; };
    return {.is_there           = has(basic.edx, 9),
            .has_x2apic         = has(basic.ecx, 21),
            .has_deadline_timer = has(basic.ecx, 24)};
}

// #region start
std::optional<LocalApic> LocalApic::start(std::uint8_t spurious_vector) {
    constexpr std::uint32_t software_enable = 1 << 8, by_one = 0xb;
    auto const features = local_apic_features();
    if (!features.is_there) return std::nullopt;
    auto const base      = cpu::read_msr(cpu::Msr::apic_base);
    auto const registers = features.has_x2apic ? std::nullopt : map_registers(PhysAddr{base & page_mask});
    if (!features.has_x2apic && !registers) return std::nullopt;
    // Into x2APIC the way leads through xAPIC.
    cpu::write_msr(cpu::Msr::apic_base, base | enabled);
    if (features.has_x2apic) cpu::write_msr(cpu::Msr::apic_base, base | enabled | x2apic_enabled);

    LocalApic const apic{registers};
    apic.write(spurious_register, software_enable | spurious_vector);
    apic.mask_all();
    apic.write(task_priority, 0);
    apic.write(divide, by_one);
    static_cast<void>(apic.take_errors());
    return apic;
}
// #endregion start

// #region wire
void LocalApic::let_through(std::uint8_t spurious_vector) {
    auto const apic = start(spurious_vector);
    if (!apic) return;
    apic->set(Entry::pin_0, LocalVector::from_8259s());
    apic->set(Entry::pin_1, LocalVector::nmi(false, false));
}
// #endregion wire

// A command to ourselves, by our number: the short form for "self" knows no NMIs.
void LocalApic::command(std::uint32_t what) const {
    constexpr std::uint32_t on_its_way = 1 << 12, asserted = 1 << 14;
    if (!registers_) {
        auto const to = std::uint64_t{id()} << 32;
        return cpu::write_msr(cpu::Msr{first_msr + interrupt_command}, to | asserted | what);
    }
    cpu::InterruptGuard const guard;  // between the two halves nobody else sends
    while ((read(interrupt_command) & on_its_way) != 0) cpu::pause();
    write(interrupt_command + 1, id() << 24);
    write(interrupt_command, asserted | what);
}

void LocalApic::mask_all() const {
    for (auto entry : {Entry::timer, Entry::pin_0, Entry::pin_1, Entry::error})
        set(entry, LocalVector::masked());
    mask_later_ones();
}

// Processors have got more entries over the years, in this order; one that is not there must not be touched.
void LocalApic::mask_later_ones() const {
    auto const last_entry = read(version) >> 16 & 0xff;
    auto const mask       = [&](Entry entry) {
        if (!get(entry).is_smi()) set(entry, LocalVector::masked());
    };
    if (last_entry >= 4) mask(Entry::performance);
    if (last_entry >= 5) mask(Entry::thermal);
    if (last_entry >= 6 && has_corrected_errors()) mask(Entry::corrected_errors);
}

std::uint32_t LocalApic::id() const { return is_x2apic() ? read(id_register) : read(id_register) >> 24; }

// In memory it needs a fence: else a first deadline, written to its own register, might overtake the entry
// that says there are deadlines, and be ignored.
void LocalApic::set(Entry entry, LocalVector value) const {
    write(static_cast<std::uint32_t>(entry), value.raw());
    if (!is_x2apic()) cpu::memory_fence();
}

// A write makes the register show what came since the last one.
std::uint32_t LocalApic::take_errors() const {
    write(error_status, 0);
    return read(error_status);
}

void LocalApic::set_deadline(std::uint64_t time_stamp) { cpu::write_msr(cpu::Msr::tsc_deadline, time_stamp); }

}  // namespace pith::interrupts
