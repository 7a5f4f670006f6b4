// Memory that the map promises: the part of it that is there is found, and no more.
#include "frames/present.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace {

using pith::page_bytes;
using pith::PhysAddr;
using pith::PhysRange;
using Ranges = std::vector<PhysRange>;

constexpr std::uint64_t mib = 1 << 20, gib = 1 << 30;

PhysRange range(std::uint64_t start, std::uint64_t end) { return {PhysAddr{start}, PhysAddr{end}}; }

// A machine that has this memory. It counts how often it was asked.
struct Machine {
    Ranges memory;
    std::size_t asked = 0;

    Ranges present_in(PhysRange claimed) {
        Ranges found;
        auto const is_there = [this](PhysAddr page) {
            ++asked;
            return std::ranges::any_of(memory, [&](PhysRange const& part) {
                return part.overlaps(PhysRange::of_size(page, page_bytes));
            });
        };
        pith::frames::for_each_present(claimed, is_there, [&](PhysRange part) { found.push_back(part); });
        return found;
    }
};

TEST(Present, all_of_what_is_there) {
    Machine machine{{range(mib, 128 * mib)}};
    EXPECT_EQ(machine.present_in(range(mib, 128 * mib)), (Ranges{range(mib, 128 * mib)}));
    EXPECT_LE(machine.asked, 4U);
    EXPECT_EQ(machine.present_in(range(2 * mib, 2 * mib + page_bytes)),
              (Ranges{range(2 * mib, 2 * mib + page_bytes)}));
    EXPECT_TRUE(machine.present_in(range(2 * mib, 2 * mib)).empty());
}

TEST(Present, it_ends_where_memory_does) {
    Machine machine{{range(mib, 128 * mib)}};
    EXPECT_EQ(machine.present_in(range(mib, 1024 * gib)), (Ranges{range(mib, 128 * mib)}));
    EXPECT_LE(machine.asked, 200U);
    EXPECT_EQ(machine.present_in(range(mib, 128 * mib + page_bytes)), (Ranges{range(mib, 128 * mib)}));
    EXPECT_EQ(machine.present_in(range(127 * mib, 129 * mib)), (Ranges{range(127 * mib, 128 * mib)}));
}

TEST(Present, it_begins_where_memory_does) {
    Machine machine{{range(4 * gib + page_bytes, 5 * gib)}};
    EXPECT_EQ(machine.present_in(range(2 * gib, 5 * gib)), (Ranges{range(4 * gib + page_bytes, 5 * gib)}));
}

TEST(Present, a_hole_parts_it) {
    Machine machine{{range(mib, 3 * gib), range(4 * gib, 6 * gib)}};
    EXPECT_EQ(machine.present_in(range(mib, 6 * gib)),
              (Ranges{range(mib, 3 * gib), range(4 * gib, 6 * gib)}));
}

TEST(Present, a_large_machine_is_asked_few_times) {
    Machine machine{{range(mib, 512 * gib)}};
    EXPECT_EQ(machine.present_in(range(mib, 512 * gib)), (Ranges{range(mib, 512 * gib)}));
    EXPECT_LE(machine.asked, 150U);
}

TEST(Present, nothing_where_nothing_is) {
    Machine machine{{range(mib, 128 * mib)}};
    EXPECT_TRUE(machine.present_in(range(128 * mib, std::uint64_t{1} << 51)).empty());
    EXPECT_LE(machine.asked, 400U);
    EXPECT_TRUE(machine.present_in(range(gib, gib + page_bytes)).empty());
}

}  // namespace
