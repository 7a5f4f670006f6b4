// Reading out of bytes, windows onto physical memory, and the fixed vector: nothing outside is reached.
#include "base/bytes.hpp"
#include "base/fixed_vector.hpp"
#include "memory/physical_window.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <memory>
#include <vector>

namespace pith {
namespace {

constexpr auto huge = std::numeric_limits<std::uint64_t>::max();

std::vector<std::byte> bytes_of(std::string_view text) {
    auto const view = std::as_bytes(std::span{text});
    return {view.begin(), view.end()};
}

TEST(Slice, gives_what_is_inside) {
    auto const bytes = bytes_of("abcdef");
    EXPECT_EQ(slice(bytes, 0, 6)->size(), 6);
    EXPECT_EQ(slice(bytes, 2, 3)->front(), std::byte{'c'});
    EXPECT_EQ(slice(bytes, 6, 0)->size(), 0);
}

TEST(Slice, refuses_what_leaves_the_bytes) {
    auto const bytes = bytes_of("abcdef");
    EXPECT_FALSE(slice(bytes, 0, 7));
    EXPECT_FALSE(slice(bytes, 6, 1));
    EXPECT_FALSE(slice(bytes, 7, 0));
}

TEST(Slice, no_sum_overflows) {
    auto const bytes = bytes_of("abcdef");
    EXPECT_FALSE(slice(bytes, 1, huge));
    EXPECT_FALSE(slice(bytes, huge, 1));
    EXPECT_FALSE(slice(bytes, huge, huge));
    EXPECT_FALSE(slice(bytes, huge - 2, 4));
}

TEST(Load, reads_little_endian_numbers_at_any_alignment) {
    auto const bytes = bytes_of("\x01\x02\x03\x04\x05\x06\x07\x08\x09");
    EXPECT_EQ(load<std::uint8_t>(bytes, 0), 1);
    EXPECT_EQ(load<std::uint16_t>(bytes, 1), 0x0302);
    EXPECT_EQ(load<std::uint32_t>(bytes, 3), 0x0706'0504U);
    EXPECT_EQ(load<std::uint64_t>(bytes, 1), 0x0908'0706'0504'0302U);
}

TEST(Load, needs_all_bytes_of_a_number) {
    auto const bytes = bytes_of("12345678");
    EXPECT_TRUE(load<std::uint64_t>(bytes, 0));
    for (std::uint64_t const offset : {std::uint64_t{1}, std::uint64_t{8}, huge - 3, huge}) {
        EXPECT_FALSE(load<std::uint64_t>(bytes, offset)) << offset;
    }
    EXPECT_FALSE(load<std::uint8_t>(Bytes{}, 0));
}

TEST(Load, reads_records) {
    struct Pair {
        std::uint16_t first, second;
    };
    auto const pair = load<Pair>(bytes_of("\x01\x02\x03\x04"), 0);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->first, 0x0201);
    EXPECT_EQ(pair->second, 0x0403);
}

TEST(TextUntilZero, ends_before_the_first_zero) {
    using namespace std::string_view_literals;
    auto const bytes = bytes_of("one\0two\0"sv);
    EXPECT_EQ(text_until_zero(bytes), "one");
    EXPECT_EQ(text_until_zero(Bytes{bytes}.subspan(4)), "two");
    EXPECT_EQ(text_until_zero(Bytes{bytes}.subspan(7)), "");
}

TEST(TextUntilZero, needs_a_zero) {
    EXPECT_FALSE(text_until_zero(bytes_of("one")));
    EXPECT_FALSE(text_until_zero(Bytes{}));
}

TEST(PhysicalWindow, gives_what_is_inside) {
    auto const bytes = bytes_of("abcdef");
    PhysicalWindow const window{PhysAddr{0x1000}, bytes};
    EXPECT_EQ(window.at(PhysAddr{0x1000}, 6)->size(), 6);
    EXPECT_EQ(window.at(PhysAddr{0x1005}, 1)->front(), std::byte{'f'});
    EXPECT_TRUE(window.at(PhysAddr{0x1006}, 0));
}

TEST(PhysicalWindow, refuses_what_is_outside) {
    auto const bytes = bytes_of("abcdef");
    PhysicalWindow const window{PhysAddr{0x1000}, bytes};
    EXPECT_FALSE(window.at(PhysAddr{0xfff}, 1));
    EXPECT_FALSE(window.at(PhysAddr{0x1000}, 7));
    EXPECT_FALSE(window.at(PhysAddr{0x1006}, 1));
    EXPECT_FALSE(window.at(PhysAddr{0x1000}, huge));
    EXPECT_FALSE(window.at(PhysAddr{(std::uint64_t{1} << 52) - 1}, 1));
}

TEST(PhysicalWindow, gives_texts_up_to_a_limit) {
    using namespace std::string_view_literals;
    auto const bytes = bytes_of("..name\0endless"sv);
    PhysicalWindow const window{PhysAddr{0x1000}, bytes};
    EXPECT_EQ(window.text_at(PhysAddr{0x1002}, 100), "name");
    EXPECT_EQ(window.text_at(PhysAddr{0x1002}, 5), "name");
    EXPECT_FALSE(window.text_at(PhysAddr{0x1002}, 4));
    EXPECT_FALSE(window.text_at(PhysAddr{0x1007}, huge));
    EXPECT_FALSE(window.text_at(PhysAddr{0xfff}, 100));
    EXPECT_FALSE(window.text_at(PhysAddr{0x1000 + 14}, 100));
}

TEST(FixedVector, begins_empty) {
    FixedVector<int, 3> const vector;
    EXPECT_TRUE(vector.empty());
    EXPECT_EQ(vector.size(), 0);
    EXPECT_EQ(vector.capacity(), 3);
    EXPECT_EQ(vector.begin(), vector.end());
}

TEST(FixedVector, keeps_its_elements_in_order) {
    FixedVector<int, 3> vector;
    for (int const number : {1, 2, 3}) EXPECT_TRUE(vector.try_push_back(number));
    EXPECT_EQ(std::vector<int>(vector.begin(), vector.end()), (std::vector{1, 2, 3}));
    EXPECT_EQ(vector[2], 3);
}

TEST(FixedVector, a_full_one_stays_as_it_was) {
    FixedVector<int, 2> vector;
    for (int const number : {1, 2}) EXPECT_TRUE(vector.try_push_back(number));
    EXPECT_FALSE(vector.try_push_back(3));
    EXPECT_EQ(std::vector<int>(vector.begin(), vector.end()), (std::vector{1, 2}));
}

TEST(FixedVector, moves_what_cannot_be_copied) {
    FixedVector<std::unique_ptr<int>, 1> vector;
    ASSERT_TRUE(vector.try_push_back(std::make_unique<int>(7)));
    EXPECT_EQ(*vector[0], 7);
}

TEST(FixedVector, works_at_compile_time) {
    static constexpr auto vector = [] {
        FixedVector<int, 4> result;
        static_cast<void>(result.try_push_back(5));
        return result;
    }();
    static_assert(vector.size() == 1 && vector[0] == 5);
}

TEST(FixedVectorDeathTest, no_index_beyond_its_size) {
    FixedVector<int, 4> vector;
    ASSERT_TRUE(vector.try_push_back(1));
    EXPECT_DEATH(static_cast<void>(vector[1]), "");
}

}  // namespace
}  // namespace pith
