// Which memory may be handed out, against every shape of memory map that firmware has been seen to give.
#include "frames/usable_memory.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace pith::frames {
namespace {

using boot::MemoryArea;
using boot::MemoryKind;

constexpr std::uint64_t page = page_bytes;

// A map made of areas, as the bytes of a loader.
class Map {
public:
    explicit Map(std::vector<MemoryArea> const& areas) {
        for (auto const& area : areas) {
            append(area.start);
            append(area.size);
            append(static_cast<std::uint64_t>(area.kind));
        }
    }
    boot::MemoryMap map() const { return {std::as_bytes(std::span{words_}), 24}; }

private:
    void append(std::uint64_t word) { words_.push_back(word); }

    std::vector<std::uint64_t> words_;
};

struct Range {
    std::uint64_t start, end;
    bool operator==(Range const&) const = default;
};
void PrintTo(Range const& range, std::ostream* out) { *out << std::hex << range.start << " - " << range.end; }

std::vector<Range> usable(std::vector<MemoryArea> const& areas, std::vector<PhysRange> const& taken = {}) {
    Map const bytes{areas};
    auto const map = bytes.map();
    std::vector<Range> found;
    UsableMemory{map, taken}.for_each(
        [&](PhysRange range) { found.push_back({range.start().value(), range.end().value()}); });
    return found;
}

constexpr MemoryArea area(std::uint64_t start, std::uint64_t end, MemoryKind kind = MemoryKind::usable) {
    return {start, end - start, kind};
}
PhysRange range(std::uint64_t start, std::uint64_t end) { return {PhysAddr{start}, PhysAddr{end}}; }

using Ranges = std::vector<Range>;

TEST(UsableMemory, is_what_an_area_says) {
    EXPECT_EQ(usable({area(0x10'0000, 0x20'0000)}), (Ranges{{0x10'0000, 0x20'0000}}));
    EXPECT_EQ(usable({}), Ranges{});
    EXPECT_EQ(usable({area(0x10'0000, 0x20'0000, MemoryKind::reserved)}), Ranges{});
}

TEST(UsableMemory, leaves_the_first_page_alone) {
    EXPECT_EQ(usable({area(0, 0x9'fc00)}), (Ranges{{page, 0x9'f000}}));
    EXPECT_EQ(usable({area(0, page)}), Ranges{});
}

TEST(UsableMemory, is_rounded_inwards) {
    EXPECT_EQ(usable({area(0x10'0001, 0x10'3fff)}), (Ranges{{0x10'1000, 0x10'3000}}));
    EXPECT_EQ(usable({area(0x10'0001, 0x10'1fff)}), Ranges{});
    EXPECT_EQ(usable({area(0x10'0800, 0x10'0900)}), Ranges{});
}

TEST(UsableMemory, comes_in_order) {
    EXPECT_EQ(usable({area(0x30'0000, 0x40'0000), area(0x10'0000, 0x20'0000)}),
              (Ranges{{0x10'0000, 0x20'0000}, {0x30'0000, 0x40'0000}}));
}

TEST(UsableMemory, is_merged_where_areas_touch_or_overlap) {
    EXPECT_EQ(usable({area(0x10'0000, 0x20'0000), area(0x20'0000, 0x30'0000)}),
              (Ranges{{0x10'0000, 0x30'0000}}));
    EXPECT_EQ(usable({area(0x18'0000, 0x30'0000), area(0x10'0000, 0x20'0000)}),
              (Ranges{{0x10'0000, 0x30'0000}}));
    // A page whose halves come from two areas is whole.
    EXPECT_EQ(usable({area(0x10'0000, 0x10'0800), area(0x10'0800, 0x10'1000)}),
              (Ranges{{0x10'0000, 0x10'1000}}));
}

TEST(UsableMemory, gives_way_where_areas_contradict_each_other) {
    EXPECT_EQ(usable({area(0x10'0000, 0x40'0000), area(0x20'0000, 0x20'1000, MemoryKind::acpi_tables)}),
              (Ranges{{0x10'0000, 0x20'0000}, {0x20'1000, 0x40'0000}}));
    // One byte costs its page.
    EXPECT_EQ(usable({area(0x10'0000, 0x10'4000), area(0x10'1fff, 0x10'2000, MemoryKind::defective)}),
              (Ranges{{0x10'0000, 0x10'1000}, {0x10'2000, 0x10'4000}}));
    EXPECT_EQ(usable({area(0x10'0000, 0x20'0000), area(0, ~std::uint64_t{0}, MemoryKind::reserved)}),
              Ranges{});
}

TEST(UsableMemory, is_not_what_is_taken) {
    EXPECT_EQ(
        usable({area(0x10'0000, 0x40'0000)}, {range(0x10'0000, 0x13'0000), range(0x20'0010, 0x20'0020)}),
        (Ranges{{0x13'0000, 0x20'0000}, {0x20'1000, 0x40'0000}}));
    EXPECT_EQ(usable({area(0x10'0000, 0x20'0000)}, {range(0x15'0000, 0x15'0000)}),
              (Ranges{{0x10'0000, 0x20'0000}}));
}

TEST(UsableMemory, survives_areas_that_wrap_or_are_empty_or_too_high) {
    constexpr std::uint64_t highest = (std::uint64_t{1} << 52) - page;
    EXPECT_EQ(usable({{0x10'0000, 0, MemoryKind::usable}}), Ranges{});
    EXPECT_EQ(usable({{0x10'0000, ~std::uint64_t{0}, MemoryKind::usable}}), (Ranges{{0x10'0000, highest}}));
    EXPECT_EQ(usable({{~std::uint64_t{0}, 2, MemoryKind::usable}}), Ranges{});
    EXPECT_EQ(usable({{std::uint64_t{1} << 52, page, MemoryKind::usable}}), Ranges{});
    // A reserved area that wraps does not come round to what lies below it.
    EXPECT_EQ(usable({area(0x10'0000, 0x20'0000), {0x18'0000, ~std::uint64_t{0}, MemoryKind::reserved}}),
              (Ranges{{0x10'0000, 0x18'0000}}));
}

TEST(UsableMemory, lies_above_4_GiB_too) {
    EXPECT_EQ(usable({area(0x1'0000'0000, 0x80'0000'0000)}), (Ranges{{0x1'0000'0000, 0x80'0000'0000}}));
}

TEST(UsableMemory, takes_unknown_kinds_for_reserved) {
    EXPECT_EQ(usable({area(0x10'0000, 0x20'0000), area(0x18'0000, 0x19'0000, static_cast<MemoryKind>(77))}),
              (Ranges{{0x10'0000, 0x18'0000}, {0x19'0000, 0x20'0000}}));
}

// -- Against a model that asks every byte ------------------------------------------------------------------

constexpr std::uint64_t grain = 512, model_end = 64 * page;

std::vector<Range> by_asking_every_byte(std::vector<MemoryArea> const& areas,
                                        std::vector<PhysRange> const& taken) {
    auto const is_usable = [&](std::uint64_t byte) {
        bool is_claimed = false;
        for (auto const& claim : areas) {
            if (byte < claim.start || byte - claim.start >= claim.size) continue;
            if (claim.kind != MemoryKind::usable) return false;
            is_claimed = true;
        }
        for (auto const& one : taken) {
            if (one.start().value() <= byte && byte < one.end().value()) return false;
        }
        return is_claimed;
    };
    std::vector<Range> found;
    for (std::uint64_t start = page; start < model_end; start += page) {
        bool is_whole = true;
        for (std::uint64_t byte = start; byte < start + page; byte += grain)
            is_whole = is_whole && is_usable(byte);
        if (!is_whole) continue;
        if (!found.empty() && found.back().end == start)
            found.back().end += page;
        else
            found.push_back({start, start + page});
    }
    return found;
}

TEST(UsableMemory, is_what_a_simple_model_says) {
    std::mt19937_64 random{1};
    auto const below = [&](std::uint64_t limit) { return random() % limit; };
    for (int round = 0; round < 20'000; ++round) {
        std::vector<MemoryArea> areas(below(9));
        for (auto& one : areas) {
            one.start = below(model_end / grain) * grain;
            one.size  = below((model_end - one.start) / grain + 1) * grain;
            one.kind  = static_cast<MemoryKind>(below(3) == 0 ? 2 + below(4) : 1);
        }
        std::vector<PhysRange> taken;
        for (std::uint64_t count = below(3); count != 0; --count) {
            auto const start = below(model_end / grain) * grain;
            taken.push_back(range(start, start + below(4 * page / grain) * grain));
        }
        ASSERT_EQ(usable(areas, taken), by_asking_every_byte(areas, taken)) << "round " << round;
    }
}

}  // namespace
}  // namespace pith::frames
