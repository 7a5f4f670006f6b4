// A heap beside a simple model of it: what blocks there are, and what is in them.
#pragma once

#include "heap/heap.hpp"
#include "heap_pages.hpp"

#include <cstring>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace pith::testing {

// Calls `wrong` with the promise that was broken.
template <typename Wrong>
class HeapModel {
public:
    // Large blocks can grow a little.
    explicit HeapModel(Wrong wrong) : wrong_{wrong} { pages_.room_behind = std::size_t{2} << 12; }

    std::size_t count() const { return blocks_.size(); }
    HeapPages& pages() { return pages_; }

    void allocate(std::size_t size) { add(heap_.allocate(size), size, size <= 8 ? 8 : 16); }
    void allocate(std::size_t size, std::size_t alignment) {
        add(heap_.allocate(size, alignment), size, alignment);
    }
    void free(std::size_t index) {
        auto const block = blocks_[index];
        check_content(block, block.size);
        forget(index);
        heap_.free(block.memory);
    }
    void reallocate(std::size_t index, std::size_t size) {
        auto const block   = blocks_[index];
        auto* const before = block.memory;
        check_content(block, block.size);
        auto* const moved = static_cast<std::byte*>(heap_.reallocate(before, size));
        if (moved == nullptr) {
            insist(size > block.size, "a block becomes smaller without memory");
            return;
        }
        check_content({.memory = moved, .size = block.size, .seed = block.seed}, std::min(size, block.size));
        forget(index);
        add(moved, size, size <= 8 ? 8 : 16);
    }
    void trim() {
        heap_.trim();
        if (blocks_.empty()) insist(pages_.bytes == 0, "trimmed, an empty heap holds nothing");
    }
    void free_all() {
        while (!blocks_.empty()) free(blocks_.size() - 1);
    }

    void check_statistics() {
        auto const now     = heap_.statistics();
        std::size_t blocks = now.large_blocks, used = now.large_bytes, slabs = now.empty_slabs;
        for (auto const& of_class : now.classes) {
            blocks += of_class.blocks;
            used += of_class.blocks * of_class.block_bytes;
            slabs += of_class.slabs;
        }
        insist(blocks == blocks_.size(), "statistics count all blocks");
        insist(blocks == now.used_blocks && used == now.used_bytes, "statistics add up");
        insist(now.source_bytes == pages_.bytes, "statistics know what was taken");
        insist(now.peak_bytes >= now.source_bytes, "a peak is not below");
        insist(slabs * heap::Slab::bytes + now.large_bytes == now.source_bytes, "every slab is counted");
        insist(now.empty_slabs <= std::max<std::size_t>(4, slabs / 8), "few slabs are kept");
        insist(!pages_.was_given_wrong, "what is given back was taken");
    }

private:
    struct Block {
        std::byte* memory;
        std::size_t size;
        std::uint64_t seed;

        std::span<std::byte> bytes() const {
            // SAFETY: because the heap gave so many bytes.
#pragma clang unsafe_buffer_usage begin
            return {memory, size};
#pragma clang unsafe_buffer_usage end
        }
    };

    void insist(bool condition, std::string_view promise) {
        if (!condition) wrong_(promise);
    }

    void add(void* memory, std::size_t size, std::size_t alignment) {
        if (memory == nullptr) {
            insist(pages_.limit != HeapPages::unlimited || alignment > Heap::largest_alignment,
                   "there is memory");
            return;
        }
        auto const start = std::bit_cast<std::uintptr_t>(memory);
        insist(start % alignment == 0, "blocks are aligned");
        insist(heap_.size_of(memory) >= size, "blocks have the size");
        auto const end    = start + std::max<std::size_t>(heap_.size_of(memory), 1);
        auto const behind = ends_.lower_bound(start);
        insist(behind == ends_.end() || end <= behind->first, "blocks do not overlap the next");
        insist(behind == ends_.begin() || std::prev(behind)->second <= start, "nor the one before");
        ends_[start] = end;
        blocks_.push_back({.memory = static_cast<std::byte*>(memory), .size = size, .seed = ++seed_});
        fill(blocks_.back());
    }
    void forget(std::size_t index) {
        ends_.erase(std::bit_cast<std::uintptr_t>(blocks_[index].memory));
        blocks_[index] = blocks_.back();
        blocks_.pop_back();
    }

    // Of large blocks, their beginning and their end.
    template <typename Visit>
    static void for_each_byte(std::size_t size, Visit visit) {
        for (std::size_t at = 0; at < std::min<std::size_t>(size, 48); ++at) visit(at);
        for (std::size_t at = std::max<std::size_t>(48, size < 48 ? 48 : size - 48); at < size; ++at)
            visit(at);
    }
    static std::byte pattern(std::uint64_t seed, std::size_t at) {
        return static_cast<std::byte>((seed * 0x9e37'79b9'7f4a'7c15 >> 32) + at * 31);
    }
    static void fill(Block const& block) {
        for_each_byte(block.size, [&](std::size_t at) { block.bytes()[at] = pattern(block.seed, at); });
    }
    void check_content(Block const& block, std::size_t size) {
        for_each_byte(block.size, [&](std::size_t at) {
            if (at < size) insist(block.bytes()[at] == pattern(block.seed, at), "blocks keep their content");
        });
    }

    using Heap = heap::Heap<HeapPages::Source>;

    Wrong wrong_;
    HeapPages pages_;
    Heap heap_{HeapPages::Source{&pages_}};
    std::vector<Block> blocks_;
    std::map<std::uintptr_t, std::uintptr_t> ends_;
    std::uint64_t seed_ = 0;
};

}  // namespace pith::testing
