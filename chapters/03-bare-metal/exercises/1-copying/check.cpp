// Calls memcpy, memmove and memset with all sizes up to 300, and looks at each byte in and around what they
// may change.
#include "boot/start.hpp"
#include "cpu/halt.hpp"
#include "memory/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

// There is no library below this: what is used here must not need memcpy. All accesses are volatile, so no
// loop is taken for one that copies.
using Byte = std::uint8_t volatile;

constexpr std::size_t largest = 300, margin = 16, room = largest + 2 * margin;
constexpr std::uint8_t untouched = 0xaa;

constinit std::uint8_t source[room], target[room];

// Called through these, they are not replaced by what the compiler knows of them.
void* (*volatile copy)(void*, void const*, std::size_t) = std::memcpy;
void* (*volatile move)(void*, void const*, std::size_t) = std::memmove;
void* (*volatile fill)(void*, int, std::size_t)         = std::memset;

// SAFETY: because every index below is smaller than `room`, and the boot map reaches video memory.
#pragma clang unsafe_buffer_usage begin
std::uint8_t pattern(std::size_t i) { return static_cast<std::uint8_t>(7 * i + 1); }

void say(char const* text) {
    auto* cell = reinterpret_cast<std::uint16_t volatile*>(DIRECT_MAP_START + 0xb8000);
    for (std::size_t i = 0; i < 80UL * 25; ++i) cell[i] = 0x0720;
    for (; *text != '\0'; ++text, ++cell) *cell = static_cast<std::uint16_t>(0x0700 | *text);
}

[[noreturn]] void wrong(char const* text) {
    say(text);
    pith::cpu::halt_forever();
}

void prepare() {
    for (std::size_t i = 0; i < room; ++i) {
        static_cast<Byte*>(source)[i] = pattern(i);
        static_cast<Byte*>(target)[i] = untouched;
    }
}

// Whether the bytes around target[margin] and `size` from there on are as they were.
bool keeps_the_rest(std::size_t size) {
    for (std::size_t i = 0; i < room; ++i) {
        bool const is_inside = margin <= i && i < margin + size;
        if (!is_inside && static_cast<Byte*>(target)[i] != untouched) return false;
    }
    return true;
}

void check_copy(std::size_t size) {
    prepare();
    if (copy(target + margin, source + 3, size) != target + margin)
        wrong("memcpy does not return its target");
    for (std::size_t i = 0; i < size; ++i) {
        if (static_cast<Byte*>(target)[margin + i] != pattern(3 + i)) wrong("memcpy leaves a wrong byte");
    }
    if (!keeps_the_rest(size)) wrong("memcpy writes where it should not");
}

void check_fill(std::size_t size) {
    prepare();
    if (fill(target + margin, 0x155, size) != target + margin) wrong("memset does not return its target");
    for (std::size_t i = 0; i < size; ++i) {
        if (static_cast<Byte*>(target)[margin + i] != 0x55) wrong("memset leaves a wrong byte");
    }
    if (!keeps_the_rest(size)) wrong("memset writes where it should not");
}

// Both ranges lie in one array.
void check_move(std::size_t from, std::size_t to, std::size_t size) {
    prepare();
    if (move(source + to, source + from, size) != source + to) wrong("memmove does not return its target");
    for (std::size_t i = 0; i < room; ++i) {
        bool const is_inside = to <= i && i < to + size;
        auto const expected  = pattern(is_inside ? i - to + from : i);
        if (static_cast<Byte*>(source)[i] != expected)
            wrong("memmove leaves a wrong byte where the ranges overlap");
    }
}
#pragma clang unsafe_buffer_usage end

}  // namespace

void kernel_main(pith::boot::Start) {
    say("memcpy, memmove and memset are called...");
    for (std::size_t size = 0; size <= largest; ++size) {
        check_copy(size);
        check_fill(size);
        check_move(margin, margin + 5, size);
        check_move(margin + 5, margin, size);
        check_move(margin, margin, size);
    }
    say("solved");
    pith::cpu::halt_forever();
}
