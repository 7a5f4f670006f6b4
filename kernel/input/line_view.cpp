#include "input/line_view.hpp"

#include "base/fail.hpp"
#include "console/ansi.hpp"
#include "input/text.hpp"

#include <algorithm>
#include <format>

namespace pith::input {
namespace {

constexpr std::string_view erase_below = "\x1b[J";

std::size_t cells_of(std::string_view text) {
    console::AnsiDecoder decoder;
    std::size_t cells = 0;
    for (char32_t const character : decode(text)) decoder.feed(character, [&](char32_t) { ++cells; });
    return cells;
}

std::size_t common_length(std::u32string_view one, std::u32string_view other) {
    return static_cast<std::size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
}

// Where the texts are the same from there on to their ends; if they are not equally long, nowhere.
std::size_t common_end(std::u32string_view shown, std::u32string_view wanted) {
    auto end = wanted.size();
    if (shown.size() != end) return end;
    while (end > 0 && shown[end - 1] == wanted[end - 1]) --end;
    return end;
}

}  // namespace

void LineView::begin(std::string_view prompt, std::string& out) {
    prompt_cells_ = cells_of(prompt);
    require(prompt_cells_ < width_, "a prompt as wide as the terminal");
    out += prompt;
    shown_.clear();
    cursor_ = 0;
}

void LineView::show(std::u32string_view text, std::size_t cursor, std::string& out) {
    std::u32string wanted{text};
    std::ranges::transform(wanted, wanted.begin(), shown_as);
    auto const first = common_length(shown_, wanted), last = common_end(shown_, wanted);
    bool const is_shorter = wanted.size() < shown_.size();
    if (first < last || is_shorter) move_to(first, out);
    for (auto index = first; index < last; ++index) put(wanted[index], out);
    if (is_shorter) out += erase_below;
    shown_ = std::move(wanted);
    move_to(cursor, out);
}

void LineView::leave(std::string& out) {
    move_to(shown_.size(), out);
    bool const is_in_new_row = column(cursor_) == 0 && row(cursor_) > 0;
    if (!is_in_new_row) out += '\n';
}

void LineView::erase(std::string& out) {
    if (row(cursor_) > 0) out += std::format("\x1b[{}A", row(cursor_));
    out += '\r';
    out += erase_below;
}

void LineView::put(char32_t character, std::string& out) {
    append_utf8(out, character);
    if (column(++cursor_) == 0) out += '\n';
}

void LineView::move_to(std::size_t index, std::string& out) {
    auto const from = row(cursor_), to = row(index);
    auto at = column(cursor_);
    if (to > from) {
        out.append(to - from, '\n');
        at = 0;
    } else if (to < from) {
        out += std::format("\x1b[{}A", from - to);
    }
    move_to_column(at, column(index), out);
    cursor_ = index;
}

void LineView::move_to_column(std::size_t from, std::size_t to, std::string& out) {
    constexpr std::size_t few = 3;
    if (to < from) {
        if (from - to <= few)
            out.append(from - to, '\b');
        else if (to == 0)
            out += '\r';
        else
            out += std::format("\x1b[{}D", from - to);
    } else if (to > from) {
        out += std::format("\x1b[{}C", to - from);
    }
}

}  // namespace pith::input
