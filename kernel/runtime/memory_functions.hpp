// Copying, filling, comparing and searching memory: what memcpy and its family do, under our own names.
//
// The compiler calls memcpy, memmove, memset and memcmp on its own account, in every program; libc++ asks
// for the others. c_library.cpp gives them those names in the kernel. Here they are ordinary functions,
// which the host tests and measures beside its own.
//
// Needs:     cpu (string instructions). No vector register, and no C library.
// Promises:  no byte outside the given ranges is read or written. Nothing is read after the byte that
//            decides the answer in `find_byte` and the text functions, whose length may be too large.
// Reference: ISO C23 "String handling <string.h>";
//            Intel Optimization Reference Manual "Enhanced REP MOVSB and STOSB Operation".
#pragma once

#include <cstddef>

namespace pith::runtime {

// memcpy: the ranges are the same or apart. Returns `destination`.
void* copy_memory(void* destination, void const* source, std::size_t size);

// memmove: the ranges may overlap. Returns `destination`.
void* move_memory(void* destination, void const* source, std::size_t size);

// memset: every byte becomes the low eight bits of `value`. Returns `destination`.
void* fill_memory(void* destination, int value, std::size_t size);

// memcmp: below, equal to or above zero as the first bytes that differ compare, unsigned.
int compare_memory(void const* left, void const* right, std::size_t size);

// memchr: the first byte that equals the low eight bits of `value`, or null.
void const* find_byte(void const* memory, int value, std::size_t size);

// strlen: the number of characters before the zero byte.
std::size_t text_length(char const* text);

// strcmp: as compare_memory, up to and with the first zero byte.
int compare_text(char const* left, char const* right);

// strncmp: the same, of at most `size` characters.
int compare_text(char const* left, char const* right, std::size_t size);

}  // namespace pith::runtime
