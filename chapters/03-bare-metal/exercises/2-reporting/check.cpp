// Reports failures of all kinds, and reads from the screen what has been reported.
#include "boot/start.hpp"
#include "cpu/halt.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

#include <algorithm>

namespace {

// Nothing of this may be on the stack of a function that is left: the failure's handler ends the check.
constinit Screen* screen = nullptr;

using Text = std::array<char, Screen::columns>;

// A line of the screen, with blanks up to its end.
Text line_of_screen(std::size_t row) {
// SAFETY: because the boot map reaches video memory, and the row is one of the screen's.
#pragma clang unsafe_buffer_usage begin
    std::span const cells{reinterpret_cast<std::uint16_t volatile*>(DIRECT_MAP_START + 0xb8000),
                          Screen::columns * Screen::rows};
#pragma clang unsafe_buffer_usage end
    Text text;
    for (std::size_t column = 0; column < text.size(); ++column) {
        text[column] = static_cast<char>(cells[row * Screen::columns + column]);
    }
    return text;
}

[[noreturn]] void wrong(std::size_t row, std::string_view expected) {
    auto const seen = line_of_screen(row);
    Screen fresh;
    show(fresh, "Line {} of the report is", row + 1);
    fresh.write_line({seen.begin(), seen.end()});
    show(fresh, "and should be");
    fresh.write_line(expected);
    pith::cpu::halt_forever();
}

void expect(std::size_t row, std::string_view expected) {
    auto const seen = line_of_screen(row);
    std::string_view text{seen.begin(), seen.end()};
    text = text.substr(0, text.find_last_not_of(' ') + 1);
    if (text != expected) wrong(row, expected);
}

// A failure with this message; what the report's lines must be is the rest.
template <typename... Lines>
void check(pith::Failure const& failure, Lines... expected) {
    Screen fresh;
    report(fresh, failure);
    std::size_t row = 0;
    (expect(row++, std::string_view{expected}), ...);
    expect(row, "");
}

constexpr auto long_message = [] {
    std::array<char, 200> letters{};
    for (std::size_t i = 0; i < letters.size(); ++i) letters[i] = static_cast<char>('a' + i % 26);
    return letters;
}();

void check_long_message() {
    std::string_view const all{long_message.begin(), long_message.end()};
    Text first{};
    std::format_to_n(first.begin(), first.size(), "failed: {}", all.substr(0, 72));
    check({.message = all, .file = "tea.cpp", .line = 5}, std::string_view{first.begin(), first.end()},
          all.substr(72, 80), all.substr(152), "  at tea.cpp:5");
    check({.message = all.substr(0, 72), .file = {}}, std::string_view{first.begin(), first.end()});
}

// The last one is a true failure.
[[noreturn]] void handle(pith::Failure const& failure) {
    Screen fresh;
    screen = &fresh;
    report(*screen, failure);
    expect(0, "failed: the kettle is empty");
    Screen last;
    show(last, "solved");
    pith::cpu::halt_forever();
}

}  // namespace

void kernel_main(pith::boot::Start) {
    pith::runtime::choose_stack_guard();
    check({.message = "the tea is cold", .file = "tea.cpp", .line = 17}, "failed: the tea is cold",
          "  at tea.cpp:17");
    check({.message = "the cup broke", .file = {}, .address = 0xffff'ffff'8010'1234}, "failed: the cup broke",
          "  called from 0xffffffff80101234");
    check({.message = "nobody knows", .file = {}}, "failed: nobody knows");
    check_long_message();

    pith::set_failure_handler(handle);
    pith::require(false, "the kettle is empty");
    pith::cpu::halt_forever();
}
