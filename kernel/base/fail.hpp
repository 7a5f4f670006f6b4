// What happens when an invariant of our own is broken.
//
// Every layer may find that the impossible has happened, but only a high one, the console's, can say so
// well. So the low ones call `fail`, and the kernel registers at its start what failing means: panic.
//
// Needs:     nothing.
// Promises:  `fail` does not return. Before a handler is registered it traps.
#pragma once

#include <cstdint>
#include <source_location>
#include <string_view>

namespace pith {

// A broken invariant: what is wrong, and where it was found.
struct Failure {
    std::string_view message;
    std::string_view file;  // empty where only `address` is known
    std::uint32_t line     = 0;
    std::uintptr_t address = 0;  // the return address of who reports it, or 0
};

// Must not return. Called with interrupts as they were.
using FailureHandler = void (*)(Failure const&);

// Says what `fail` does from now on. Fails itself once the kernel is sealed (sealed.hpp).
void set_failure_handler(FailureHandler handler);

// Reports `failure` to the registered handler, and ends the program should that return.
[[noreturn]] void fail(Failure const& failure);

// The usual form: the place is the caller's.
[[noreturn]] void fail(std::string_view message,
                       std::source_location where = std::source_location::current());

// Fails unless `condition` holds. Always inline and without debug information: then the backtrace has the
// line where the check stands, not this one. (In a function that was inlined, that is a line of it, beside
// its caller's name.)
[[gnu::always_inline, gnu::nodebug]] constexpr void
require(bool condition, std::string_view message,
        std::source_location where = std::source_location::current()) {
    if (!condition) [[unlikely]]
        fail(message, where);
}

}  // namespace pith
