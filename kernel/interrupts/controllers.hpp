// The interrupt controllers of this machine, and what they are told: which vector a line raises, and that an
// interrupt was served.
//
// Needs:     acpi (tables), the drivers, paging (for their registers).
// Promises:  beside APICs the two 8259s are moved and masked; nothing is open but what was opened.
// Reference: Intel SDM vol. 3A "Advanced Programmable Interrupt Controller (APIC)".
#pragma once

#include "acpi/tables.hpp"
#include "base/fixed_vector.hpp"
#include "interrupts/io_apic.hpp"
#include "interrupts/isa.hpp"
#include "interrupts/local_apic.hpp"
#include "interrupts/pic.hpp"
#include "memory/layout.hpp"

#include <optional>
#include <string_view>

namespace pith::interrupts {

// An I/O APIC's two registers: the number at its first byte, what that shows 16 bytes behind.
class MappedIoApic {
public:
    constexpr MappedIoApic() : MappedIoApic{layout::upper_half_start} {}
    constexpr explicit MappedIoApic(VirtAddr base) : number_{base}, content_{base + 0x10} {}

    void select(std::uint32_t number) const { number_.write(number); }
    std::uint32_t read() const { return content_.read(); }
    void write(std::uint32_t value) const { content_.write(value); }

private:
    cpu::MappedRegister<std::uint32_t> number_, content_;
};

class Controllers {
public:
    static constexpr std::uint8_t pic_vectors = 0x20, spurious_vector = 0xff;
    using PcPics = Pics<cpu::PortRange>;

    // APICs if the machine has both kinds and says so, else the 8259s; all lines masked.
    void start(acpi::Tables const& tables);
    // Why no APICs are in use; nothing if they are.
    std::string_view why_no_apics() const { return why_no_apics_; }
    // Whether anything can interrupt.
    bool are_there() const { return local_ || pics_are_there_; }

    // With at least one I/O APIC; nothing if the 8259s are in use.
    std::optional<LocalApic> const& local() const { return local_; }
    PcPics& pics() { return pics_; }
    std::size_t io_apics() const { return io_.size(); }
    std::uint32_t pins() const;

    bool has_pin(IsaLine line) const;
    // The line raises this vector. Of an 8259 the vectors are fixed.
    void open(IsaLine line, std::uint8_t vector);
    void close(IsaLine line);

private:
    std::string_view try_apics(acpi::Tables const& tables);
    void find_io_apics(acpi::Madt const& madt);
    void route_nmis(acpi::Madt const& madt) const;
    IoApic<MappedIoApic> const* io_apic_with(std::uint32_t interrupt) const;

    PcPics pics_{cpu::PortRange{0x20}, cpu::PortRange{0xa0}};
    std::optional<LocalApic> local_;
    FixedVector<IoApic<MappedIoApic>, 16> io_;
    std::optional<acpi::Madt> madt_;
    bool pics_are_there_ = false;
    std::string_view why_no_apics_;
};

}  // namespace pith::interrupts
