// Fuzzes the choice of usable memory: whatever the firmware's map says, whole pages that nobody else claims,
// and all of them, beside a model that asks every claim about every stretch between two edges.
//
//   +0                  how many ranges are taken already: n     +1 + 16 * n  the map's entries of 24 bytes
//   +1, 16 bytes each   such a range: its start, its size
#include "frames/usable_memory.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

namespace {

using pith::Bytes;
using pith::load;
using pith::page_bytes;
using pith::PhysAddr;
using pith::PhysRange;
using pith::boot::MemoryMap;
using Ranges = std::vector<PhysRange>;

constexpr std::uint64_t last_address = (std::uint64_t{1} << PhysAddr::bits) - 1;
// The last page is given up: usable_memory.cpp says why.
constexpr std::uint64_t limit = last_address + 1 - page_bytes;

struct Claim {
    std::uint64_t start, end;
    bool is_usable;
};

void insist(bool condition) {
    if (!condition) std::abort();
}

std::uint64_t end_of(std::uint64_t start, std::uint64_t size, std::uint64_t highest) {
    return size > highest - start ? highest : start + size;
}

PhysRange taken_range(Bytes bytes) {
    auto const start = *load<std::uint64_t>(bytes, 0) & last_address;
    return {PhysAddr{start}, PhysAddr{end_of(start, *load<std::uint64_t>(bytes, 8), last_address)}};
}

std::vector<Claim> claims_of(MemoryMap const& map, Ranges const& taken) {
    std::vector<Claim> claims{{.start = 0, .end = page_bytes, .is_usable = false}};
    for (auto const area : map.areas()) {
        insist(!name_of(area.kind).empty());
        if (area.start >= limit) continue;
        claims.push_back({.start     = area.start,
                          .end       = end_of(area.start, area.size, limit),
                          .is_usable = area.kind == pith::boot::MemoryKind::usable});
    }
    for (auto const& range : taken)
        claims.push_back({.start = range.start().value(), .end = range.end().value(), .is_usable = false});
    return claims;
}

bool is_usable(std::vector<Claim> const& claims, std::uint64_t byte) {
    bool found = false;
    for (auto const& claim : claims) {
        if (byte < claim.start || byte >= claim.end) continue;
        if (!claim.is_usable) return false;
        found = true;
    }
    return found;
}

// Between two edges that are neighbours all bytes are alike.
Ranges by_asking_each_stretch(std::vector<Claim> const& claims) {
    std::set<std::uint64_t> edges;
    for (auto const& claim : claims) edges.insert({claim.start, claim.end});
    Ranges found;
    std::uint64_t start = 0;
    bool is_inside      = false;
    for (auto const edge : edges) {
        bool const goes_on = is_usable(claims, edge);
        if (goes_on && !is_inside) start = edge;
        auto const first = pith::round_up(start, page_bytes), end = pith::round_down(edge, page_bytes);
        if (is_inside && !goes_on && first < end) found.emplace_back(PhysAddr{first}, PhysAddr{end});
        is_inside = goes_on;
    }
    return found;
}

void check_promises(Ranges const& ranges, std::vector<Claim> const& claims) {
    auto behind = PhysAddr{page_bytes};
    for (auto const& range : ranges) {
        insist(behind <= range.start() && range.start() < range.end());
        insist(pith::is_multiple(range.start().value(), page_bytes));
        insist(pith::is_multiple(range.end().value(), page_bytes));
        for (auto const& claim : claims) {
            insist(claim.is_usable || claim.start >= claim.end || range.end().value() <= claim.start ||
                   claim.end <= range.start().value());
        }
        behind = range.end() + 1;  // they do not touch
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    auto input = std::as_bytes(std::span{data, size});
#pragma clang unsafe_buffer_usage end
    auto const count = load<std::uint8_t>(input, 0).value_or(0);
    if (input.size() < 1 + std::size_t{count} * 16) return 0;
    input = input.subspan(1);
    Ranges taken;
    for (; taken.size() < count; input = input.subspan(16)) taken.push_back(taken_range(input));

    MemoryMap const map{input, MemoryMap::min_entry_size};
    Ranges found;
    pith::frames::UsableMemory{map, taken}.for_each([&](PhysRange range) { found.push_back(range); });
    auto const claims = claims_of(map, taken);
    check_promises(found, claims);
    insist(found == by_asking_each_stretch(claims));
    return 0;
}
