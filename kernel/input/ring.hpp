// A queue of fixed size between one producer and one consumer: from an interrupt handler to whoever works on
// what came.
//
// Needs:     nothing.
// Promises:  neither side waits, allocates or locks, wherever it interrupts the other. What does not fit is
//            dropped, and counted.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace pith::input {

// What it holds has to be copied as it lies: a handler must not run anybody's constructor.
template <typename Element, std::size_t capacity>
    requires(std::has_single_bit(capacity) && std::is_trivially_copyable_v<Element>)
class Ring {
public:
    // The producer's: false if there is no room.
    bool push(Element element) {
        auto const end = end_.load(std::memory_order_relaxed);
        if (end - begin_.load(std::memory_order_acquire) == capacity) {
            lost_.fetch_add(1, std::memory_order_relaxed);
            return false;
        }
        elements_[end % capacity] = element;
        end_.store(end + 1, std::memory_order_release);
        return true;
    }

    // The producer's: whether there is no room.
    bool is_full() const {
        return end_.load(std::memory_order_relaxed) - begin_.load(std::memory_order_acquire) == capacity;
    }

    // The consumer's: the oldest, if there is one.
    std::optional<Element> pop() {
        auto const begin = begin_.load(std::memory_order_relaxed);
        if (begin == end_.load(std::memory_order_acquire)) return std::nullopt;
        Element const element = elements_[begin % capacity];
        begin_.store(begin + 1, std::memory_order_release);
        return element;
    }

    // The consumer's: how many were dropped since it last asked.
    std::uint64_t take_lost() { return lost_.exchange(0, std::memory_order_relaxed); }

    bool empty() const {
        return begin_.load(std::memory_order_acquire) == end_.load(std::memory_order_acquire);
    }

private:
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

    std::array<Element, capacity> elements_{};
    std::atomic<std::uint64_t> begin_ = 0, end_ = 0;  // they only grow; the difference is what is inside
    std::atomic<std::uint64_t> lost_ = 0;
};

}  // namespace pith::input
