// What compiled C++ and libc++'s headers call by name. All of it is failure: there are no exceptions here.
//
// Reference: Itanium C++ ABI, "Pure Virtual Function API"; libc++, <__verbose_abort>.
#include "base/fail.hpp"
#include "base/fixed_text.hpp"

#include <__verbose_abort>
#include <algorithm>
#include <bit>
#include <cstdarg>
#include <iterator>
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

// libc++ reports a failed check here, and what would be thrown were there exceptions. Its formats know only
// "%s".
void __libcpp_verbose_abort(char const* format, ...) {
    constexpr std::string_view place = "%s";
    pith::FixedText<400> message;
    std::va_list arguments;
    va_start(arguments, format);
    std::string_view rest{format};
    for (auto at = rest.find(place); at != rest.npos; at = rest.find(place)) {
        std::ranges::copy(rest.substr(0, at), std::back_inserter(message));
        std::ranges::copy(std::string_view{va_arg(arguments, char const*)}, std::back_inserter(message));
        rest.remove_prefix(at + place.size());
    }
    va_end(arguments);
    std::ranges::copy(rest, std::back_inserter(message));
    auto const text = message.view();
    fail_in(__builtin_return_address(0), text.ends_with('\n') ? text.substr(0, text.size() - 1) : text);
}

}  // namespace __pith
}  // namespace std
