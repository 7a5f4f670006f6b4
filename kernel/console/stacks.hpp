// The stacks that the kernel knows: for telling whose stack overflowed, and for walking only real ones.
//
//   top     +----------------+
//           | in use         |
//           | free           |
//   bottom  +----------------+
//           | guard page     |  not mapped: touching it means that the stack is full
//           +----------------+
//
// Needs:     memory (addresses), backtrace.
#pragma once

#include "console/backtrace.hpp"
#include "memory/address.hpp"

#include <string_view>

namespace pith::console {

struct KnownStack {
    static constexpr std::uint64_t guard_size = 4096;

    std::string_view name;
    VirtAddr bottom, top;
    KnownStack const* next = nullptr;  // the list is ours

    constexpr bool holds(std::uint64_t address) const {
        return bottom.value() <= address && address < top.value();
    }
    constexpr bool guards(std::uint64_t address) const {
        return bottom.value() - guard_size <= address && address < bottom.value();
    }
};

// Adds `stack`, which must live for ever.
void register_stack(KnownStack& stack);

// The one that was registered last; each leads to the next.
KnownStack const* first_known_stack();

// The stack that `address` lies on, and the one whose guard page it lies in; nullptr if there is none.
KnownStack const* stack_with(std::uint64_t address);
KnownStack const* stack_guarded_at(std::uint64_t address);

// For walking it.
StackView view_of(KnownStack const& stack);

}  // namespace pith::console
