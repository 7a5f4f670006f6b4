#include "console/panic.hpp"

#include "boot/image.hpp"
#include "console/ansi.hpp"
#include "console/backtrace.hpp"
#include "console/console.hpp"
#include "console/print.hpp"
#include "console/symbols.hpp"
#include "cpu/halt.hpp"

#include <atomic>

namespace pith::cpu {

// Made here only: whoever has one takes the machine down.
class LastWords {};

}  // namespace pith::cpu

namespace pith::console {
namespace {

constinit std::atomic<unsigned> panics_under_way = 0;
constinit void (*panic_epilogue)()               = nullptr;

constexpr unsigned max_frames = 32;

// Prints past the console's lock.
void say_formatted(std::string_view format, std::format_args arguments) {
    BufferedWriter writer{[](std::string_view piece) { the_console.seize(cpu::LastWords{}).write(piece); }};
    std::vformat_to(std::back_inserter(writer), format, arguments);
}

template <typename... Arguments>
void say(std::format_string<Arguments...> format, Arguments&&... arguments) {
    say_formatted(format.get(), std::make_format_args(arguments...));
}

std::optional<SymbolTable> symbol_table() {
    auto table = SymbolTable::read(boot::symbols());
    if (!table) return std::nullopt;
    return *table;
}

// What stands right before `return_address`: the call. (The address itself may be another function's first.)
std::optional<Symbol> caller_at(std::optional<SymbolTable> const& table, std::uint64_t return_address) {
    auto const address = VirtAddr::checked(return_address - 1);
    if (!table || !address) return std::nullopt;
    return table->find(*address);
}

// What went wrong, as both ways into a panic give it.
struct Report {
    std::string_view format;
    std::format_args arguments;
    std::string_view file;  // empty where only `address` is known
    std::uint32_t line;
    std::uint64_t address;  // a return address
};

void say_place(Report const& report, std::optional<SymbolTable> const& table) {
    if (!report.file.empty()) return say("{}:{}", report.file, report.line);
    auto const symbol = caller_at(table, report.address);
    if (symbol && symbol->source) return say("{}:{}", symbol->source->file, symbol->source->line);
    say("{:#x}", report.address);
}

void say_headline(Report const& report, std::optional<SymbolTable> const& table) {
    say("{}\n{}PANIC at ", ansi::reset, ansi::bold_red);
    say_place(report, table);
    say(": ");
    say_formatted(report.format, report.arguments);
    say("{}\n", ansi::reset);
}

// A panic inside a panic. Its arguments may be what went wrong: only the bare format is shown.
void say_again(Report const& report) {
    say("{}\n{}PANIC inside a panic, at ", ansi::reset, ansi::bold_red);
    say_place(report, std::nullopt);
    say(": {}{}\n", report.format, ansi::reset);
}

void say_registers(cpu::Registers const& at) {
    say("\n  rax {:016x}  rbx {:016x}  rcx {:016x}\n", at.rax, at.rbx, at.rcx);
    say("  rdx {:016x}  rsi {:016x}  rdi {:016x}\n", at.rdx, at.rsi, at.rdi);
    say("  rbp {:016x}  rsp {:016x}  r8  {:016x}\n", at.rbp, at.rsp, at.r8);
    say("  r9  {:016x}  r10 {:016x}  r11 {:016x}\n", at.r9, at.r10, at.r11);
    say("  r12 {:016x}  r13 {:016x}  r14 {:016x}\n", at.r12, at.r13, at.r14);
    say("  r15 {:016x}  rip {:016x}  flags {:#x}\n", at.r15, at.rip, at.rflags);
    say("  cr0 {:#x}  cr2 {:#x}  cr3 {:#x}  cr4 {:#x}\n", at.cr0, at.cr2, at.cr3, at.cr4);
}

void say_frame(std::uint64_t return_address, std::optional<SymbolTable> const& table) {
    auto const symbol = caller_at(table, return_address);
    if (!symbol) {
        say("  {:016x}  (no function known here)\n", return_address);
    } else if (symbol->source) {
        say("  {:016x}  {}  {}:{}\n", return_address, symbol->function, symbol->source->file,
            symbol->source->line);
    } else {
        say("  {:016x}  {}\n", return_address, symbol->function);
    }
}

StackView boot_stack() {
    auto const bottom = boot::boot_stack_bottom();
    auto const size   = boot::boot_stack_top() - bottom;
// SAFETY: because the linker gives both ends of one array.
#pragma clang unsafe_buffer_usage begin
    return {bottom, Bytes{std::bit_cast<std::byte const*>(bottom.value()), static_cast<std::size_t>(size)}};
#pragma clang unsafe_buffer_usage end
}

void say_backtrace(cpu::Registers const& at, std::optional<SymbolTable> const& table) {
    say("\nBacktrace, innermost first:\n");
    say_frame(at.rip, table);
    unsigned frames = 1;
    for_each_return_address(boot_stack(), at.rbp, [&](std::uint64_t address) {
        if (frames++ < max_frames) say_frame(address, table);
    });
    if (frames > max_frames) say("  ... and {} more\n", frames - max_frames);
}

[[noreturn]] void stop() {
    if (panic_epilogue != nullptr) panic_epilogue();
    cpu::halt_forever();
}

void say_all(Report const& report, cpu::Registers const& registers) {
    auto const table = symbol_table();
    say_headline(report, table);
    say_registers(registers);
    say_backtrace(registers, table);
    say("\nThe machine has stopped.\n");
}

[[noreturn]] void tell_and_stop(Report const& report, cpu::Registers const& registers) {
    cpu::disable_interrupts();
    auto const before = panics_under_way.fetch_add(1);
    if (before == 0) say_all(report, registers);
    if (before == 1) say_again(report);
    stop();  // and after a third one in silence
}

void panic_on_failure(Failure const& failure) {
    cpu::Registers registers;
    cpu::capture_registers(registers);
    tell_and_stop({.format    = "{}",
                   .arguments = std::make_format_args(failure.message),
                   .file      = failure.file,
                   .line      = failure.line,
                   .address   = failure.address},
                  registers);
}

}  // namespace

void panic_formatted(cpu::Registers const& registers, std::source_location where, std::string_view format,
                     std::format_args arguments) {
    tell_and_stop({.format    = format,
                   .arguments = arguments,
                   .file      = where.file_name(),
                   .line      = where.line(),
                   .address   = 0},
                  registers);
}

void install_panic() { set_failure_handler(panic_on_failure); }
void set_panic_epilogue(void (*epilogue)()) { panic_epilogue = epilogue; }

}  // namespace pith::console
