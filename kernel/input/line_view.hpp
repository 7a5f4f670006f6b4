// A line of text on a terminal: what is shown there, and what to send so that it shows something else.
//
// A line longer than the terminal is wide goes on in the next row. The rows are broken here, with a line feed
// behind each full one: then it does not matter whether the terminal is wider, or what it does at its edge.
//
// Needs:     text; console (what its screens and terminals understand: CR, LF, BS, CUU, CUF, CUB, ED).
// Promises:  sends nothing for what already stands there.
#pragma once

#include <string>
#include <string_view>

namespace pith::input {

class LineView {
public:
    explicit LineView(std::size_t width) : width_{width} {}

    // Begins at the left of an empty row. The prompt may hold colours, and must leave room beside it.
    void begin(std::string_view prompt, std::string& out);
    // Changes what is shown to this text, with the cursor before the character of that number.
    void show(std::u32string_view text, std::size_t cursor, std::string& out);
    // Goes to the row below; the line stays on the screen.
    void leave(std::string& out);
    // Takes prompt and line off the screen; the cursor is where they began.
    void erase(std::string& out);

    std::size_t width() const { return width_; }

private:
    std::size_t row(std::size_t index) const { return (prompt_cells_ + index) / width_; }
    std::size_t column(std::size_t index) const { return (prompt_cells_ + index) % width_; }

    void put(char32_t character, std::string& out);
    void move_to(std::size_t index, std::string& out);
    void move_to_column(std::size_t from, std::size_t to, std::string& out);

    std::size_t width_;
    std::size_t prompt_cells_ = 0;
    std::u32string shown_;
    std::size_t cursor_ = 0;
};

}  // namespace pith::input
