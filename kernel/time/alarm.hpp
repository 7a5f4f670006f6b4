// What wakes the machine for its first timer: one interrupt, after a wait.
//
// Needs:     interrupts, counters (which counter there is), scale.
// Promises:  it never rings too early. If it cannot wait that long it rings before, and is set again.
// Reference: Intel SDM vol. 3A "APIC Timer", "TSC-Deadline Mode".
#pragma once

#include "interrupts/start.hpp"
#include "time/counters.hpp"
#include "time/scale.hpp"

#include <chrono>
#include <expected>

namespace pith::time {

class Alarm {
public:
    enum class Kind : std::uint8_t { none, deadline, local_timer, pit };

    // Takes the best that there is beside this counter; `handler` is called when it rings. Or why nothing
    // can.
    static std::expected<Kind, std::string_view> take(Counter::Kind counter, interrupts::Handler handler);

    constexpr Alarm() = default;  // none: nobody is woken
    // It counts so many steps a second.
    constexpr Alarm(Kind kind, std::uint64_t rate) : kind_{kind}, scale_{rate} {}

    bool is_there() const { return kind_ != Kind::none; }
    std::string_view name() const;
    void ring_after(std::chrono::nanoseconds wait) const;

private:
    Kind kind_ = Kind::none;
    Scale scale_{1};
};

}  // namespace pith::time
