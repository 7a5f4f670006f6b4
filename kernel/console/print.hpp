// print and println: std::format's language, checked at compile time, onto the console.
//
// The arguments are evaluated and formatted before the lock is taken, into a buffer on the stack. So an
// argument that prints something itself does no harm: its text comes first.
//
// Needs:     console.
// Promises:  no heap. A piece of up to `whole_piece` bytes is never mixed with another processor's.
#pragma once

#include "console/console.hpp"

#include <array>
#include <cstddef>
#include <format>
#include <iterator>
#include <utility>

namespace pith::console {

// #region writer
// Collects characters for `Write`, a callable that takes a string_view, and calls it whenever it is full.
template <typename Write>
class BufferedWriter {
public:
    using value_type = char;

    static constexpr std::size_t whole_piece = 512;

    explicit BufferedWriter(Write write) : write_{std::move(write)} {}
    ~BufferedWriter() { flush(); }
    BufferedWriter(BufferedWriter const&)            = delete;
    BufferedWriter& operator=(BufferedWriter const&) = delete;

    void push_back(char character) {
        if (used_ == buffer_.size()) flush();
        buffer_[used_++] = character;
    }

private:
    void flush() {
        if (used_ != 0) write_(std::string_view{buffer_.data(), used_});
        used_ = 0;
    }

    Write write_;
    std::size_t used_ = 0;
    std::array<char, whole_piece> buffer_;  // filled up to used_
};
// #endregion writer

// #region print
// The run-time half of print: one function for all argument types. `ending` follows in the same piece.
void print_formatted(std::string_view format, std::format_args arguments, std::string_view ending);

template <typename... Arguments>
void print(std::format_string<Arguments...> format, Arguments&&... arguments) {
    print_formatted(format.get(), std::make_format_args(arguments...), "");
}

template <typename... Arguments>
void println(std::format_string<Arguments...> format, Arguments&&... arguments) {
    print_formatted(format.get(), std::make_format_args(arguments...), "\n");
}
// #endregion print

// `println` for exception handlers, which may have interrupted whoever holds the console: then nothing is
// printed, and the answer is false. What goes beyond `whole_line` characters is cut.
inline constexpr std::size_t whole_line = 256;
bool try_print_formatted(std::string_view format, std::format_args arguments);

template <typename... Arguments>
bool try_println(std::format_string<Arguments...> format, Arguments&&... arguments) {
    return try_print_formatted(format.get(), std::make_format_args(arguments...));
}

}  // namespace pith::console
