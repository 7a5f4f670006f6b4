// Exercise 3.1, solved. The compiler saw that a loop copies, and made of it what it makes of such a loop: a
// call of memcpy. In memcpy. `no_builtin` says that in this function nothing is known of memcpy and its
// family.
#include <cstddef>
#include <cstring>
#include <functional>

namespace {

// SAFETY: because whoever calls memcpy and its family answers for the sizes.
#pragma clang unsafe_buffer_usage begin
[[clang::no_builtin]] void copy_forward(char* to, char const* from, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
}

[[clang::no_builtin]] void copy_backward(char* to, char const* from, std::size_t size) {
    for (std::size_t i = size; i > 0; --i) to[i - 1] = from[i - 1];
}

[[clang::no_builtin]] void fill(char* to, char value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) to[i] = value;
}
#pragma clang unsafe_buffer_usage end

}  // namespace

// <cstring> declares these, and the compiler calls them by name.
extern "C" {

[[clang::no_builtin]] void* memcpy(void* destination, void const* source, std::size_t size) {
    copy_forward(static_cast<char*>(destination), static_cast<char const*>(source), size);
    return destination;
}

// What is read has to be read before it is overwritten: from the end where the target lies above the source.
[[clang::no_builtin]] void* memmove(void* destination, void const* source, std::size_t size) {
    auto* const to         = static_cast<char*>(destination);
    auto const* const from = static_cast<char const*>(source);
    if (std::less{}(to, from)) {
        copy_forward(to, from, size);
    } else {
        copy_backward(to, from, size);
    }
    return destination;
}

[[clang::no_builtin]] void* memset(void* destination, int value, std::size_t size) {
    fill(static_cast<char*>(destination), static_cast<char>(value), size);
    return destination;
}
}
