// Starts a benchmark kernel as far as its own map: what all of them need that use the heap.
#pragma once

#include "console/start.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"

namespace pith::bench {

inline boot::Handoff start_memory(boot::Start start) {
    console::start();
    exceptions::start();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    return handoff;
}

}  // namespace pith::bench
