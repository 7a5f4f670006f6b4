// The kernel on its own map, with pages for shadow stacks, as the system is.
#pragma once

#include "exceptions/shadow_stacks.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"

namespace pith::tests {

// Once: several tests of one run may call it.
inline void move_into_own_map(boot::Handoff const& handoff) {
    static constinit bool is_there = false;
    if (is_there) return;
    exceptions::prepare_shadow_stacks();
    frames::start(handoff);
    paging::start(handoff);
    is_there = true;
}

}  // namespace pith::tests
