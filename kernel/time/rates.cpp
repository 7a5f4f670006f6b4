#include "time/rates.hpp"

#include "cpu/time_stamp.hpp"
#include "interrupts/start.hpp"
#include "log/log.hpp"

#include <algorithm>

namespace pith::time {
namespace {

// What all counters showed at about one moment.
struct Sample {
    std::uint64_t reference, time_stamp;
    std::uint32_t local_timer;
};

// Of several the one that took least: an emulator, or firmware, may stop us between two reads.
Sample take_sample(Counter const& reference) {
    constexpr int tries          = 8;
    auto const* const apic       = interrupts::local_apic();
    std::uint64_t least_duration = ~std::uint64_t{0};
    Sample best{};
    for (int attempt = 0; attempt < tries; ++attempt) {
        Sample const sample{.reference   = reference.read(),
                            .time_stamp  = cpu::read_time_stamp(),
                            .local_timer = apic != nullptr ? apic->timer_count() : 0};
        auto const duration = reference.since(sample.reference);
        if (duration < least_duration) best = sample;
        least_duration = std::min(duration, least_duration);
    }
    return best;
}

std::uint64_t at_least_1(std::uint64_t number) { return std::max<std::uint64_t>(number, 1); }

}  // namespace

// #region measure
Rates measure_rates(Counter const& reference) {
    auto const* const apic = interrupts::local_apic();
    if (apic != nullptr) apic->start_timer(~std::uint32_t{0});
    auto const first = take_sample(reference);
    if (!reference.wait_for(reference.rate() / 1000, first.reference))
        log::found_wrong("clock", "the {} stopped while it measured: time goes wrong", reference.name());
    auto const last  = take_sample(reference);
    auto const steps = at_least_1(reference.steps_between(first.reference, last.reference));
    if (apic != nullptr) apic->start_timer(0);
    auto const rate = [&](std::uint64_t passed) { return at_least_1(passed * reference.rate() / steps); };
    return {.time_stamp  = rate(last.time_stamp - first.time_stamp),
            .local_timer = rate(first.local_timer - last.local_timer)};
}
// #endregion measure

}  // namespace pith::time
