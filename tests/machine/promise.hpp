// How many frames there must be: what the memory map promises, less exactly what is reserved and what
// describes the rest. Computed in another way than the kernel does: from one place where something begins or
// ends to the next.
#pragma once

#include "frames/start.hpp"
#include "suites.hpp"

#include <algorithm>

namespace pith::tests {

class Promise {
public:
    // What `frames::add_memory` must add: of what is below `reach`, neither reserved nor added by an earlier
    // call.
    void add(boot::MemoryMap const& map, frames::Reservations const& reserved, PhysAddr reach) {
        claims_ = {};
        for (auto const area : map.areas()) {
            auto const start = std::min(area.start, end_of_memory);
            claim(start, start + std::min(area.size, end_of_memory - start),
                  area.kind == boot::MemoryKind::usable ? Says::usable : Says::taken);
        }
        for (auto const& reservation : reserved)
            claim(reservation.range.start().value(), reservation.range.end().value(), Says::taken);
        for (auto const& range : added_) claim(range.start().value(), range.end().value(), Says::taken);
        claim(0, page_bytes, Says::taken);
        claim(reach.value(), std::max(reach.value(), end_of_memory), Says::taken);
        find_usable();
        describe([](PhysRange range) { return range.size() >= frames::Chunk::bytes; });
        describe([](PhysRange range) { return range.size() < frames::Chunk::bytes; });
    }

    // In frames of 4 KiB. Their sum is all that is usable.
    std::uint64_t frames() const { return frames_; }
    std::uint64_t descriptions() const { return descriptions_; }
    std::uint64_t left_out() const { return left_out_; }

private:
    static constexpr std::uint64_t end_of_memory = (std::uint64_t{1} << PhysAddr::bits) - page_bytes;
    static constexpr std::size_t most            = 300;

    enum class Says : std::uint8_t { usable, taken };
    struct Claim {
        std::uint64_t start = 0, end = 0;
        Says says = Says::taken;
    };

    void claim(std::uint64_t start, std::uint64_t end, Says says) {
        testing::check(claims_.try_push_back({.start = start, .end = end, .says = says}));
    }
    bool is_claimed(std::uint64_t address, Says says) const {
        return std::ranges::any_of(claims_, [&](Claim const& claim) {
            return claim.says == says && claim.start <= address && address < claim.end;
        });
    }
    // Where something begins or ends, behind `address`.
    std::uint64_t next_boundary(std::uint64_t address) const {
        auto next = end_of_memory;
        for (auto const& claim : claims_) {
            if (claim.start > address) next = std::min(next, claim.start);
            if (claim.end > address) next = std::min(next, claim.end);
        }
        return next;
    }
    void find_usable() {
        usable_             = {};
        std::uint64_t start = 0;
        bool was_usable     = false;
        for (std::uint64_t at = 0; at < end_of_memory; at = next_boundary(at)) {
            bool const is_usable = is_claimed(at, Says::usable) && !is_claimed(at, Says::taken);
            if (is_usable && !was_usable) start = at;
            if (!is_usable && was_usable) keep(start, at);
            was_usable = is_usable;
        }
    }
    void keep(std::uint64_t start, std::uint64_t end) {
        auto const first = round_up(start, page_bytes), last = round_down(end, page_bytes);
        if (first < last) testing::check(usable_.try_push_back({PhysAddr{first}, PhysAddr{last}}));
    }

    // A range whose chunks do not fit into what is left of the last page taken for them gives pages for them.
    void describe(auto&& is_wanted) {
        for (auto const& range : usable_) {
            if (!is_wanted(range)) continue;
            auto const pages = pages_for_chunks(range);
            if (pages >= range.size() / page_bytes) {
                left_out_ += range.size() / page_bytes;
                continue;
            }
            if (pages != 0) spare_chunks_ = pages * page_bytes / sizeof(frames::Chunk);
            spare_chunks_ -= pieces({range.start() + pages * page_bytes, range.end()});
            descriptions_ += pages;
            frames_ += range.size() / page_bytes - pages;
            testing::check(added_.try_push_back(range));
        }
    }
    std::uint64_t pages_for_chunks(PhysRange range) const {
        if (pieces(range) <= spare_chunks_) return 0;
        return round_up(pieces(range) * sizeof(frames::Chunk), page_bytes) / page_bytes;
    }
    // Pieces of 2 MiB that have some of the range.
    static std::uint64_t pieces(PhysRange range) {
        return (round_up(range.end().value(), frames::Chunk::bytes) -
                round_down(range.start().value(), frames::Chunk::bytes)) /
               frames::Chunk::bytes;
    }

    FixedVector<Claim, most> claims_;
    FixedVector<PhysRange, most> usable_, added_;
    std::uint64_t spare_chunks_ = 0, frames_ = 0, descriptions_ = 0, left_out_ = 0;
};

}  // namespace pith::tests
