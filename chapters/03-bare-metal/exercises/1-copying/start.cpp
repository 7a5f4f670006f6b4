// Exercise 3.1: memcpy, memmove and memset. They look right, and the machine resets. Find out why, and mend
// it.
#include <cstddef>
#include <cstring>

namespace {

// SAFETY: because whoever calls memcpy and its family answers for the sizes.
#pragma clang unsafe_buffer_usage begin
void copy(char* __restrict to, char const* __restrict from, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
}

void fill(char* to, char value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) to[i] = value;
}

void copy_backward(char* to, char const* from, std::size_t size) {
    for (std::size_t i = size; i > 0; --i) to[i - 1] = from[i - 1];
}
#pragma clang unsafe_buffer_usage end

}  // namespace

// <cstring> declares these, and the compiler calls them by name.
extern "C" {

void* memcpy(void* destination, void const* source, std::size_t size) {
    copy(static_cast<char*>(destination), static_cast<char const*>(source), size);
    return destination;
}

// The ranges may overlap.
void* memmove(void* destination, void const* source, std::size_t size) {
    copy_backward(static_cast<char*>(destination), static_cast<char const*>(source), size);
    return destination;
}

void* memset(void* destination, int value, std::size_t size) {
    fill(static_cast<char*>(destination), static_cast<char>(value), size);
    return destination;
}
}
