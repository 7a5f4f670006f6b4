#include "console/panic.hpp"

#include "base/sealed.hpp"
#include "console/ansi.hpp"
#include "console/backtrace.hpp"
#include "console/console.hpp"
#include "console/place.hpp"
#include "console/print.hpp"
#include "console/stacks.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"

#include <atomic>

namespace pith::cpu {

// #region last-words
// Made here only: whoever has one takes the machine down.
class LastWords {};
// #endregion last-words

}  // namespace pith::cpu

namespace pith::console {
namespace {

constinit std::atomic<unsigned> panics_under_way                              = 0;
PITH_SEALED constinit void (*panic_epilogue)()                                = nullptr;
PITH_SEALED constinit void (*panic_prologue)(Console&, cpu::LastWords const&) = nullptr;
PITH_SEALED constinit InterruptedFinder interrupted_finder                    = nullptr;
constinit std::string_view (*task_namer)() = nullptr;  // set when tasks run

// (Who sets again what is set already changes nothing.)
template <typename Hook>
void set_hook(Hook& hook, Hook value) {
    if (hook == value) return;
    require_unsealed("what a panic calls is sealed, and can be changed no more");
    hook = value;
}

// #region say
// Prints past the console's lock.
void say_formatted(std::string_view format, std::format_args arguments) {
    BufferedWriter writer{[](std::string_view piece) { the_console.seize(cpu::LastWords{}).write(piece); }};
    std::vformat_to(std::back_inserter(writer), format, arguments);
}

template <typename... Arguments>
void say(std::format_string<Arguments...> format, Arguments&&... arguments) {
    say_formatted(format.get(), std::make_format_args(arguments...));
}
// #endregion say

// What went wrong, as all ways into a panic give it.
struct Report {
    std::string_view format;  // of what is said
    std::format_args arguments;
    std::string_view bare;  // the same without arguments: for when formatting is what went wrong
    std::string_view file;  // empty where only `place` is known
    std::uint32_t line;
    Place place;
    std::uint64_t frame_pointer;  // where the backtrace begins
};

void say_line(Report const& report) {
    if (!report.file.empty()) return say("{}:{}", report.file, report.line);
    auto const symbol = report.place.symbol();
    if (symbol && symbol->source) return say("{}:{}", symbol->source->file, symbol->source->line);
    say("{:#x}", report.place.address);
}

void say_headline(Report const& report) {
    say("{}\n{}PANIC at ", ansi::reset, ansi::bold_red);
    say_line(report);
    say(": ");
    say_formatted(report.format, report.arguments);
    say("{}\n", ansi::reset);
    if (auto const task = task_namer != nullptr ? task_namer() : ""; !task.empty())
        say("  while the task \"{}\" ran\n", task);
}

// The end of a headline that has scrolled away on a screen of 25 lines.
void say_headline_again(Report const& report) {
    say("\n{}It was at ", ansi::bold_red);
    say_line(report);
    say(": {}{}\n", report.bare, ansi::reset);
}

void say_registers(cpu::Registers const& at) {
    say("\n  rax {:016x}  rbx {:016x}  rcx {:016x}\n", at.rax, at.rbx, at.rcx);
    say("  rdx {:016x}  rsi {:016x}  rdi {:016x}\n", at.rdx, at.rsi, at.rdi);
    say("  rbp {:016x}  rsp {:016x}  r8  {:016x}\n", at.rbp, at.rsp, at.r8);
    say("  r9  {:016x}  r10 {:016x}  r11 {:016x}\n", at.r9, at.r10, at.r11);
    say("  r12 {:016x}  r13 {:016x}  r14 {:016x}\n", at.r12, at.r13, at.r14);
    say("  r15 {:016x}  rip {:016x}  flags {:#x}  cs {:#x}  ss {:#x}\n", at.r15, at.rip, at.rflags, at.cs,
        at.ss);
    say("  cr0 {:#x}  cr2 {:#x}  cr3 {:#x}  cr4 {:#x}\n", at.cr0, at.cr2, at.cr3, at.cr4);
}

// #region backtrace
// Says the frames one after the other, from stack to stack.
class Backtrace {
public:
    // How many lines it took.
    unsigned say_from(Place innermost, std::uint64_t frame_pointer) {
        say("\nBacktrace, innermost first:\n");
        say_next(innermost);
        auto next = walk(frame_pointer);
        for (unsigned count = 0; next && count < most_interrupted && frames_ < most_counted; ++count) {
            say_repeats();
            if (lines_ < most_said) say("  interrupted by an exception:\n");
            say_next({next->rip, Place::Kind::instruction});
            next = walk(next->rbp);
        }
        say_repeats();
        if (lines_ > most_said) say("  ... and {} more\n", lines_ - most_said);
        if (next) say("  ... and what was interrupted before\n");
        return lines_;
    }

private:
    // A double fault on the double fault stack has overwritten what it interrupted: that may lead in a circle.
    static constexpr unsigned most_said = 32, most_interrupted = 16, most_counted = 1'000'000;

