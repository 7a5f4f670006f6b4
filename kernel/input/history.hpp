// The lines that were entered, and a walk through them.
//
// Needs:     the heap.
// Promises:  at most `capacity` lines, none empty, no two the same in a row. The line that was being written
//            when the walk began is there again at its end.
#pragma once

#include <deque>
#include <string>

namespace pith::input {

class History {
public:
    explicit History(std::size_t capacity) : capacity_{capacity} {}

    // Keeps a line, and ends the walk.
    void add(std::u32string const& line);
    // Ends the walk.
    void end_walk() { position_ = entries_.size(); }

    // One step back or forth; null at the end. `current` is what stands in the line now: it is kept if the
    // walk begins here. Changes to older lines are not.
    std::u32string const* older(std::u32string const& current);
    std::u32string const* newer();

    std::deque<std::u32string> const& entries() const { return entries_; }

private:
    std::size_t capacity_;
    std::deque<std::u32string> entries_;
    std::size_t position_ = 0;  // entries_.size(): at the line being written
    std::u32string unfinished_;
};

}  // namespace pith::input
