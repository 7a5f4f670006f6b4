// A vector with room for a fixed number of elements inside itself, for code that runs before there is a heap.
// (C++26 will have it as std::inplace_vector.)
//
// Needs:     failure.
// Promises:  never allocates; a full one says so, and stays as it was.
#pragma once

#include "base/fail.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace pith {

// `Element` must have a default value: the unused places hold it.
template <typename Element, std::size_t Capacity>
class FixedVector {
public:
    constexpr FixedVector() = default;

    // False if there is no room left.
    [[nodiscard]] constexpr bool try_push_back(Element element) {
        if (size_ == Capacity) return false;
        elements_[size_++] = std::move(element);
        return true;
    }

    constexpr std::size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }
    static constexpr std::size_t capacity() { return Capacity; }

    constexpr std::span<Element const> span() const { return std::span{elements_}.first(size_); }
    constexpr auto begin() const { return span().begin(); }
    constexpr auto end() const { return span().end(); }
    constexpr Element const& operator[](std::size_t index) const { return span()[index]; }

private:
    std::array<Element, Capacity> elements_{};
    std::size_t size_ = 0;
};

}  // namespace pith
