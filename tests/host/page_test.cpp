// Pages and ranges of pages: multiples of their size, and nothing that is not canonical.
#include "memory/page.hpp"

#include "failure.hpp"

#include <gtest/gtest.h>

namespace pith {
namespace {

using testing::fails;
using testing::failure_of;

using Small = Page<PageSize::kib_4>;

TEST(Rounding, goes_to_multiples) {
    EXPECT_EQ(round_up(0, 4096), 0U);
    EXPECT_EQ(round_up(1, 4096), 4096U);
    EXPECT_EQ(round_up(4096, 4096), 4096U);
    EXPECT_EQ(round_down(4095, 4096), 0U);
    EXPECT_EQ(round_down(8191, 4096), 4096U);
    EXPECT_TRUE(is_multiple(0x20'0000, bytes_in(PageSize::mib_2)));
    EXPECT_FALSE(is_multiple(0x20'1000, bytes_in(PageSize::mib_2)));
}

TEST(Page, begins_at_a_multiple_of_its_size) {
    EXPECT_EQ(Small{VirtAddr{0x3000}}.start(), VirtAddr{0x3000});
    EXPECT_EQ(failure_of([] { return Small{VirtAddr{0x3001}}; }), "a page begins at a multiple of its size");
    EXPECT_TRUE(fails([] { return Page<PageSize::mib_2>{VirtAddr{0x1000}}; }));
    EXPECT_TRUE(fails([] { return Page<PageSize::gib_1>{VirtAddr{0x20'0000}}; }));
}

TEST(Page, contains_addresses) {
    EXPECT_EQ(Small::containing(VirtAddr{0x3fff}), Small{VirtAddr{0x3000}});
    EXPECT_EQ(Page<PageSize::gib_1>::containing(VirtAddr{~std::uint64_t{0}}).start(),
              VirtAddr{0xffff'ffff'c000'0000});
}

TEST(PageRange, has_a_first_and_a_last_page) {
    PageRange const range{Small{VirtAddr{0x3000}}, 3};
    EXPECT_EQ(range.start(), VirtAddr{0x3000});
    EXPECT_EQ(range.last().start(), VirtAddr{0x5000});
    EXPECT_EQ(range.bytes(), 0x3000U);
    EXPECT_EQ(range, PageRange::of_bytes(VirtAddr{0x3000}, 0x3000));
}

TEST(PageRange, reaches_the_top_of_the_address_space) {
    Small const top{VirtAddr{0xffff'ffff'ffff'f000}};
    EXPECT_EQ((PageRange{top, 1}.last()), top);
    EXPECT_EQ(failure_of([&] { return PageRange{top, 2}; }),
              "a range of pages is empty, or leaves the address space");
}

TEST(PageRange, is_not_empty_nor_ragged) {
    Small const page{VirtAddr{0x1000}};
    EXPECT_EQ(failure_of([&] { return PageRange{page, 0}; }),
              "a range of pages is empty, or leaves the address space");
    EXPECT_TRUE(fails([] { return PageRange::of_bytes(VirtAddr{0x1000}, 0); }));
    EXPECT_EQ(failure_of([] { return PageRange::of_bytes(VirtAddr{0x1000}, 0x1800); }),
              "a range of pages is a multiple of 4096 bytes long");
    EXPECT_TRUE(fails([] { return PageRange::of_bytes(VirtAddr{0x1800}, 0x1000); }));
}

// The pages between the halves have no canonical addresses.
TEST(PageRange, stays_in_one_half) {
    Small const last_of_the_lower{VirtAddr{0x7fff'ffff'f000}};
    EXPECT_EQ((PageRange{last_of_the_lower, 1}.count()), 1U);
    EXPECT_TRUE(fails([&] { return PageRange{last_of_the_lower, 2}; }));
    constexpr std::uint64_t from_zero_to_the_top = std::uint64_t{1} << 52;
    EXPECT_EQ(failure_of([&] { return PageRange{Small{VirtAddr{}}, from_zero_to_the_top}; }),
              "a range of pages spans both halves");
}

}  // namespace
}  // namespace pith
