#include "input/history.hpp"

namespace pith::input {

void History::add(std::u32string const& line) {
    bool const is_new = !line.empty() && (entries_.empty() || entries_.back() != line);
    if (is_new) entries_.push_back(line);
    if (entries_.size() > capacity_) entries_.pop_front();
    end_walk();
}

std::u32string const* History::older(std::u32string const& current) {
    if (position_ == 0) return nullptr;
    if (position_ == entries_.size()) unfinished_ = current;
    return &entries_[--position_];
}

std::u32string const* History::newer() {
    if (position_ == entries_.size()) return nullptr;
    return ++position_ == entries_.size() ? &unfinished_ : &entries_[position_];
}

}  // namespace pith::input