    // Walks one stack, up to where an exception interrupted what may be on another, or to its end.
    std::optional<Interrupted> walk(std::uint64_t frame_pointer) {
        auto const* const stack = stack_with(frame_pointer);
        if (stack == nullptr) return std::nullopt;
        std::optional<Interrupted> interrupted;
        for_each_return_address(view_of(*stack), frame_pointer,
                                [&](std::uint64_t address, std::uint64_t frame) {
                                    if (interrupted_finder != nullptr)
                                        interrupted = interrupted_finder(address, frame);
                                    if (!interrupted) say_next({address, Place::Kind::return_address});
                                    return !interrupted && frames_ < most_counted;
                                });
        return interrupted;
    }
    // A recursion is told in two lines, however deep it is.
    void say_next(Place place) {
        ++frames_;
        if (place.address == last_address_) {
            ++repeats_;
            return;
        }
        say_repeats();
        last_address_ = place.address;
        if (lines_++ < most_said) say("  {:016x}  {}\n", place.address, place);
    }
    void say_repeats() {
        if (repeats_ != 0 && lines_ <= most_said) say("  (and {} more of the same)\n", repeats_);
        repeats_ = 0;
    }

    std::uint64_t last_address_ = 0;
    unsigned frames_ = 0, lines_ = 0, repeats_ = 0;
};
// #endregion backtrace

// Registers and backtrace: nothing here calls what the panicking code has written.
void say_state(Report const& report, cpu::Registers const& registers) {
    constexpr unsigned lines_beside_headline = 8;
    say_registers(registers);
    auto const lines = Backtrace{}.say_from({registers.rip, report.place.kind}, report.frame_pointer);
    if (lines > lines_beside_headline) say_headline_again(report);
    say("\nThe machine has stopped.\n");
}

// The first panic, while it is being told.
constinit Report const* first_report            = nullptr;
constinit cpu::Registers const* first_registers = nullptr;

// #region all
void say_all(Report const& report, cpu::Registers const& registers) {
    first_report    = &report;
    first_registers = &registers;
    if (panic_prologue != nullptr) {
        cpu::LastWords const last_words;
        panic_prologue(the_console.seize(last_words), last_words);
    }
    say_headline(report);
    say_state(report, registers);
}
// #endregion all

// #region again
// A panic inside a panic: most likely the first one's arguments could not be printed. Both are told without
// theirs, and then the state of the first.
void say_again(Report const& report) {
    say("{}\n{}PANIC inside a panic, at ", ansi::reset, ansi::bold_red);
    say_line(report);
    say(": {}{}\n", report.bare, ansi::reset);
    if (first_report == nullptr) return;
    say("{}The first was at ", ansi::bold_red);
    say_line(*first_report);
    say(": {}{}\n", first_report->bare, ansi::reset);
    say_state(*first_report, *first_registers);
}
// #endregion again

// #region stop
[[noreturn]] void stop() {
    if (panic_epilogue != nullptr) panic_epilogue();
    cpu::halt_forever();
}

[[noreturn]] void tell_and_stop(Report const& report, cpu::Registers const& registers) {
    cpu::disable_interrupts();
    auto const before = panics_under_way.fetch_add(1);
    if (before == 0) {
        attach_devices(the_console.seize(cpu::LastWords{}));  // before console::start there are none
        say_all(report, registers);
    }
    if (before == 1) say_again(report);
    stop();  // and after a third one in silence
}
// #endregion stop

void panic_on_failure(Failure const& failure) {
    cpu::Registers registers;
    cpu::capture_registers(registers);
    tell_and_stop({.format        = "{}",
                   .arguments     = std::make_format_args(failure.message),
                   .bare          = failure.message,
                   .file          = failure.file,
                   .line          = failure.line,
                   .place         = {failure.address, Place::Kind::return_address},
                   .frame_pointer = registers.rbp},
                  registers);
}

}  // namespace

void panic_formatted(cpu::Registers const& registers, std::source_location where, std::string_view format,
                     std::format_args arguments) {
    tell_and_stop({.format        = format,
                   .arguments     = arguments,
                   .bare          = format,
                   .file          = where.file_name(),
                   .line          = where.line(),
                   .place         = {registers.rip, Place::Kind::return_address},
                   .frame_pointer = registers.rbp},
                  registers);
}

void panic_interrupted(cpu::Registers const& registers, std::uint64_t frame_pointer, std::string_view text) {
    tell_and_stop({.format        = "{}",
                   .arguments     = std::make_format_args(text),
                   .bare          = text,
                   .file          = {},
                   .line          = 0,
                   .place         = {registers.rip, Place::Kind::instruction},
                   .frame_pointer = frame_pointer},
                  registers);
}

void set_interrupted_finder(InterruptedFinder finder) { set_hook(interrupted_finder, finder); }
void set_task_namer(std::string_view (*namer)()) { task_namer = namer; }
void install_panic() { set_failure_handler(panic_on_failure); }
void set_panic_epilogue(void (*epilogue)()) { set_hook(panic_epilogue, epilogue); }
void set_panic_prologue(void (*prologue)(Console&, cpu::LastWords const&)) {
    set_hook(panic_prologue, prologue);
}

}  // namespace pith::console
