#include "time/alarm.hpp"

#include "cpu/time_stamp.hpp"
#include "time/pit.hpp"

#include <algorithm>
#include <limits>

namespace pith::time {
namespace {

template <typename Steps>
Steps at_most(std::uint64_t steps) {
    return static_cast<Steps>(std::min<std::uint64_t>(steps, std::numeric_limits<Steps>::max()));
}

// (It goes on counting, for time may be measured with it. Its line rises once, which wakes nobody.)
bool pit_counts() {
    auto const counter = Counter::pit();
    return counter.wait_for(1, counter.read());
}

}  // namespace

std::expected<Alarm::Kind, std::string_view> Alarm::take(Counter::Kind counter, interrupts::Handler handler) {
    auto const* const apic = interrupts::local_apic();
    if (apic == nullptr && !pit_counts()) return std::unexpected{"there is no PIT"};
    auto const vector = apic != nullptr ? interrupts::take_vector("clock", handler)
                                        : interrupts::take(interrupts::IsaLine::timer, "clock", handler);
    if (!vector) return std::unexpected{interrupts::explain(vector.error())};
    if (apic == nullptr) return Kind::pit;
    bool const by_deadline =
        counter == Counter::Kind::time_stamp && interrupts::local_apic_features().has_deadline_timer;
    auto const entry = interrupts::LocalVector::to(*vector);
    apic->set(interrupts::LocalApic::Entry::timer, by_deadline ? entry.at_deadline() : entry);
    return by_deadline ? Kind::deadline : Kind::local_timer;
}

// #region ring
void Alarm::ring_after(std::chrono::nanoseconds wait) const {
    auto const steps = scale_.steps(wait) + 1;  // it was rounded down
    switch (kind_) {
        case Kind::none:        break;
        case Kind::deadline:    interrupts::LocalApic::set_deadline(cpu::read_time_stamp() + steps); break;
        case Kind::local_timer: interrupts::local_apic()->start_timer(at_most<std::uint32_t>(steps)); break;
        case Kind::pit:         {
            auto pit = pc_pit;
            pit.start(at_most<std::uint16_t>(steps));
            break;
        }
    }
}
// #endregion ring

std::string_view Alarm::name() const {
    switch (kind_) {
        case Kind::none:        return "nothing";
        case Kind::deadline:    return "the local APIC's timer, by deadline";
        case Kind::local_timer: return "the local APIC's timer";
        case Kind::pit:         return "the PIT";
    }
    return "unknown";
}

}  // namespace pith::time
