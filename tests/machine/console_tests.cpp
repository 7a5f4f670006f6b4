// The console and panic: text that stays whole, and ends that explain themselves.
#include "base/fixed_text.hpp"
#include "console/console.hpp"
#include "console/panic.hpp"
#include "cpu/hidden.hpp"
#include "cpu/interrupts.hpp"
#include "suites.hpp"

#include <algorithm>

using namespace pith;
using console::println;
using testing::check_equal;

namespace {

// An argument that prints a line of its own while the line that it is in is being printed.
struct Talkative {
    int depth;
};

bool hidden_false() {
    bool value = false;
    asm volatile("" : "+r"(value));
    return value;
}

// An argument that breaks an invariant while it is printed.
struct Unsound {};

// An argument that panics while the headline of a panic is being printed.
struct Explosive {};

}  // namespace

template <>
struct std::formatter<Talkative> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(Talkative talkative, auto& context) const {
        if (talkative.depth > 0) println("inner {}", Talkative{talkative.depth - 1});
        return std::format_to(context.out(), "{}", talkative.depth);
    }
};

template <>
struct std::formatter<Unsound> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(Unsound, auto& context) const {
        require(hidden_false(), "the reason is gravity");
        return context.out();
    }
};

template <>
struct std::formatter<Explosive> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(Explosive, auto& context) const {
        console::panic("second");
        return context.out();
    }
};

