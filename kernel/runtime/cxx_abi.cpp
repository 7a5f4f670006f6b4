// What compiled C++ and libc++'s headers call by name. All of it is failure: there are no exceptions here.
//
// Reference: Itanium C++ ABI, "Pure Virtual Function API"; libc++, <__verbose_abort>.
#include "base/fail.hpp"

#include <__verbose_abort>
#include <cstdarg>
#include <string_view>

namespace {

// `caller` is the return address of the function that the compiler called: the code after what went wrong.
[[noreturn]] void fail_in(void* caller, std::string_view message) {
    pith::fail({.message = message, .file = {}, .address = std::bit_cast<std::uintptr_t>(caller)});
}

}  // namespace

// A pure virtual function was called: an object is used while it is being made or taken apart.
extern "C" {

// The compiler calls these by name; no header declares them.
[[noreturn]] void __cxa_pure_virtual();
int __cxa_atexit(void (*)(void*), void*, void*);
}

extern "C" void __cxa_pure_virtual() {
    fail_in(__builtin_return_address(0), "a pure virtual function was called");
}

// Destructors of globals never run: the kernel does not end. (Ours have none; libc++'s may.)
extern "C" int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }

namespace std {
inline namespace __pith {

// libc++ reports a failed check here, nearly always as ("%s", message).
void __libcpp_verbose_abort(char const* format, ...) {
    std::string_view message{format};
    if (message == "%s") {
        std::va_list arguments;
        va_start(arguments, format);
        message = va_arg(arguments, char const*);
        va_end(arguments);
    }
    if (message.ends_with('\n')) message.remove_suffix(1);
    fail_in(__builtin_return_address(0), message);
}

}  // namespace __pith
}  // namespace std
