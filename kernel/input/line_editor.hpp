// Editing a line: keys in, what the terminal is to be sent out.
//
//   arrows, home, end, ^B ^F ^A ^E        by character, to the ends
//   control or alt with arrows, alt B F   by word
//   up, down, ^P ^N                       older and newer lines
//   tab                                   complete; again: list
//   delete, ^D                            delete; ^D in an empty line: the end of input
//   ^K ^U                                 kill to the end, to the start
//   ^W, alt D                             kill a word; ^Y brings it back
//   ^L ^C                                 clear the screen, give up
//
// Needs:     the heap, line_view, history, key.
// Promises:  the terminal shows prompt, line and cursor as they are, if it is at least `width` wide. A line
//            has at most `max_length` characters; what does not fit is not taken.
#pragma once

#include "input/history.hpp"
#include "input/key.hpp"
#include "input/line_view.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

namespace pith::input {

// All that the last word of this text may become. (A word ends before the cursor, and has no spaces.)
using Completer = std::function<std::vector<std::string>(std::string_view before_cursor)>;

struct LineEditorSettings {
    std::size_t width   = 80;
    std::size_t history = 100;
    Completer complete  = nullptr;
};

class LineEditor {
public:
    static constexpr std::size_t max_length = 1000;

    enum class Outcome : std::uint8_t {
        editing,
        entered,    // `text` is the line
        cancelled,  // by control and C
        ended,      // by control and D in an empty line
    };

    explicit LineEditor(LineEditorSettings settings = {})
        : view_{settings.width}, history_{settings.history}, complete_{std::move(settings.complete)} {}

    // Shows the prompt, and an empty line behind it.
    template <std::output_iterator<char> Out>
    void begin(std::string prompt, Out out) {
        start(std::move(prompt));
        std::ranges::copy(output_, out);
    }

    // Takes the next key. Once the outcome is not `editing`, the cursor stands below the line; then `begin`.
    template <std::output_iterator<char> Out>
    Outcome feed(Key const& key, Out out) {
        auto const outcome = take(key);
        std::ranges::copy(output_, out);
        return outcome;
    }

    // Takes the line off the screen, so that others can write there, and shows it again below what they
    // wrote.
    template <std::output_iterator<char> Out>
    void hide(Out out) {
        output_.clear();
        view_.erase(output_);
        std::ranges::copy(output_, out);
    }
    template <std::output_iterator<char> Out>
    void show(Out out) {
        output_.clear();
        draw();
        std::ranges::copy(output_, out);
    }

    // The line as it is, or as it was entered.
    std::string text() const;
    // How many characters stand before the cursor.
    std::size_t cursor() const { return cursor_; }
    History const& history() const { return history_; }

private:
    struct Binding;
    static Binding const bindings[];
    static Binding const* find_binding(Key const& key);

    void start(std::string prompt);
    Outcome take(Key const& key);
    void draw();

    void insert(std::u32string_view text);
    void erase(std::size_t first, std::size_t last);
    void kill(std::size_t first, std::size_t last);
    void replace(std::u32string const* line);
    std::size_t word_start() const;
    std::size_t word_end() const;

    void move_left();
    void move_right();
    void move_word_left();
    void move_word_right();
    void move_home();
    void move_end();
    void erase_left();
    void erase_right();
    void erase_right_or_end();
    void kill_to_start();
    void kill_to_end();
    void kill_word_left();
    void kill_word_right();
    void yank();
    void go_older();
    void go_newer();
    void complete();
    void list(std::vector<std::u32string> const& candidates);
    void clear_screen();
    void enter();
    void cancel();
    void leave(Outcome outcome);

    LineView view_;
    History history_;
    Completer complete_;
    std::string prompt_;
    std::u32string text_, killed_;
    std::size_t cursor_   = 0;
    Outcome outcome_      = Outcome::editing;
    bool is_repeated_tab_ = false, was_tab_ = false;
    std::string output_;  // what this key makes the terminal be sent
};

}  // namespace pith::input
