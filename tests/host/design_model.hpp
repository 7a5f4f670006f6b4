// One of the heap's simpler designs beside a model of it: what blocks there are, and what is in them.
#pragma once

#include "heap/resource.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace pith::testing {

// Calls `wrong` with the promise that was broken.
template <typename Design, typename Wrong>
class DesignModel {
public:
    static constexpr std::size_t memory_bytes = 65'536;

    explicit DesignModel(Wrong wrong) : wrong_{wrong} {}

    std::size_t count() const { return blocks_.size(); }
    Design& design() { return design_; }

    void allocate(std::size_t size, std::size_t alignment) {
        auto* const memory = design_.allocate(size, alignment);
        if (memory == nullptr) {
            // The largest power of two that every design has to have room for.
            insist(!blocks_.empty() || std::max(size, alignment) > memory_bytes / 4 || was_used_,
                   "an unused design has memory");
            return;
        }
        was_used_        = true;
        auto const start = std::bit_cast<std::uintptr_t>(memory), end = start + size;
        auto const first = std::bit_cast<std::uintptr_t>(memory_.data());
        insist(start % alignment == 0, "blocks are aligned");
        insist(start >= first && end <= first + memory_.size(), "blocks lie in the memory");
        auto const behind = ends_.lower_bound(start);
        insist(behind == ends_.end() || end <= behind->first, "blocks do not overlap the next");
        insist(behind == ends_.begin() || std::prev(behind)->second <= start, "nor the one before");
        if (size != 0) ends_[start] = end;
        auto const bytes = std::span{memory_}.subspan(start - first, size);
        blocks_.push_back({.bytes = bytes, .alignment = alignment, .mark = static_cast<std::byte>(++marks_)});
        std::ranges::fill(bytes, blocks_.back().mark);
    }

    void free(std::size_t index) {
        auto const block = std::exchange(blocks_[index], blocks_.back());
        blocks_.pop_back();
        insist(std::ranges::count(block.bytes, block.mark) == std::ssize(block.bytes),
               "blocks keep their content");
        if (!block.bytes.empty()) ends_.erase(std::bit_cast<std::uintptr_t>(block.bytes.data()));
        heap::free_in(design_, block.bytes.data(), block.bytes.size(), block.alignment);
    }

    void free_all() {
        while (!blocks_.empty()) free(blocks_.size() - 1);
    }

private:
    struct Block {
        std::span<std::byte> bytes;
        std::size_t alignment;
        std::byte mark;
    };

    void insist(bool condition, std::string_view promise) {
        if (!condition) wrong_(promise);
    }

    Wrong wrong_;
    std::vector<std::byte> memory_{memory_bytes};
    Design design_{memory_};
    std::vector<Block> blocks_;
    std::map<std::uintptr_t, std::uintptr_t> ends_;  // of blocks that are not empty
    std::size_t marks_ = 0;
    bool was_used_     = false;
};

}  // namespace pith::testing
