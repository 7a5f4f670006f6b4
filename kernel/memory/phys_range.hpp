// A range of physical addresses, its end excluded.
//
// Needs:     address.
// Promises:  start <= end.
#pragma once

#include "memory/address.hpp"

namespace pith {

class PhysRange {
public:
    constexpr PhysRange() = default;
    // Fails if `end` is before `start`.
    constexpr PhysRange(PhysAddr start, PhysAddr end) : start_{start}, end_{end} {
        require(start <= end, "a physical range ends before it starts");
    }
    static constexpr PhysRange of_size(PhysAddr start, std::uint64_t size) { return {start, start + size}; }

    constexpr PhysAddr start() const { return start_; }
    constexpr PhysAddr end() const { return end_; }
    constexpr std::uint64_t size() const { return end_ - start_; }
    constexpr bool is_empty() const { return start_ == end_; }
    constexpr bool overlaps(PhysRange const& other) const {
        return start_ < other.end_ && other.start_ < end_;
    }
    constexpr bool operator==(PhysRange const&) const = default;

private:
    PhysAddr start_;
    PhysAddr end_;
};

}  // namespace pith

// [start, end) as two hexadecimal numbers.
template <>
struct std::formatter<pith::PhysRange> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::PhysRange const& range, auto& context) const {
        return std::format_to(context.out(), "{} - {}", range.start(), range.end());
    }
};
