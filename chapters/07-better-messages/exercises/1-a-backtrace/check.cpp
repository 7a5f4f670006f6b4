// Exercise 7.1: sound chains, damaged ones, and the real one.
#include "boot/image.hpp"
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/stacks.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

using namespace pith;
using console::println;

namespace {

constinit std::string_view chain;

template <typename... Arguments>
[[noreturn]] void wrong(std::format_string<Arguments...> format, Arguments&&... arguments) {
    println("{}:", chain);
    println(format, std::forward<Arguments>(arguments)...);
    cpu::halt_forever();
}

// A stack of 16 words that begins at this address, and what stands in it. It is not real: word_at knows it.
constexpr std::uint64_t bottom    = 0xffff'9000'0000'1000;
constexpr std::size_t words_on_it = 16;
constexpr Stack made_up           = {bottom, bottom + 8 * words_on_it};
constinit std::array<std::uint64_t, words_on_it> words{};
constinit bool is_real   = false;
constinit unsigned reads = 0;

constexpr std::uint64_t at(std::size_t word) { return bottom + 8 * word; }

// Frames at these words, each the caller of the one before; the last one's caller is `end`.
void make_chain(std::initializer_list<std::size_t> frames, std::uint64_t end) {
    words.fill(0x7777);
    std::uint64_t* callers_place = nullptr;
    for (auto const frame : frames) {
        if (callers_place != nullptr) *callers_place = at(frame);
        callers_place = &words.at(frame);
        if (frame + 1 < words.size()) words.at(frame + 1) = 0x4000 + frame;
    }
    *callers_place = end;
}

void expect(std::string_view name, std::uint64_t first, std::initializer_list<std::uint64_t> wanted,
            std::size_t room = 8) {
    chain = name;
    reads = 0;
    std::array<std::uint64_t, 8> found{};
    auto const count = collect(first, made_up, std::span{found}.first(room));
    if (count != wanted.size())
        wrong("{} return addresses were found, and there are {}", count, wanted.size());
    if (!std::ranges::equal(wanted, std::span{found}.first(count)))
        wrong("the return addresses are not those of the chain");
}

void check_made_up_chains() {
    make_chain({2, 6, 10}, 0);
    expect("a chain of three frames", at(2), {0x4002, 0x4006, 0x400a});
    expect("the same, with room for two", at(2), {0x4002, 0x4006}, 2);
    expect("the same, with no room", at(2), {}, 0);
    expect("a frame pointer of 0", 0, {});
    expect("a frame pointer below the stack", bottom - 8, {});
    expect("a frame pointer far above the stack", bottom + 0x1000, {});
    expect("a frame pointer that is no multiple of 8", at(2) + 4, {});
    make_chain({2, 14}, 0);
    expect("a frame that fills the stack to its top", at(2), {0x4002, 0x400e});
    make_chain({2, 15}, 0);
    expect("a frame of which half is above the stack", at(2), {0x4002});
    make_chain({2, 6}, at(6));
    expect("a frame that is its own caller", at(2), {0x4002, 0x4006});
    make_chain({2, 6}, at(2));
    expect("a chain that runs in a circle", at(2), {0x4002, 0x4006});
    make_chain({2, 6}, 0xffff'ffff'ffff'fff8);
    expect("a caller at the end of all addresses", at(2), {0x4002, 0x4006});
}

[[gnu::noinline]] std::uint64_t innermost() {
    std::array<std::uint64_t, 8> found{};
    auto const frame = VirtAddr{__builtin_frame_address(0)}.value();
    chain            = "the kernel's own stack";
    auto const count =
        collect(frame, {boot::boot_stack_bottom().value(), boot::boot_stack_top().value()}, found);
    if (count < 3) wrong("{} return addresses were found, and there are at least 3", count);
    if (found[0] != VirtAddr{__builtin_return_address(0)}.value()) wrong("the first is not the caller's");
    return found[1];
}

[[gnu::noinline]] void outer() {
    auto const second = innermost();
    if (second != VirtAddr{__builtin_return_address(0)}.value()) wrong("the second is not its caller's");
}

}  // namespace

std::uint64_t word_at(std::uint64_t address) {
    if (++reads > 100) wrong("it does not end");
    if (address % 8 != 0) wrong("word_at({:#x}): that is no multiple of 8", address);
    if (is_real) {
        // SAFETY: because it is looked at whether it is on the stack.
        if (console::stack_with(address) != nullptr) return *reinterpret_cast<std::uint64_t const*>(address);
        wrong("word_at({:#x}): that is not on the stack", address);
    }
    if (address < made_up.bottom || address >= made_up.top)
        wrong("word_at({:#x}): that is not on the stack", address);
    return words.at((address - bottom) / 8);
}

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    check_made_up_chains();
    is_real = true;
    outer();
    println("solved");
    cpu::halt_forever();
}
