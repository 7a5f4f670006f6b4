#include "time/counters.hpp"

#include "cpu/cpuid.hpp"
#include "cpu/halt.hpp"
#include "memory/direct_map.hpp"
#include "paging/kernel_map.hpp"

namespace pith::time {
namespace {

// The HPET's registers, and what stands in them.
constexpr std::uint64_t hpet_capabilities = 0x00, hpet_configuration = 0x10, hpet_counter = 0xf0,
                        hpet_size           = 0x400;
constexpr std::uint32_t counter_has_64_bits = 1 << 13, counter_runs = 1 << 0;
constexpr std::uint64_t femtoseconds = 1'000'000'000'000'000, longest_step = 100'000'000;

constexpr std::uint64_t acpi_timer_rate = 3'579'545;

cpu::MappedRegister<std::uint32_t> hpet_register(VirtAddr base, std::uint64_t offset) {
    return cpu::MappedRegister<std::uint32_t>{base + offset};
}

// In halves: what lies between the two reads is known by the upper one having changed.
std::uint64_t read_hpet(VirtAddr base, unsigned bits) {
    auto const low = hpet_register(base, hpet_counter), high = hpet_register(base, hpet_counter + 4);
    if (bits == 32) return low.read();
    while (true) {
        auto const upper = high.read(), lower = low.read();
        if (high.read() == upper) return std::uint64_t{upper} << 32 | lower;
    }
}

}  // namespace

std::optional<Counter> Counter::hpet(acpi::Hpet const& table) {
    if (!paging::map_device(PhysRange::of_size(table.address, hpet_size))) return std::nullopt;
    auto const base   = in_direct_map(table.address);
    auto const period = hpet_register(base, hpet_capabilities + 4).read();
    if (period == 0 || period > longest_step) return std::nullopt;  // no HPET is there
    auto const is_long       = (hpet_register(base, hpet_capabilities).read() & counter_has_64_bits) != 0;
    auto const configuration = hpet_register(base, hpet_configuration);
    configuration.write(configuration.read() | counter_runs);
    Counter counter{Kind::hpet, femtoseconds / period, is_long ? 64U : 32U};
    counter.hpet_ = base;
    return counter;
}

std::optional<Counter> Counter::acpi_timer(acpi::Fadt const& table) {
    if (!table.timer) return std::nullopt;
    Counter counter{Kind::acpi_timer, acpi_timer_rate, table.timer_bits()};
    counter.acpi_timer_ = acpi::Register<std::uint32_t>::reach(*table.timer);
    return counter.acpi_timer_ ? std::optional{counter} : std::nullopt;
}

Counter Counter::pit() {
    auto pit = pc_pit;
    pit.start(0);  // all 65'536 steps
    return {Kind::pit, pit_rate, 16};
}

// It gives up after so many looks, because no other clock is to be trusted yet. They last: a look at a
// device's register takes a tenth of a microsecond at the least.
bool Counter::wait_for(std::uint64_t steps, std::uint64_t before) const {
    constexpr unsigned looks = 1'000'000;
    for (unsigned look = 0; look < looks; ++look) {
        if (since(before) >= steps) return true;
        cpu::pause();
    }
    return false;
}

std::uint64_t Counter::read_device() const {
    if (kind_ == Kind::hpet) return read_hpet(hpet_, bits_);
    if (kind_ == Kind::acpi_timer) return acpi_timer_->read() & mask();
    auto pit = pc_pit;
    return 0 - std::uint64_t{pit.count()} & mask();  // it counts down
}

std::string_view Counter::name() const {
    switch (kind_) {
        case Kind::time_stamp: return "time-stamp counter";
        case Kind::hpet:       return "HPET";
        case Kind::acpi_timer: return "ACPI timer";
        case Kind::pit:        return "PIT";
    }
    return "unknown";
}

bool has_invariant_time_stamp() {
    constexpr std::uint32_t leaf = 0x8000'0007;
    return cpu::cpuid(0x8000'0000).eax >= leaf && (cpu::cpuid(leaf).edx >> 8 & 1) != 0;
}

std::optional<std::uint64_t> told_time_stamp_rate() {
    constexpr std::uint32_t leaf = 0x15;
    if (cpu::cpuid(0).eax < leaf) return std::nullopt;
    auto const told = cpu::cpuid(leaf);
    if (told.eax == 0 || told.ebx == 0 || told.ecx == 0) return std::nullopt;
    return std::uint64_t{told.ecx} * told.ebx / told.eax;
}

std::optional<Counter> best_reference(acpi::Tables const& tables) {
    auto const counts = [](std::optional<Counter> const& counter) {
        return counter && counter->wait_for(1, counter->read());
    };
    if (auto const hpet = tables.hpet.and_then(Counter::hpet); counts(hpet)) return hpet;
    if (auto const timer = tables.fadt.and_then(Counter::acpi_timer); counts(timer)) return timer;
    if (std::optional const pit = Counter::pit(); counts(pit)) return pit;
    return std::nullopt;
}

}  // namespace pith::time
