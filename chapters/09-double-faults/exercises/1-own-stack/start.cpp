// Exercise 9.1: a stack of your own.
#include "exercise.hpp"

#include "boot/boot_map.hpp"
#include "console/stacks.hpp"

#include <array>
#include <memory>

using namespace pith;

namespace {

constexpr std::size_t stack_bytes = 8192;

constinit std::array<std::byte, stack_bytes> memory{};

}  // namespace

void call_on_own_stack(void (*function)()) { call_on(std::to_address(memory.end()), function); }
