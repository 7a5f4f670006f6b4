#include "frames/usable_memory.hpp"

#include <algorithm>

namespace pith::frames {
namespace {

// The last page that 52 bits can name is given up: the address behind it could not be named.
constexpr std::uint64_t end_of_physical_memory = (std::uint64_t{1} << PhysAddr::bits) - page_bytes;

}  // namespace

// #region claims
UsableMemory::Claim UsableMemory::claim_of(boot::MemoryArea const& area) const {
    auto const start = std::min(area.start, end_of_physical_memory);
    auto const size  = std::min(area.size, end_of_physical_memory - start);
    return {.start = start, .end = start + size, .is_usable = area.kind == boot::MemoryKind::usable};
}

template <typename Visit>
void UsableMemory::for_each_claim(Visit&& visit) const {
    for (std::uint64_t index = 0; index < map_.size(); ++index) {
        auto const claim = claim_of(map_[index]);
        if (claim.start < claim.end) visit(claim);
    }
    // Address 0 means "none" in too many places: its page is nobody's.
    visit(Claim{.start = 0, .end = page_bytes, .is_usable = false});
    for (auto const& range : taken_) {
        if (!range.is_empty()) {
            visit(Claim{.start = range.start().value(), .end = range.end().value(), .is_usable = false});
        }
    }
}
// #endregion claims

// #region questions
// The lowest address from `from` on that some area calls usable.
std::optional<std::uint64_t> UsableMemory::first_claimed_usable(std::uint64_t from) const {
    std::optional<std::uint64_t> first;
    for_each_claim([&](Claim const& claim) {
        if (!claim.is_usable || claim.end <= from) return;
        auto const candidate = std::max(claim.start, from);
        first                = std::min(first.value_or(candidate), candidate);
    });
    return first;
}

// Where the claim ends that says `address` is not usable; nothing if none does.
std::optional<std::uint64_t> UsableMemory::end_of_what_blocks(std::uint64_t address) const {
    std::optional<std::uint64_t> end;
    for_each_claim([&](Claim const& claim) {
        if (!claim.is_usable && claim.holds(address)) end = std::max(end.value_or(0), claim.end);
    });
    return end;
}

// How far it is usable from `address` on, which is: over areas that overlap or touch, up to the first that
// blocks.
std::uint64_t UsableMemory::end_of_usable(std::uint64_t address) const {
    auto end = address;
    for (bool has_grown = true; has_grown;) {
        has_grown = false;
        for_each_claim([&](Claim const& claim) {
            if (!claim.is_usable || claim.start > end || claim.end <= end) return;
            end       = claim.end;
            has_grown = true;
        });
    }
    for_each_claim([&](Claim const& claim) {
        if (!claim.is_usable && claim.start > address) end = std::min(end, claim.start);
    });
    return end;
}
// #endregion questions

// #region next
std::optional<PhysRange> UsableMemory::next(PhysAddr from) const {
    auto address = from.value();
    while (auto const start = first_claimed_usable(address)) {
        if (auto const blocked_until = end_of_what_blocks(*start)) {
            address = *blocked_until;
            continue;
        }
        auto const end        = end_of_usable(*start);
        auto const first_page = round_up(*start, page_bytes);
        auto const last_end   = round_down(end, page_bytes);
        if (first_page < last_end) return PhysRange{PhysAddr{first_page}, PhysAddr{last_end}};
        address = end;  // less than a page
    }
    return std::nullopt;
}
// #endregion next

}  // namespace pith::frames
