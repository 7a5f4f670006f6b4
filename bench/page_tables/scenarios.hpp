// What is done with page tables, the same for each model of them: see page_tables.cpp for the names.
//
// A model has map(address, memory), unmap(address) and find(address), which gives the memory; and map_range and
// unmap_range for pages in a row. It is told only what can be done.
#pragma once

#include "scenario.hpp"

namespace pith::bench {

inline constexpr std::uint64_t page_size    = 4096;
inline constexpr std::uint64_t first_page   = 0xffff'c000'0000'3000;
inline constexpr std::uint64_t first_memory = std::uint64_t{1} << 40;

// One page is mapped, and unmapped at once; its tables exist.
template <typename Tables>
class OnePage final : public Scenario {
public:
    OnePage() { tables_.map(first_page + page_size, first_memory); }
    std::uint64_t times() const override { return 1000; }
    void run() override {
        for (std::uint64_t count = 0; count < times(); ++count) {
            auto address = first_page;
            use(address);
            tables_.map(address, first_memory);
            use(address);
            tables_.unmap(address);
        }
    }

private:
    Tables tables_;
};

// 512 pages in a row are mapped, and unmapped; their tables exist. One of the times is one page.
template <typename Tables>
class Range final : public Scenario {
public:
    Range() {
        tables_.map(first_page - page_size, first_memory);
        tables_.map(first_page + times() * page_size, first_memory);
    }
    std::uint64_t times() const override { return 512; }
    void run() override {
        auto address = first_page;
        use(address);
        tables_.map_range(address, first_memory + page_size, times());
        use(address);
        tables_.unmap_range(address, times());
    }

private:
    Tables tables_;
};

// Of 262 144 pages that are mapped, 1 GiB, a random one is looked up.
template <typename Tables>
class Find final : public Scenario {
public:
    Find() { tables_.map_range(first_page, first_memory + page_size, pages); }
    std::uint64_t times() const override { return 1000; }
    void run() override {
        for (std::uint64_t count = 0; count < times(); ++count) {
            auto memory = tables_.find(first_page + random() % pages * page_size);
            use(memory);
        }
    }

private:
    static constexpr std::uint64_t pages = 262'144;

    std::uint64_t random() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_;
    }

    Tables tables_;
    std::uint64_t state_ = 88'172'645'463'325'252;
};

// ours.cpp
Scenario* make_one_page_of_ours();
Scenario* make_range_of_ours();
Scenario* make_find_of_ours();

}  // namespace pith::bench
