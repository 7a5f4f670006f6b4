#include "shell/value.hpp"

#include "base/printable.hpp"

#include <array>
#include <format>
#include <iterator>

namespace pith::shell {
namespace {

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

// In the largest unit that leaves at least two digits: what is left out is less than a tenth.
std::string amount_of(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 7> units{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    while (bytes >= std::uint64_t{10} * 1024) {
        bytes /= 1024;
        ++unit;
    }
    return std::format("{} {}", bytes, units[unit]);
}

std::string thousandths(std::uint64_t of, std::string_view unit) {
    return std::format("{}.{:03} {}", of / 1000, of % 1000, unit);
}

// A magnitude: the smallest number has none of its own type.
std::string length_of(std::uint64_t nanoseconds) {
    constexpr std::uint64_t microsecond = 1000, millisecond = 1000 * microsecond, second = 1000 * millisecond;
    if (nanoseconds < microsecond) return std::format("{} ns", nanoseconds);
    if (nanoseconds < millisecond) return thousandths(nanoseconds, "us");
    if (nanoseconds < second) return thousandths(nanoseconds / microsecond, "ms");
    auto const seconds = nanoseconds / second;
    if (seconds < 60) return thousandths(nanoseconds / millisecond, "s");
    auto const hours = seconds / 3600, minutes = seconds / 60 % 60;
    return std::format("{}:{:02}:{:02}", hours, minutes, seconds % 60);
}

std::string duration_of(std::chrono::nanoseconds duration) {
    auto const count = static_cast<std::uint64_t>(duration.count());
    return duration.count() < 0 ? "-" + length_of(0 - count) : length_of(count);
}

std::string seconds_of(Moment moment) {
    auto const microseconds = std::chrono::floor<std::chrono::microseconds>(moment.since_start).count();
    return std::format("{}.{:06}", microseconds / 1'000'000, microseconds % 1'000'000);
}

std::string joined(std::vector<std::string> const& texts) {
    std::string all;
    for (auto const& text : texts) {
        if (!all.empty()) all += ' ';
        all += printable_text(text);
    }
    return all;
}

void append_json_list(std::vector<std::string> const& texts, std::string& out) {
    out += '[';
    for (std::size_t index = 0; index < texts.size(); ++index) {
        if (index != 0) out += ", ";
        append_json_string(texts[index], out);
    }
    out += ']';
}

void append_utf8(char32_t character, std::string& out) {
    encode_utf8(character, [&](std::uint8_t byte) { out.push_back(static_cast<char>(byte)); });
}

// What moves a terminal is escaped, too. (All of that is below U+10000, so four digits do.)
void append_json_character(char32_t character, std::string& out) {
    switch (character) {
        case U'"':  out += "\\\""; return;
        case U'\\': out += "\\\\"; return;
        case U'\n': out += "\\n"; return;
        case U'\t': out += "\\t"; return;
        default:    break;
    }
    if (printable(character) == character) return append_utf8(character, out);
    std::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(character));
}

}  // namespace

std::string Value::for_people() const {
    return std::visit(
        Overloaded{
            [](Nothing) { return std::string{"-"}; },
            [](std::string const& text) { return printable_text(text); },
            [](std::vector<std::string> const& texts) { return joined(texts); },
            [](bool is_so) { return std::string{is_so ? "yes" : "no"}; },
            [](std::uint64_t number) { return std::format("{}", number); },
            [](std::int64_t number) { return std::format("{}", number); },
            [](ByteCount bytes) { return amount_of(bytes.count); },
            [](Address address) { return std::format("0x{:0{}x}", address.number, address.digits); },
            [](std::chrono::nanoseconds duration) { return duration_of(duration); },
            [](Moment moment) { return seconds_of(moment); },
        },
        what_);
}

void Value::append_json(std::string& out) const {
    auto const format = [&]<typename... Arguments>(std::format_string<Arguments...> how,
                                                   Arguments&&... what) {
        std::format_to(std::back_inserter(out), how, std::forward<Arguments>(what)...);
    };
    std::visit(Overloaded{
                   [&](Nothing) { out += "null"; },
                   [&](std::string const& text) { append_json_string(text, out); },
                   [&](std::vector<std::string> const& texts) { append_json_list(texts, out); },
                   [&](bool is_so) { out += is_so ? "true" : "false"; },
                   [&](std::uint64_t number) { format("{}", number); },
                   [&](std::int64_t number) { format("{}", number); },
                   [&](ByteCount bytes) { format("{}", bytes.count); },
                   [&](Address address) { format("\"{:#x}\"", address.number); },
                   [&](std::chrono::nanoseconds duration) { format("{}", duration.count()); },
                   [&](Moment moment) { format("{}", moment.since_start.count()); },
               },
               what_);
}

bool Value::is_at_the_right() const {
    return std::holds_alternative<std::uint64_t>(what_) || std::holds_alternative<std::int64_t>(what_) ||
           std::holds_alternative<ByteCount>(what_) ||
           std::holds_alternative<std::chrono::nanoseconds>(what_) || std::holds_alternative<Moment>(what_);
}

void append_json_string(std::string_view text, std::string& out) {
    auto const append = [&](char32_t character) { append_json_character(character, out); };
    Utf8Decoder decoder;
    out += '"';
    for (char const byte : text) decoder.feed(static_cast<std::uint8_t>(byte), append);
    if (!decoder.is_idle()) append(replacement_character);
    out += '"';
}

std::string printable_text(std::string_view text) {
    std::string shown;
    for_each_printable(text, [&](char32_t character) { append_utf8(character, shown); });
    return shown;
}

std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    for_each_printable(text, [&](char32_t) { ++width; });
    return width;
}

}  // namespace pith::shell
