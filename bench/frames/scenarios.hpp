// What is done with allocators of pieces of 4 KiB, the same for each: see frame_allocator.cpp for the names.
//
// One of the times is one piece taken and one given back.
#pragma once

#include "scenario.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace pith::bench {

inline constexpr std::uint64_t pieces = 100'000;

// One is taken and given back at once.
template <typename Allocator>
class Pair final : public Scenario {
public:
    std::uint64_t times() const override { return 1000; }
    void run() override {
        for (std::uint64_t count = 0; count < times(); ++count) {
            auto piece = allocator_.take();
            use(piece);
            allocator_.give(piece);
        }
    }

private:
    Allocator allocator_;
};

// Many are held by these.
template <typename Allocator>
class Holding : public Scenario {
protected:
    using Piece = decltype(Allocator{}.take());

    void take(std::span<Piece> places) {
        for (auto& place : places) place = allocator_.take();
    }
    void give(std::span<Piece> places) {
        for (auto& place : places) allocator_.give(place);
    }

    Allocator allocator_;
    std::vector<Piece> held_ = std::vector<Piece>(pieces);
    std::minstd_rand random_;
};

// Many are taken, and given back in the same order.
template <typename Allocator>
class Bulk final : public Holding<Allocator> {
public:
    std::uint64_t times() const override { return pieces; }
    void run() override {
        this->take(this->held_);
        this->give(this->held_);
    }
};

// Of many that are held, a random one is given back, and another is taken.
template <typename Allocator>
class RandomOfMany final : public Holding<Allocator> {
public:
    RandomOfMany() { this->take(this->held_); }
    ~RandomOfMany() override { this->give(this->held_); }
    std::uint64_t times() const override { return 1000; }
    void run() override {
        for (std::uint64_t count = 0; count < times(); ++count) {
            auto& piece = this->held_[this->random_() % pieces];
            this->allocator_.give(piece);
            piece = this->allocator_.take();
        }
    }
};

// A random half of many is given back, then taken again: holes everywhere.
template <typename Allocator>
class Holes final : public Holding<Allocator> {
public:
    Holes() {
        this->take(this->held_);
        std::ranges::shuffle(this->held_, this->random_);
    }
    ~Holes() override { this->give(this->held_); }
    std::uint64_t times() const override { return pieces / 2; }
    void run() override {
        auto const half = std::span{this->held_}.first(times());
        this->give(half);
        this->take(half);
    }
};

// ours.cpp
Scenario* make_pair_of_ours();
Scenario* make_bulk_of_ours();
Scenario* make_random_of_ours();
Scenario* make_holes_of_ours();
Scenario* make_large_pair_of_ours();

}  // namespace pith::bench
