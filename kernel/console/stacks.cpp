#include "console/stacks.hpp"

namespace pith::console {
namespace {

constinit KnownStack const* first_stack = nullptr;

template <typename Predicate>
KnownStack const* find_stack(Predicate&& predicate) {
    for (auto const* stack = first_stack; stack != nullptr; stack = stack->next) {
        if (predicate(*stack)) return stack;
    }
    return nullptr;
}

}  // namespace

void register_stack(KnownStack& stack) {
    stack.next  = first_stack;
    first_stack = &stack;
}

KnownStack const* first_known_stack() { return first_stack; }

KnownStack const* stack_with(std::uint64_t address) {
    return find_stack([address](KnownStack const& stack) { return stack.holds(address); });
}

KnownStack const* stack_guarded_at(std::uint64_t address) {
    return find_stack([address](KnownStack const& stack) { return stack.guards(address); });
}

StackView view_of(KnownStack const& stack) {
// SAFETY: because a known stack is mapped from its bottom to its top.
#pragma clang unsafe_buffer_usage begin
    return {stack.bottom, Bytes{std::bit_cast<std::byte const*>(stack.bottom.value()),
                                static_cast<std::size_t>(stack.top - stack.bottom)}};
#pragma clang unsafe_buffer_usage end
}

}  // namespace pith::console
