// Exercise 9.1: a stack of your own.
#include "exercise.hpp"

#include "boot/boot_map.hpp"
#include "console/stacks.hpp"

#include <array>

using namespace pith;

namespace {

constexpr std::size_t stack_bytes = 8192;

struct Memory {
    alignas(4096) std::array<std::byte, console::KnownStack::guard_size> guard{};
    std::array<std::byte, stack_bytes> stack{};
};
static_assert(sizeof(Memory) == console::KnownStack::guard_size + stack_bytes);

constinit Memory memory{};
constinit console::KnownStack known{};

void prepare() {
    VirtAddr const bottom{memory.stack.data()};
    known = {.name = "mine", .bottom = bottom, .top = bottom + stack_bytes};
    console::register_stack(known);
    boot::forbid_page(VirtAddr{memory.guard.data()});
}

}  // namespace

void call_on_own_stack(void (*function)()) {
    if (known.name.empty()) prepare();
    call_on(std::to_address(memory.stack.end()), function);
}
