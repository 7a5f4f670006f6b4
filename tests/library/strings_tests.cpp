// Text: made, read, formatted.
#include "suites.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <format>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace pith;
using testing::check;
using testing::check_equal;

using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

void string() {
    std::string text;
    for (unsigned index = 0; index < 1000; ++index) text += std::to_string(index) + ' ';
    check_equal(text.size(), 3890U);
    check_equal(text.find("500"), 1890U);
    text.replace(0, 1, "zero").insert(4, "!"s);
    check(text.starts_with("zero! 1 2") && text.ends_with("999 "));
    text.erase(8);
    check_equal(text, "zero! 1 ");
    check_equal("<" + text + ">", "<zero! 1 >");
    auto const moved = std::move(text);
    check((moved <=> "zero"s) > 0);
    check_equal(std::stoul("4096"), 4096U);
    std::size_t text_used = 0;
    check_equal(std::stoll("-7f", nullptr, 16), -127);
    check_equal(std::stoi(" -0x10!", &text_used, 0), -16);
    check_equal(text_used, 6U);
    check_equal(std::stoll("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
    check_equal(std::to_string(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");

    std::u8string const letters = u8"größer";
    check_equal(letters.size(), 8U);
    std::u32string const points = U"größer";
    check_equal(points.find(U'ß'), 3U);
}

void ten_thousand_strings() {
    std::vector<std::string> texts;
    // NOLINTNEXTLINE(performance-inefficient-vector-operation): it has to grow
    for (unsigned index = 0; index < 10'000; ++index) texts.emplace_back(index % 100, 'x');
    std::size_t letters = 0;
    for (auto const& text : texts) letters += text.size();
    check_equal(letters, 495'000U);
}

void string_view() {
    auto const text = "the kernel that others read"sv;
    check_equal(text.substr(text.rfind(' ') + 1), "read");
    check_equal(text.find_first_of("xyzk"), 4U);
    check(text.contains("others") && !text.contains("nobody"));
    check(text < "there"sv);
    check_equal(std::hash<std::string_view>{}("abc"), std::hash<std::string>{}("abc"));
}

void a_number_too_large_for_an_int() { check_equal(std::stoi("2147483648"), 0); }

struct Point {
    int x, y;
};

}  // namespace

template <>
struct std::formatter<Point> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(Point point, std::format_context& context) const {
        return std::format_to(context.out(), "({}, {})", point.x, point.y);
    }
};

namespace {

void format() {
    check_equal(std::format("{:>6}|{:<6}|{:^6}|", 42, "ab", 'c'), "    42|ab    |  c   |");
    check_equal(std::format("{:#x} {:08b} {:+} {}", 255, 5, 7, true), "0xff 00000101 +7 true");
    check_equal(std::format("{1} {0} {1:*^{2}}", "a", "b", 5), "b a **b**");
    check_equal(std::format("{}", Point{3, -4}), "(3, -4)");
    check_equal(std::format("{}", std::vector{1, 2, 3}), "[1, 2, 3]");
    check_equal(std::format("{:?}", "a\n\"b\""), R"("a\n\"b\"")");
    check_equal(std::format("{:?}", "\x1b[0m \x7f~ \u00fc"), "\"\\u{1b}[0m \\u{7f}~ \u00fc\"");
    check_equal(std::formatted_size("{}", 12345), 5U);
    int const number = 17;
    check_equal(std::vformat("<{}>", std::make_format_args(number)), "<17>");
    std::string text;
    check_equal(std::format_to_n(std::back_inserter(text), 3, "{}", 98765).size, 5);
    check_equal(text, "987");
}

void charconv() {
    std::array<char, 70> buffer{};
    auto const written =
        std::to_chars(buffer.begin(), buffer.end(), std::numeric_limits<std::int64_t>::min());
    check_equal(std::string_view(buffer.begin(), written.ptr), "-9223372036854775808");
    auto const binary = std::to_chars(buffer.begin(), buffer.end(), 10U, 2);
    check_equal(std::string_view(buffer.begin(), binary.ptr), "1010");

    auto const text = "0x"sv;
    int number      = 5;
    check(std::from_chars(text.begin(), text.end(), number).ec == std::errc{} && number == 0);
    auto const large = "300"sv;
    std::uint8_t byte{};
    check(std::from_chars(large.begin(), large.end(), byte).ec == std::errc::result_out_of_range);
    auto const none = "x"sv;
    check(std::from_chars(none.begin(), none.end(), number).ec == std::errc::invalid_argument);
}

constexpr testing::Test strings_tests[] = {
    {"string", string},
    {"string.ten_thousand", ten_thousand_strings},
    {"string.number_too_large", a_number_too_large_for_an_int, "the number in the string is too large"},
    {"string_view", string_view},
    {"format", format},
    {"charconv", charconv},
};

}  // namespace

constinit testing::Suite const tests::strings_suite{strings_tests};