namespace {

// A sink that remembers the last that was written.
class Memory final : public console::Sink {
public:
    void write(std::string_view text) override {
        ++writes_;
        for (char const character : text) {
            if (used_ < text_.size()) text_[used_++] = character;
        }
    }
    std::string_view text() const { return {text_.data(), used_}; }
    unsigned writes() const { return writes_; }

private:
    std::array<char, 4096> text_{};
    std::size_t used_ = 0;
    unsigned writes_  = 0;
};

// What `use` prints.
template <typename Use>
void with_memory(Memory& memory, Use&& use) {
    console::the_console.with(
        [&](console::Console& console) { console.attach(memory, console::SinkKind::line); });
    use();
    console::the_console.with([&](console::Console& console) { console.detach(memory); });
}

void a_line_arrives_in_one_piece() {
    Memory memory;
    with_memory(memory, [] { println("{} and {:#x}", "text", 255); });
    check_equal(memory.text(), "text and 0xff\n");
    check_equal(memory.writes(), 1U);
}

void a_long_text_loses_nothing() {
    Memory memory;
    with_memory(memory, [] { println("{:x>2000}{:y<300}", "", ""); });
    check_equal(memory.text().size(), 2301U);
    check_equal(std::ranges::count(memory.text(), 'x'), 2000);
    check_equal(std::ranges::count(memory.text(), 'y'), 300);
}

void an_argument_may_print() {
    Memory memory;
    with_memory(memory, [] { println("outer {}", Talkative{2}); });
    check_equal(memory.text(), "inner 0\ninner 1\nouter 2\n");
}

void an_argument_is_evaluated_before_the_lock() {
    Memory memory;
    auto const print_and_count = [] {
        println("first");
        return 2;
    };
    with_memory(memory, [&] { println("then {}", print_and_count()); });
    check_equal(memory.text(), "first\nthen 2\n");
}

void there_is_room_for_few_sinks_only() {
    static constinit std::array<Memory, console::Console::max_sinks + 1> sinks{};
    console::Console fresh;
    for (auto& sink : sinks) fresh.attach(sink, console::SinkKind::line);
}

// -- Panics ------------------------------------------------------------------------------------------------

void a_panic_tells_its_values() { console::panic("{} is not {:#x}", "one", 255); }

void a_failed_requirement_panics() { require(1 + 1 == 3, "one and one are three"); }
// What fails stands in an inlined function: its line, and the name of whoever called it.
void a_failed_requirement_of_a_header_panics() {
    static_cast<void>(PhysAddr{cpu::hidden(~std::uint64_t{0})});
}

// The line that the panic must name is this one's.
constexpr auto panicking_line = std::source_location::current().line() + 1;
void a_panic_says_where() { console::panic("see the line above"); }

constexpr auto panicking_place = [] {
    FixedText<80> text;
    for (char const character : std::string_view{"PANIC at tests/machine/console_tests.cpp:"})
        text.push_back(character);
    for (unsigned power = 100; power != 0; power /= 10) {
        text.push_back(static_cast<char>('0' + panicking_line / power % 10));
    }
    text.push_back(':');
    return text;
}();
static_assert(panicking_line >= 100 && panicking_line < 1000);

[[gnu::noinline]] void innermost_of_three() { console::panic("see below"); }
[[gnu::noinline]] void middle_of_three() { innermost_of_three(); }

void a_panic_says_who_called() { middle_of_three(); }

void a_panic_works_while_the_console_is_locked() {
    console::the_console.with([](console::Console&) { console::panic("the lock is held"); });
}

// A formatter that fails in other ways.
void a_failure_inside_a_panic_keeps_its_message() { console::panic("first: {}", Unsound{}); }

// A console that panics whenever something is written to it: the third panic must end it.
class Panicking final : public console::Sink {
public:
    void write(std::string_view) override { console::panic("the sink is broken"); }
};

void a_third_panic_ends_in_silence() {
    static constinit Panicking sink;
    console::the_console.with(
        [](console::Console& console) { console.attach(sink, console::SinkKind::line); });
    console::panic("nobody will read this to its end");
}

void a_panic_inside_a_panic_is_told() { console::panic("first: {}", Explosive{}); }

void a_bad_run_time_format_panics() {
    std::array<char, 8> text{};
    auto const number = 1;
    std::vformat_to(text.begin(), "{", std::make_format_args(number));
}

void a_noncanonical_address_panics() {
    std::uint64_t value = 0x8000'0000'0000;
    asm volatile("" : "+r"(value));
    println("{}", VirtAddr{value});
}

constexpr testing::Test tests_of_console[] = {
    {"console.a_line_arrives_in_one_piece", a_line_arrives_in_one_piece},
    {"console.a_long_text_loses_nothing", a_long_text_loses_nothing},
    {"console.an_argument_may_print", an_argument_may_print},
    {"console.an_argument_is_evaluated_before_the_lock", an_argument_is_evaluated_before_the_lock},
    {"console.there_is_room_for_few_sinks_only", there_is_room_for_few_sinks_only,
     "the console has no room for another sink"},
    {"console.a_panic_tells_its_values", a_panic_tells_its_values, "one is not 0xff"},
    {"console.a_failed_requirement_is_found_in_its_line", a_failed_requirement_panics,
     "a_failed_requirement_panics  tests/machine/console_tests.cpp:"},
    {"console.a_failed_requirement_of_a_header_is_found_in_its_line", a_failed_requirement_of_a_header_panics,
     "a_failed_requirement_of_a_header_panics  kernel/memory/address.hpp:"},
    {"console.a_failed_requirement_panics", a_failed_requirement_panics, "one and one are three"},
    {"console.a_panic_says_where", a_panic_says_where, panicking_place.view()},
    {"console.a_panic_says_who_called", a_panic_says_who_called,
     "middle_of_three  tests/machine/console_tests.cpp:"},
    {"console.a_panic_works_while_the_console_is_locked", a_panic_works_while_the_console_is_locked,
     "the lock is held"},
    {"console.a_panic_inside_a_panic_is_told", a_panic_inside_a_panic_is_told, "PANIC inside a panic"},
    {"console.a_panic_inside_a_panic_shows_the_first", a_panic_inside_a_panic_is_told,
     "The first was at tests/machine"},
    {"console.a_panic_inside_a_panic_shows_registers", a_panic_inside_a_panic_is_told,
     "The machine has stopped."},
    {"console.a_failure_inside_a_panic_keeps_its_message", a_failure_inside_a_panic_keeps_its_message,
     "the reason is gravity"},
    {"console.a_third_panic_ends_in_silence", a_third_panic_ends_in_silence, "PANIC inside a panic"},
    {"console.a_bad_run_time_format_panics", a_bad_run_time_format_panics, "format_error"},
    {"console.a_noncanonical_address_panics", a_noncanonical_address_panics, "not canonical"},
};

}  // namespace

constinit testing::Suite const tests::console_suite = tests_of_console;
