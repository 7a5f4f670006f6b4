#include "exceptions/shadow_returns.hpp"

#include "console/panic.hpp"
#include "console/stacks.hpp"
#include "cpu/shadow_stack.hpp"

namespace pith::exceptions {
namespace {

constexpr std::uint64_t word = 8, pushed_words = 3;

std::uint64_t read_word(std::uint64_t address) {
    // SAFETY: because a shadow stack can be read, up to its top, and the processor's table of them is ours.
    return *std::bit_cast<std::uint64_t const*>(address);
}

ShadowReturn read_return(std::uint64_t address) {
    return {
        .pointer = read_word(address), .rip = read_word(address + word), .cs = read_word(address + 2 * word)};
}

// Where the processor put what belongs to `frame`: nearest to the top of all that looks like it. 0 if nothing does.
std::uint64_t find_return_of(ExceptionFrame const& frame, std::uint64_t from) {
    auto const* const stack = console::stack_with(from);
    if (stack == nullptr) return 0;
    for (auto at = from; at + pushed_words * word < stack->top.value(); at += word) {
        auto const found = read_return(at);
        if (found.pointer == at + pushed_words * word && found.rip == frame.rip && found.cs == frame.cs)
            return at;
    }
    return 0;
}

}  // namespace

void go_on_at(ExceptionFrame& frame, VirtAddr place) {
    if (auto const pointer = cpu::read_shadow_stack_pointer(); pointer != 0) {
        auto const found = find_return_of(frame, pointer);
        if (found == 0) console::panic("the shadow stack knows nothing of an exception at {:#x}", frame.rip);
        cpu::write_shadow_stack(found + word, place.value());
    }
    frame.rip = place.value();
}

std::optional<ShadowReturn> take_shadow_return(InterruptStack stack) {
    if (cpu::read_shadow_stack_pointer() == 0) return std::nullopt;
    auto const token =
        read_word(cpu::read_msr(cpu::Msr::shadow_stack_table) + word * static_cast<std::uint8_t>(stack));
    cpu::write_shadow_stack(token, token);  // without the bit that says it is in use
    auto const pushed = read_return(token - pushed_words * word);
    if (pushed.pointer == 0) return std::nullopt;  // struck before the kernel had one
    return pushed;
}

std::uint64_t put_shadow_return(ShadowReturn const& from) {
    constexpr std::uint64_t of_64_bits = 1;
    auto const place                   = from.pointer - pushed_words * word;
    cpu::write_shadow_stack(place, from.pointer);
    cpu::write_shadow_stack(place + word, from.rip);
    cpu::write_shadow_stack(place + 2 * word, from.cs);
    cpu::write_shadow_stack(place - word, place | of_64_bits);
    return place;
}

}  // namespace pith::exceptions
