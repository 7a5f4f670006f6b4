// Faults that are planted, to show that each would be found: `plant=NAME` on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pith::endurance {

enum class Plant : std::uint8_t {
    frame,        // one is never given back
    block,        // one is never freed
    line,         // another begins before it ends
    wake_up,      // a signal is not raised
    clobber,      // a handler changes a register
    timer,        // one is left waiting
    task,         // one is left running
    nmi,          // one is counted, and not sent
    vector,       // an interrupt is not raised
    key,          // one is not sent
    page_fault,   // one that nobody expects
    early_timer,  // a timer rings before its time
    overwrite,    // a block is written by somebody else
    message,      // one gets lost in a channel
};

std::optional<Plant> find_plant(std::string_view name);

// It waits for the minute that `begin_planting` names.
void choose(Plant plant);
void begin_planting();
// Whether it is to be planted here and now: once in a run.
bool is_planted(Plant plant);

}  // namespace pith::endurance
