// The names under which the compiler and libc++ look for the memory functions. In the kernel only: on the
// host these names are the C library's.
//
// Each is a call and not a jump (-fno-optimize-sibling-calls), for the sake of its frame: for small sizes the
// functions called build none, and a fault in them is traced back through this one.
#include "runtime/memory_functions.hpp"

#include <cstddef>

namespace runtime = pith::runtime;

extern "C" {

// Declared here and not by <string.h>, where libc++ makes overloads of some.
void* memcpy(void* destination, void const* source, std::size_t size);
void* memmove(void* destination, void const* source, std::size_t size);
void* memset(void* destination, int value, std::size_t size);
int memcmp(void const* left, void const* right, std::size_t size);
int bcmp(void const* left, void const* right, std::size_t size);
void* memchr(void const* memory, int value, std::size_t size);
std::size_t strlen(char const* text);
int strcmp(char const* left, char const* right);
int strncmp(char const* left, char const* right, std::size_t size);

// #region memcpy
void* memcpy(void* destination, void const* source, std::size_t size) {
    return runtime::copy_memory(destination, source, size);
}

void* memmove(void* destination, void const* source, std::size_t size) {
    return runtime::move_memory(destination, source, size);
}

void* memset(void* destination, int value, std::size_t size) {
    return runtime::fill_memory(destination, value, size);
}
// #endregion memcpy

int memcmp(void const* left, void const* right, std::size_t size) {
    return runtime::compare_memory(left, right, size);
}

// Like memcmp, but for equality alone: the compiler calls it when only that is asked.
int bcmp(void const* left, void const* right, std::size_t size) {
    return runtime::compare_memory(left, right, size);
}

void* memchr(void const* memory, int value, std::size_t size) {
    // SAFETY: because the C function gives back the right to write, which its caller may have had.
    return const_cast<void*>(runtime::find_byte(memory, value, size));
}

std::size_t strlen(char const* text) { return runtime::text_length(text); }

int strcmp(char const* left, char const* right) { return runtime::compare_text(left, right); }

int strncmp(char const* left, char const* right, std::size_t size) {
    return runtime::compare_text(left, right, size);
}
}
