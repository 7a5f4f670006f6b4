#include "exceptions/shadow_returns.hpp"

#include "console/panic.hpp"
#include "console/stacks.hpp"
#include "cpu/shadow_stack.hpp"

namespace pith::exceptions {
namespace {

template <typename Value>
Value read(std::uint64_t address) {
    // SAFETY: because a shadow stack can be read, up to its token, and the processor's table of them is ours.
    return *std::bit_cast<Value const*>(address);
}

// Where what the innermost exception pushed is, from SSP on: three words of which the first is the address behind them. No
// return address is one of a stack, and no token is a multiple of 8. 0 if there is none.
std::uint64_t innermost_return(std::uint64_t pointer) {
    auto const* const stack = console::stack_with(pointer);
    if (stack == nullptr) return 0;
    for (auto at = pointer; at + sizeof(ShadowReturn) < stack->top.value(); at += sizeof at) {
        if (read<std::uint64_t>(at) == at + sizeof(ShadowReturn)) return at;
    }
    return 0;
}

bool belongs_to(std::uint64_t address, ExceptionFrame const& frame) {
    if (address == 0) return false;
    auto const pushed = read<ShadowReturn>(address);
    return pushed.rip == frame.rip && pushed.cs == frame.cs;
}

std::uint64_t token_of(InterruptStack stack) {
    auto const table = cpu::read_msr(cpu::Msr::shadow_stack_table);
    return read<std::uint64_t>(table + sizeof table * static_cast<std::uint8_t>(stack));
}

}  // namespace

void go_on_at(ExceptionFrame& frame, VirtAddr place) {
    if (auto const pointer = cpu::read_shadow_stack_pointer(); pointer != 0) {
        auto const pushed = innermost_return(pointer);
        if (!belongs_to(pushed, frame))
            console::panic("the shadow stack knows nothing of an exception at {:#x}", frame.rip);
        cpu::write_shadow_stack(pushed + offsetof(ShadowReturn, rip), place.value());
    }
    frame.rip = place.value();
}

void free_shadow_stack(InterruptStack stack) {
    if (cpu::read_shadow_stack_pointer() == 0) return;
    auto const token = token_of(stack);
    cpu::write_shadow_stack(token, token);  // without the bit that says it is in use
}

std::optional<ShadowReturn> shadow_return_on(InterruptStack stack) {
    if (cpu::read_shadow_stack_pointer() == 0) return std::nullopt;
    auto const pushed = read<ShadowReturn>(token_of(stack) - sizeof(ShadowReturn));
    if (pushed.pointer == 0) return std::nullopt;  // struck before the kernel had one
    return pushed;
}

std::uint64_t put_shadow_return(ShadowReturn const& from) {
    constexpr std::uint64_t of_64_bits = 1;
    auto const place                   = from.pointer - sizeof from;
    cpu::write_shadow_stack(place + offsetof(ShadowReturn, pointer), from.pointer);
    cpu::write_shadow_stack(place + offsetof(ShadowReturn, rip), from.rip);
    cpu::write_shadow_stack(place + offsetof(ShadowReturn, cs), from.cs);
    cpu::write_shadow_stack(place - 8, place | of_64_bits);
    return place;
}

}  // namespace pith::exceptions
