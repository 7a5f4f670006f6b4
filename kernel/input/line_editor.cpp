#include "input/line_editor.hpp"

#include "input/text.hpp"

#include <utility>

namespace pith::input {
namespace {

bool is_in_word(char32_t character) {
    return (character >= U'0' && character <= U'9') || (character >= U'A' && character <= U'Z') ||
           (character >= U'a' && character <= U'z') || character == U'_' || character >= 0xa0;
}

std::size_t common_length(std::vector<std::u32string> const& texts) {
    auto length = texts.front().size();
    for (auto const& text : texts) {
        auto const end = std::ranges::mismatch(text, texts.front()).in1;
        length         = std::min(length, static_cast<std::size_t>(end - text.begin()));
    }
    return length;
}

}  // namespace

struct LineEditor::Binding {
    Key key;
    void (LineEditor::*action)();
};

// clang-format off
constexpr LineEditor::Binding LineEditor::bindings[] = {
    {{NamedKey::left}, &LineEditor::move_left},                       {{U'b', {.control = true}}, &LineEditor::move_left},
    {{NamedKey::right}, &LineEditor::move_right},                     {{U'f', {.control = true}}, &LineEditor::move_right},
    {{NamedKey::home}, &LineEditor::move_home},                       {{U'a', {.control = true}}, &LineEditor::move_home},
    {{NamedKey::end}, &LineEditor::move_end},                         {{U'e', {.control = true}}, &LineEditor::move_end},
    {{NamedKey::left, {.control = true}}, &LineEditor::move_word_left},
    {{NamedKey::left, {.alt = true}}, &LineEditor::move_word_left},   {{U'b', {.alt = true}}, &LineEditor::move_word_left},
    {{NamedKey::right, {.control = true}}, &LineEditor::move_word_right},
    {{NamedKey::right, {.alt = true}}, &LineEditor::move_word_right}, {{U'f', {.alt = true}}, &LineEditor::move_word_right},
    {{NamedKey::backspace}, &LineEditor::erase_left},
    {{NamedKey::del}, &LineEditor::erase_right},                      {{U'd', {.control = true}}, &LineEditor::erase_right_or_end},
    {{U'u', {.control = true}}, &LineEditor::kill_to_start},          {{U'k', {.control = true}}, &LineEditor::kill_to_end},
    {{U'w', {.control = true}}, &LineEditor::kill_word_left},
    {{NamedKey::backspace, {.alt = true}}, &LineEditor::kill_word_left},
    {{NamedKey::backspace, {.control = true}}, &LineEditor::kill_word_left},
    {{U'd', {.alt = true}}, &LineEditor::kill_word_right},            {{U'y', {.control = true}}, &LineEditor::yank},
    {{NamedKey::up}, &LineEditor::go_older},                          {{U'p', {.control = true}}, &LineEditor::go_older},
    {{NamedKey::down}, &LineEditor::go_newer},                        {{U'n', {.control = true}}, &LineEditor::go_newer},
    {{NamedKey::tab}, &LineEditor::complete},                         {{U'l', {.control = true}}, &LineEditor::clear_screen},
    {{NamedKey::enter}, &LineEditor::enter},                          {{U'c', {.control = true}}, &LineEditor::cancel},
};
// clang-format on

LineEditor::Binding const* LineEditor::find_binding(Key const& key) {
    auto const* const found = std::ranges::find(bindings, key, &Binding::key);
    return found == std::ranges::end(bindings) ? nullptr : found;
}

std::string LineEditor::text() const { return encode(text_); }

void LineEditor::start(std::string prompt) {
    prompt_ = std::move(prompt);
    text_.clear();
    cursor_  = 0;
    was_tab_ = false;
    history_.end_walk();
    output_.clear();
    draw();
}

LineEditor::Outcome LineEditor::take(Key const& key) {
    output_.clear();
    outcome_             = Outcome::editing;
    is_repeated_tab_     = std::exchange(was_tab_, key == Key{NamedKey::tab});
    auto const character = key.character();
    if (auto const* const binding = find_binding(key))
        (this->*binding->action)();
    else if (character && key.modifiers == Modifiers{})
        insert({&*character, 1});
    if (outcome_ == Outcome::editing) view_.show(text_, cursor_, output_);
    return outcome_;
}

void LineEditor::draw() {
    view_.begin(prompt_, output_);
    view_.show(text_, cursor_, output_);
}

void LineEditor::insert(std::u32string_view text) {
    if (text_.size() + text.size() > max_length) return;
    text_.insert(cursor_, text);
    cursor_ += text.size();
}

void LineEditor::erase(std::size_t first, std::size_t last) {
    text_.erase(first, last - first);
    cursor_ = first;
}

void LineEditor::kill(std::size_t first, std::size_t last) {
    if (first != last) killed_ = text_.substr(first, last - first);
    erase(first, last);
}

void LineEditor::replace(std::u32string const* line) {
    if (!line) return;
    text_   = *line;
    cursor_ = text_.size();
}

std::size_t LineEditor::word_start() const {
    auto index = cursor_;
    while (index > 0 && !is_in_word(text_[index - 1])) --index;
    while (index > 0 && is_in_word(text_[index - 1])) --index;
    return index;
}

std::size_t LineEditor::word_end() const {
    auto index = cursor_;
    while (index < text_.size() && !is_in_word(text_[index])) ++index;
    while (index < text_.size() && is_in_word(text_[index])) ++index;
    return index;
}

void LineEditor::move_left() { cursor_ -= cursor_ > 0 ? 1 : 0; }
void LineEditor::move_right() { cursor_ += cursor_ < text_.size() ? 1 : 0; }
void LineEditor::move_word_left() { cursor_ = word_start(); }
void LineEditor::move_word_right() { cursor_ = word_end(); }
void LineEditor::move_home() { cursor_ = 0; }
void LineEditor::move_end() { cursor_ = text_.size(); }

void LineEditor::erase_left() { erase(cursor_ - (cursor_ > 0 ? 1 : 0), cursor_); }
void LineEditor::erase_right() { erase(cursor_, std::min(cursor_ + 1, text_.size())); }
void LineEditor::erase_right_or_end() {
    if (!text_.empty()) return erase_right();
    leave(Outcome::ended);
}

void LineEditor::kill_to_start() { kill(0, cursor_); }
void LineEditor::kill_to_end() { kill(cursor_, text_.size()); }
void LineEditor::kill_word_left() { kill(word_start(), cursor_); }
void LineEditor::kill_word_right() { kill(cursor_, word_end()); }
void LineEditor::yank() { insert(killed_); }

void LineEditor::go_older() { replace(history_.older(text_)); }
void LineEditor::go_newer() { replace(history_.newer()); }

void LineEditor::complete() {
    if (!complete_) return;
    auto const before = std::u32string_view{text_}.substr(0, cursor_);
    auto const word   = before.substr(before.find_last_of(U' ') + 1);  // from the start if there is no space
    std::vector<std::u32string> candidates;
    for (auto const& candidate : complete_(encode(before))) {
        if (auto text = decode(candidate); text.starts_with(word)) candidates.push_back(std::move(text));
    }
    if (candidates.empty()) return;
    auto rest           = candidates.front().substr(word.size(), common_length(candidates) - word.size());
    bool const is_whole = candidates.size() == 1 && !candidates.front().ends_with(U'=');
    if (is_whole && !text_.substr(cursor_).starts_with(U' ')) rest += U' ';
    if (!rest.empty()) return insert(rest);
    if (is_repeated_tab_ && candidates.size() > 1) list(candidates);
}

void LineEditor::list(std::vector<std::u32string> const& candidates) {
    auto const longest  = std::ranges::max(candidates, {}, &std::u32string::size).size();
    auto const in_a_row = std::max<std::size_t>(view_.width() / (longest + 2), 1);
    view_.leave(output_);
    for (std::size_t index = 0; index < candidates.size(); ++index) {
        auto const& candidate = candidates[index];
        for (char32_t const character : candidate) append_utf8(output_, shown_as(character));
        bool const ends_row = (index + 1) % in_a_row == 0 || index + 1 == candidates.size();
        output_.append(ends_row ? 1 : longest + 2 - candidate.size(), ends_row ? '\n' : ' ');
    }
    draw();
}

void LineEditor::clear_screen() {
    output_ += "\x1b[2J\x1b[H";
    draw();
}

void LineEditor::enter() {
    history_.add(text_);
    leave(Outcome::entered);
}

void LineEditor::cancel() {
    text_ += U"^C";
    leave(Outcome::cancelled);
    text_.clear();
    cursor_ = 0;
}

void LineEditor::leave(Outcome outcome) {
    view_.show(text_, text_.size(), output_);
    view_.leave(output_);
    outcome_ = outcome;
}

}  // namespace pith::input
