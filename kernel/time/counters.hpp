// The machine's counters that go at a known rate: what time is told by, or the others are measured with.
//
// Needs:     acpi (tables, registers), paging (for the HPET's page), cpu.
// Reference: Intel, "IA-PC HPET (High Precision Event Timers) Specification"; ACPI Specification, "Power
//            Management Timer"; Intel SDM vol. 3B "Time-Stamp Counter", "Invariant TSC"; vol. 2 "CPUID",
//            leaves 15H and 8000'0007H.
#pragma once

#include "acpi/register.hpp"
#include "acpi/tables.hpp"
#include "cpu/time_stamp.hpp"
#include "time/pit.hpp"

#include <optional>
#include <string_view>

namespace pith::time {

// #region counter
// A counter that steps up, and begins anew at 2^bits.
class Counter {
public:
    enum class Kind : std::uint8_t { time_stamp, hpet, acpi_timer, pit };

    constexpr Counter(Kind kind, std::uint64_t rate, unsigned bits) : kind_{kind}, bits_{bits}, rate_{rate} {}
    static std::optional<Counter> hpet(acpi::Hpet const& table);
    static std::optional<Counter> acpi_timer(acpi::Fadt const& table);
    static Counter pit();
    // With the rate that the processor itself tells, or that was measured.
    static Counter time_stamp(std::uint64_t rate) { return {Kind::time_stamp, rate, 64}; }

    std::uint64_t read() const { return kind_ == Kind::time_stamp ? cpu::read_time_stamp() : read_device(); }
    // How far it came since it was at `before`, if it has not come round since.
    std::uint64_t since(std::uint64_t before) const { return steps_between(before, read()); }
    std::uint64_t steps_between(std::uint64_t before, std::uint64_t after) const {
        return (after - before) & mask();
    }
    // Waits until it is so many steps further than `before`. False if it does not get there: it stands still,
    // or is so slow that it might as well.
    bool wait_for(std::uint64_t steps, std::uint64_t before) const;

    Kind kind() const { return kind_; }
    std::string_view name() const;
    std::uint64_t rate() const { return rate_; }  // steps a second
    unsigned bits() const { return bits_; }
    // #endregion counter

private:
    std::uint64_t read_device() const;
    constexpr std::uint64_t mask() const { return ~std::uint64_t{0} >> (64 - bits_); }

    Kind kind_;
    unsigned bits_;
    std::uint64_t rate_;
    VirtAddr hpet_{};
    std::optional<acpi::Register<std::uint32_t>> acpi_timer_;
};

// Of the time-stamp counter: whether it goes at one rate whatever the processor does, and that rate, if the
// processor tells it.
bool has_invariant_time_stamp();
std::optional<std::uint64_t> told_time_stamp_rate();

// The best that time can be measured with, of those that need no measuring themselves, and that do count;
// nothing if there is none.
std::optional<Counter> best_reference(acpi::Tables const& tables);

}  // namespace pith::time
