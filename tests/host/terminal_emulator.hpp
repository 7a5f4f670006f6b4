// A small terminal: what a person would see of what is sent to it.
//
// As a VT100 it stays in the last column behind a full row, and goes on only with the next character. It
// knows what a line editor sends, and nothing else.
#pragma once

#include "base/utf8.hpp"
#include "console/ansi.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pith::testing {

class TerminalEmulator {
public:
    explicit TerminalEmulator(std::size_t width) : width_{width} {}

    void write(std::string_view bytes) {
        sent_ += bytes.size();
        for (char const byte : bytes) {
            utf8_.feed(static_cast<std::uint8_t>(byte), [this](char32_t character) {
                ansi_.feed(
                    character, [this](char32_t shown) { put(shown); },
                    [this](console::ControlSequence const& sequence) { move(sequence); });
            });
        }
    }

    // A row without the blanks at its end; empty below what was written.
    std::u32string row(std::size_t number) const {
        if (number >= rows_.size()) return {};
        auto const text = rows_[number].substr(0, rows_[number].find_last_not_of(U' ') + 1);
        return text;
    }
    std::size_t rows() const { return rows_.size(); }
    std::size_t cursor_row() const { return row_; }
    std::size_t cursor_column() const { return column_; }
    std::size_t width() const { return width_; }
    bool is_understood() const { return is_understood_; }
    std::size_t take_sent() { return std::exchange(sent_, 0); }

private:
    void put(char32_t character) {
        switch (character) {
            case U'\n':
                ++row_;
                column_ = 0;
                return;
            case U'\r': column_ = 0; return;
            case U'\b': column_ -= column_ > 0 ? 1 : 0; return;
            default:    break;
        }
        is_understood_ = is_understood_ && character >= 0x20;
        if (column_ == width_) ++row_, column_ = 0;
        if (rows_.size() <= row_) rows_.resize(row_ + 1);
        auto& row = rows_[row_];
        if (row.size() <= column_) row.resize(column_ + 1, U' ');
        row[column_++] = character;
    }
    void move(console::ControlSequence const& sequence) {
        auto const count = std::max<std::size_t>(sequence.parameter(0), 1);
        switch (sequence.final()) {
            case U'A': row_ -= std::min(row_, count); return;
            case U'C': column_ = std::min(column_ + count, width_ - 1); return;
            case U'D': column_ -= std::min(column_, count); return;
            case U'H': row_ = column_ = 0; return;
            case U'J': return erase(sequence.parameter(0) == 2);
            default:   is_understood_ = false;
        }
    }
    void erase(bool all) {
        if (all) return rows_.clear();
        if (rows_.size() > row_ + 1) rows_.resize(row_ + 1);
        if (row_ < rows_.size() && rows_[row_].size() > column_) rows_[row_].resize(column_);
    }

    std::size_t width_;
    Utf8Decoder utf8_;
    console::AnsiDecoder ansi_;
    std::vector<std::u32string> rows_;
    std::size_t row_ = 0, column_ = 0;
    bool is_understood_ = true;
    std::size_t sent_   = 0;
};

// Whether the terminal's cursor stands at this place of a prompt and a line, both are there as they should
// be, and nothing is below.
inline bool shows(TerminalEmulator const& terminal, std::u32string_view prompt_and_line, std::size_t cursor) {
    auto const width = terminal.width();
    if (terminal.cursor_row() < cursor / width || terminal.cursor_column() != cursor % width) return false;
    auto row = terminal.cursor_row() - cursor / width;
    for (std::size_t start = 0; start < prompt_and_line.size(); start += width, ++row) {
        auto const wanted = prompt_and_line.substr(start, width);
        if (terminal.row(row) != wanted.substr(0, wanted.find_last_not_of(U' ') + 1)) return false;
    }
    for (; row < terminal.rows(); ++row) {
        if (!terminal.row(row).empty()) return false;
    }
    return terminal.is_understood();
}

}  // namespace pith::testing
