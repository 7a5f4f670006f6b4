// panic: the end, with an explanation.
//
// It prints what is wrong and where, all registers, and who called whom, on every console; then the machine
// stops. It works while somebody holds the console's lock, and a panic inside a panic is told in one line.
//
// Needs:     console, boot (symbols, stack), cpu (registers).
// Promises:  never returns. Interrupts stay off.
#pragma once

#include "base/fail.hpp"
#include "console/console.hpp"
#include "cpu/registers.hpp"

#include <format>
#include <source_location>

namespace pith::console {

// #region panic
// A format string that knows where it stands.
template <typename... Arguments>
struct PanicFormat {
    template <std::size_t Size>
    consteval PanicFormat(char const (&text)[Size],
                          std::source_location where_written = std::source_location::current())
        : format{text}, where{where_written} {}

    std::format_string<Arguments...> format;
    std::source_location where;
};

// The run-time half of panic.
[[noreturn]] void panic_formatted(cpu::Registers const& registers, std::source_location where,
                                  std::string_view format, std::format_args arguments);

// Stops the machine for a reason: panic("frame {} was freed twice", frame). Always inline, so that the
// registers are those of whoever calls it; without debug information, so that the backtrace begins there,
// too.
template <typename... Arguments>
[[noreturn, gnu::always_inline, gnu::nodebug]] inline void
panic(PanicFormat<std::type_identity_t<Arguments>...> message, Arguments&&... arguments) {
    cpu::Registers registers;
    cpu::capture_registers(registers);
    panic_formatted(registers, message.where, message.format.get(), std::make_format_args(arguments...));
}
// #endregion panic

// A panic because of an exception, which `text` explains: `registers` are those of the program that it
// interrupted, and RIP is the instruction to blame. The backtrace begins at `frame_pointer`; 0: there is
// none.
[[noreturn]] void panic_interrupted(cpu::Registers const& registers, std::uint64_t frame_pointer,
                                    std::string_view text);

// From now on `fail` and `require` panic.
void install_panic();

// From now on a panic says which task ran, if `namer` gives a name.
void set_task_namer(std::string_view (*namer)());

// Neither of these can be changed once the kernel is sealed (base/sealed.hpp): that fails.
//
// What is printed before the report, past all locks: what others kept back. It must not wait, nor print
// without end.
void set_panic_prologue(void (*prologue)(Console& console, cpu::LastWords const& last_words));

// What happens after the report, instead of halting: a test ends QEMU. Must not return.
void set_panic_epilogue(void (*epilogue)());

}  // namespace pith::console
