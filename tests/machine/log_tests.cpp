// The log: what is said and kept, from wherever it is called, and what a panic still prints.
#include "log/log.hpp"

#include "console/console.hpp"
#include "console/panic.hpp"
#include "cpu/hidden.hpp"
#include "cpu/raise.hpp"
#include "exceptions/handlers.hpp"
#include "frames/start.hpp"
#include "suites.hpp"

#include <vector>

using namespace pith;
using namespace std::chrono_literals;
using log::Level;
using testing::check;
using testing::check_equal;

namespace {

// What is written while it lives, as a serial line or a screen gets it.
class Listener final : public console::Sink {
public:
    explicit Listener(console::SinkKind kind) {
        console::the_console.with([&](console::Console& console) { console.attach(*this, kind); });
    }
    ~Listener() {
        console::the_console.with([&](console::Console& console) { console.detach(*this); });
    }
    Listener(Listener const&)            = delete;
    Listener& operator=(Listener const&) = delete;

    void write(std::string_view text) override {
        for (char const character : text) {
            if (used_ < text_.size()) text_[used_++] = character;
        }
    }
    std::string_view text() const { return {text_.data(), used_}; }

private:
    std::array<char, 8192> text_{};
    std::size_t used_ = 0;
};

unsigned count_of(std::string_view part, std::string_view text) {
    unsigned count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

unsigned kept(std::string_view text, log::Filter const& filter = {}) {
    unsigned count = 0;
    log::for_each(filter, [&](log::Entry const& entry) {
        if (entry.message.text == text) ++count;
    });
    return count;
}

log::Time half_past_one() { return 1'500'000'000ns; }

void a_line_has_time_level_and_source() {
    Listener const line{console::SinkKind::line};
    log::warning("keyboard", "{} scancodes were lost", 3);
    log::set_time_source(half_past_one);
    log::error("disk", "it is gone");
    log::set_time_source(nullptr);
    check_equal(line.text(), "[            ] \x1b[33mwarning\x1b[0m keyboard: 3 scancodes were lost\n"
                             "[    1.500000] \x1b[1;31merror\x1b[0m disk: it is gone\n");
}

void screens_show_warnings_and_errors_only() {
    Listener const line{console::SinkKind::line}, screen{console::SinkKind::screen};
    log::debug("test", "first");
    log::info("test", "second");
    log::warning("test", "third");
    log::error("test", "fourth");
    for (auto const text : {"first", "second"}) check(!screen.text().contains(text));
    for (auto const text : {"third", "fourth"}) check(screen.text().contains(text));
    for (auto const text : {"first", "second", "third", "fourth"}) check(line.text().contains(text));
}

void what_is_kept_is_not_printed() {
    Listener const line{console::SinkKind::line};
    log::keep(Level::warning, "test", "only {}", "kept");
    check_equal(line.text(), "");
    check_equal(kept("only kept"), 1U);
}

void what_is_found_is_a_line_of_the_report() {
    Listener const line{console::SinkKind::line}, screen{console::SinkKind::screen};
    log::found("disk", "{} MiB", 8);
    check_equal(line.text(), "  disk       8 MiB\n");
    check_equal(screen.text(), line.text());
    check_equal(kept("8 MiB", {.least = Level::info, .source = "disk"}), 1U);
    check_equal(kept("8 MiB", {.least = Level::warning}), 0U);
}

void text_from_outside_breaks_no_line() {
    Listener const line{console::SinkKind::line};
    log::error("test", "{}", "one\ntwo\x1b[2J\xff");
    check(line.text().ends_with("test: one two\uFFFD[2J\uFFFD\n"));
    check_equal(count_of("\n", line.text()), 1U);
}

void long_text_ends_in_dots() {
    log::keep(Level::info, "test", "{:x>1000}", "");
    log::for_each({.source = "test"}, [](log::Entry const& entry) {
        check_equal(entry.message.text.size(), log::longest_text);
        check(entry.message.text.ends_with("xxx..."));
    });
}

// Whoever reads may log: it does not meet what it says itself.
void a_reader_may_log_and_allocate() {
    frames::start(tests::handoff());
    auto const before = log::next_number();
    for (int number = 0; number < 10; ++number) log::keep(Level::info, "test", "{}", number);
    std::vector<std::uint64_t> numbers;
    log::for_each({.source = "test", .since = before + 2}, [&](log::Entry const& entry) {
        numbers.push_back(entry.number - before);
        for (int round = 0; round < 3; ++round) log::keep(Level::info, "test", "more");
    });
    check(numbers == std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7, 8, 9});
}

void the_oldest_make_room_and_are_counted() {
    auto const before = log::next_number();
    for (int number = 0; number < 5000; ++number) log::keep(Level::info, "test", "number {}", number);
    auto const lost = log::lost();
    check(lost.overwritten > 3500 && lost.overwritten < before + 5000);
    check_equal(lost.missed, 0U);
    check_equal(kept("number 4999"), 1U);
    check_equal(kept("number 0"), 0U);
    std::uint64_t next = lost.overwritten;
    log::for_each({}, [&](log::Entry const& entry) { check_equal(entry.number, next++); });
    check_equal(next, log::next_number());
}

// ---- In the middle of something --------------------------------------------------------------------------

// As a handler would that interrupted whoever adds.
void while_the_log_is_in_use_entries_are_counted() {
    log::the_ring.with([](auto&) {
        for (int count = 0; count < 3; ++count) log::error("test", "nobody has this");
    });
    check_equal(log::lost().missed, 3U);
    Listener const line{console::SinkKind::line};
    log::info("test", "next");
    check(line.text().contains("log: 3 entries came while another was being written\n"));
    log::info("test", "next");
    check_equal(count_of("being written", line.text()), 1U);
    check_equal(kept("nobody has this"), 0U);
    check_equal(kept("next"), 2U);
}

void while_the_console_is_in_use_entries_wait() {
    Listener const line{console::SinkKind::line};
    console::the_console.with([](console::Console&) {
        log::info("test", "first");
        log::info("test", "second");
    });
    check_equal(line.text(), "");
    log::info("test", "third");
    auto const text = line.text();
    check(text.find("first") < text.find("second") && text.find("second") < text.find("third"));
    check_equal(count_of("\n", text), 3U);
}

void a_breakpoint_while_the_log_is_in_use_returns() {
    log::the_ring.with([](auto&) { asm volatile("int3"); });
    console::the_console.with([](console::Console&) { asm volatile("int3"); });
    check_equal(log::lost().missed, 1U);
    unsigned breakpoints = 0;
    log::for_each({.least = Level::warning, .source = "exceptions"}, [&](log::Entry const& entry) {
        if (entry.message.text.starts_with("breakpoint at 0x")) ++breakpoints;
    });
    check_equal(breakpoints, 1U);
}

// A screen that logs whenever it is written to.
class Talkative final : public console::Sink {
public:
    void write(std::string_view) override {
        if (++writes_ < 5) log::info("screen", "this is write {}", writes_);
    }

private:
    unsigned writes_ = 0;
};

void a_sink_may_log() {
    static constinit Talkative talkative;
    Listener const line{console::SinkKind::line};
    console::the_console.with(
        [](console::Console& console) { console.attach(talkative, console::SinkKind::line); });
    log::info("test", "begin");
    check_equal(count_of("this is write", line.text()), 4U);
    check_equal(count_of("\n", line.text()), 5U);
    console::the_console.with([](console::Console& console) { console.detach(talkative); });
}

// ---- At a prompt -----------------------------------------------------------------------------------------

constinit unsigned announced = 0;
void announce() { ++announced; }

void with_an_announcer_nothing_is_printed_at_once() {
    Listener const line{console::SinkKind::line};
    log::set_announcer(announce);
    log::info("test", "first");
    log::keep(Level::error, "test", "no news");
    log::warning("test", "second");
    check_equal(announced, 2U);
    check_equal(line.text(), "");
    log::print_new();
    check_equal(count_of("\n", line.text()), 2U);
    log::print_new();
    check_equal(count_of("\n", line.text()), 2U);
    log::set_announcer(nullptr);
    log::info("test", "third");
    check_equal(count_of("\n", line.text()), 3U);
}

// What an exception's handler prints at once would tear the line.
void with_an_announcer_the_log_says_what_strikes() {
    Listener const line{console::SinkKind::line};
    log::set_announcer(announce);
    cpu::breakpoint();
    check_equal(announced, 1U);
    check_equal(line.text(), "");
    log::print_new();
    check_equal(count_of("warning\x1b[0m exceptions: breakpoint at ", line.text()), 1U);
    check_equal(count_of("\n", line.text()), 1U);
}

void what_was_overwritten_before_it_was_printed_is_counted() {
    Listener const line{console::SinkKind::line};
    log::set_announcer(announce);
    for (int number = 0; number < 3000; ++number) log::keep(Level::info, "test", "number {}", number);
    log::info("test", "last");
    auto const lost = log::lost().overwritten;
    check(lost > 1000);
    log::print_new();
    check(line.text().contains("warning\x1b[0m log: "));
    check_equal(count_of("entries were overwritten before they were printed\n", line.text()), 1U);
    check(line.text().ends_with("test: last\n"));
}

// ---- Panics ----------------------------------------------------------------------------------------------

void a_panic_prints_what_was_kept_back() {
    log::set_announcer(announce);
    log::error("test", "the reason");
    console::panic("the consequence");
}

void a_panic_prints_the_newest_only() {
    log::set_announcer(announce);
    for (int number = 0; number < 100; ++number) log::error("test", "number {} of many", number);
    console::panic("too many");
}

void a_panic_does_not_wait_for_the_log() {
    log::set_announcer(announce);
    log::error("test", "the reason");
    log::the_ring.with([](auto&) { console::panic("the log is in use"); });
}

constexpr testing::Test tests_of_log[] = {
    {"log.a_line_has_time_level_and_source", a_line_has_time_level_and_source},
    {"log.screens_show_warnings_and_errors_only", screens_show_warnings_and_errors_only},
    {"log.what_is_kept_is_not_printed", what_is_kept_is_not_printed},
    {"log.what_is_found_is_a_line_of_the_report", what_is_found_is_a_line_of_the_report},
    {"log.text_from_outside_breaks_no_line", text_from_outside_breaks_no_line},
    {"log.long_text_ends_in_dots", long_text_ends_in_dots},
    {"log.a_reader_may_log_and_allocate", a_reader_may_log_and_allocate},
    {"log.the_oldest_make_room_and_are_counted", the_oldest_make_room_and_are_counted},
    {"log.while_the_log_is_in_use_entries_are_counted", while_the_log_is_in_use_entries_are_counted},
    {"log.while_the_console_is_in_use_entries_wait", while_the_console_is_in_use_entries_wait},
    {"log.a_breakpoint_while_the_log_is_in_use_returns", a_breakpoint_while_the_log_is_in_use_returns},
    {"log.a_sink_may_log", a_sink_may_log},
    {"log.with_an_announcer_nothing_is_printed_at_once", with_an_announcer_nothing_is_printed_at_once},
    {"log.with_an_announcer_the_log_says_what_strikes", with_an_announcer_the_log_says_what_strikes},
    {"log.what_was_overwritten_before_it_was_printed_is_counted",
     what_was_overwritten_before_it_was_printed_is_counted},
    {"log.a_panic_prints_what_was_kept_back", a_panic_prints_what_was_kept_back, "the consequence"},
    {"log.a_panic_prints_the_newest_only", a_panic_prints_the_newest_only, "too many"},
    {"log.a_panic_does_not_wait_for_the_log", a_panic_does_not_wait_for_the_log, "the log is in use"},
};

}  // namespace

constinit testing::Suite const tests::log_suite = tests_of_log;
