// Addresses and ranges: what is one, what is not, and arithmetic that would leave them.
#include "failure.hpp"
#include "memory/layout.hpp"
#include "memory/phys_range.hpp"

#include <gtest/gtest.h>

#include <format>

namespace pith {
namespace {

using testing::fails;

constexpr std::uint64_t highest_physical = (std::uint64_t{1} << 52) - 1;
constexpr std::uint64_t lower_half_end   = 0x0000'7fff'ffff'ffff;
constexpr std::uint64_t upper_half_start = 0xffff'8000'0000'0000;

TEST(PhysAddr, has_52_bits) {
    EXPECT_EQ(PhysAddr{highest_physical}.value(), highest_physical);
    EXPECT_TRUE(fails([] { return PhysAddr{highest_physical + 1}; }));
    for (unsigned bit = 0; bit < 64; ++bit) {
        EXPECT_EQ(PhysAddr::checked(std::uint64_t{1} << bit).has_value(), bit < 52) << bit;
    }
}

TEST(PhysAddr, begins_as_zero) { EXPECT_EQ(PhysAddr{}.value(), 0); }

TEST(PhysAddr, adds_bytes) {
    EXPECT_EQ(PhysAddr{0x1000} + 0x234, PhysAddr{0x1234});
    EXPECT_EQ(PhysAddr{0} + highest_physical, PhysAddr{highest_physical});
}

TEST(PhysAddr, overflow_fails) {
    EXPECT_TRUE(fails([] { return PhysAddr{highest_physical} + 1; }));
    EXPECT_TRUE(fails([] { return PhysAddr{1} + highest_physical; }));
    EXPECT_TRUE(fails([] { return PhysAddr{1} + ~std::uint64_t{0}; }));  // wraps around to 0
    EXPECT_TRUE(fails([] { return PhysAddr{0x1000} + (0 - std::uint64_t{0x1000}); }));
}

TEST(PhysAddr, distance_is_not_negative) {
    EXPECT_EQ(PhysAddr{0x3000} - PhysAddr{0x1000}, 0x2000);
    EXPECT_EQ(PhysAddr{5} - PhysAddr{5}, 0);
    EXPECT_TRUE(fails([] { return PhysAddr{1} - PhysAddr{2}; }));
}

TEST(PhysAddr, prints_in_full_width) {
    EXPECT_EQ(std::format("{}", PhysAddr{0x10'0000}), "0x0000000000100000");
    EXPECT_EQ(std::format("{}", PhysAddr{0}), "0x0000000000000000");
}

TEST(VirtAddr, is_canonical) {
    for (auto const value : {std::uint64_t{0}, lower_half_end, upper_half_start, ~std::uint64_t{0}}) {
        EXPECT_EQ(VirtAddr{value}.value(), value);
        EXPECT_TRUE(VirtAddr::checked(value));
    }
    for (auto const value :
         {lower_half_end + 1, upper_half_start - 1, std::uint64_t{1} << 63, ~lower_half_end - 1}) {
        EXPECT_TRUE(fails([value] { return VirtAddr{value}; })) << value;
        EXPECT_FALSE(VirtAddr::checked(value)) << value;
    }
}

// Bits 63 to 48 must equal bit 47: one that differs is enough.
TEST(VirtAddr, no_upper_bit_may_differ) {
    for (unsigned bit = 48; bit < 64; ++bit) {
        EXPECT_FALSE(VirtAddr::checked(lower_half_end ^ (std::uint64_t{1} << bit))) << bit;
        EXPECT_FALSE(VirtAddr::checked(upper_half_start ^ (std::uint64_t{1} << bit))) << bit;
    }
}

TEST(VirtAddr, comes_from_a_pointer) {
    int const object = 0;
    EXPECT_EQ(VirtAddr{&object}.value(), std::bit_cast<std::uint64_t>(&object));
}

TEST(VirtAddr, adds_bytes_within_its_half) {
    EXPECT_EQ(VirtAddr{0x1000} + 0x234, VirtAddr{0x1234});
    EXPECT_EQ(VirtAddr{upper_half_start} + lower_half_end, VirtAddr{~std::uint64_t{0}});
}

TEST(VirtAddr, leaving_the_canonical_addresses_fails) {
    EXPECT_TRUE(fails([] { return VirtAddr{lower_half_end} + 1; }));
    EXPECT_TRUE(fails([] { return VirtAddr{~std::uint64_t{0}} + 1; }));
    EXPECT_TRUE(fails([] { return VirtAddr{upper_half_start} + ~std::uint64_t{0}; }));
}

TEST(VirtAddr, distance_is_not_negative) {
    EXPECT_EQ(VirtAddr{~std::uint64_t{0}} - VirtAddr{}, ~std::uint64_t{0});
    EXPECT_TRUE(fails([] { return VirtAddr{} - VirtAddr{1}; }));
}

TEST(VirtAddr, prints_in_full_width) {
    EXPECT_EQ(std::format("{}", layout::kernel_start), "0xffffffff80000000");
    EXPECT_EQ(std::format("{}", VirtAddr{0x1000}), "0x0000000000001000");
}

TEST(Layout, the_direct_map_begins_the_upper_half) {
    EXPECT_EQ(layout::direct_map_start, VirtAddr{upper_half_start});  // unless the kernel is moved
    EXPECT_LT(layout::direct_map_start + layout::boot_map_size, layout::kernel_start);
}

TEST(PhysRange, excludes_its_end) {
    auto const range = PhysRange::of_size(PhysAddr{0x1000}, 0x800);
    EXPECT_EQ(range, (PhysRange{PhysAddr{0x1000}, PhysAddr{0x1800}}));
    EXPECT_EQ(range.size(), 0x800);
    EXPECT_FALSE(range.is_empty());
}

TEST(PhysRange, may_be_empty) {
    EXPECT_TRUE((PhysRange{PhysAddr{7}, PhysAddr{7}}.is_empty()));
    EXPECT_TRUE(PhysRange{}.is_empty());
}

TEST(PhysRange, does_not_run_backwards) {
    EXPECT_TRUE(fails([] { return PhysRange{PhysAddr{2}, PhysAddr{1}}; }));
    EXPECT_TRUE(fails([] { return PhysRange::of_size(PhysAddr{highest_physical}, 2); }));
}

TEST(PhysRange, prints_both_ends) {
    EXPECT_EQ(std::format("{}", PhysRange::of_size(PhysAddr{0x1000}, 0x1000)),
              "0x0000000000001000 - 0x0000000000002000");
}

}  // namespace
}  // namespace pith
