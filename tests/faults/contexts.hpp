// The contexts of the fault matrix: where and when an exception strikes.
#pragma once

#include "kinds.hpp"

#include <span>

namespace pith::faults {

struct Context {
    std::string_view name;
    void (*run)(Kind const&);  // returns if the exception is returned from
    bool is_default;           // the kernel's own handlers answer
};

std::span<Context const> contexts();

// The context of entering.cpp.
void while_entering(Kind const& kind);

}  // namespace pith::faults
