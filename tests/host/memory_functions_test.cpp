// The memory functions beside simple models of themselves: every small size at every alignment, every byte
// around them looked at, and unreadable pages on either side.
#include "runtime/memory_functions.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <random>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pith::runtime {
namespace {

using Bytes   = std::span<std::uint8_t>;
using Storage = std::vector<std::uint8_t>;

constexpr std::size_t alignments = 16;
constexpr std::size_t small_size = 300;
constexpr std::size_t guard      = 64;
constexpr auto large_sizes       = std::to_array<std::size_t>(
    {511, 512, 513, 519, 520, 1000, 1023, 1024, 1025, 4095, 4096, 4097, 65'535, 65'536, 65'543, 1'000'003});

// Bytes that differ from their neighbours, and from those one or more words away.
void fill_with_noise(Bytes bytes, std::uint32_t seed) {
    std::minstd_rand random{seed};
    std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random() >> 8); });
}

Storage noise(std::size_t size, std::uint32_t seed) {
    Storage bytes(size);
    fill_with_noise(bytes, seed);
    return bytes;
}

// All sizes to be tried: each small one, and some large ones.
std::vector<std::size_t> all_sizes() {
    std::vector<std::size_t> sizes;
    for (std::size_t size = 0; size <= small_size; ++size) sizes.push_back(size);
    sizes.insert(sizes.end(), large_sizes.begin(), large_sizes.end());
    return sizes;
}

int sign(int value) { return (value > 0) - (value < 0); }

int model_compare(std::span<std::uint8_t const> left, std::span<std::uint8_t const> right) {
    for (auto const [a, b] : std::views::zip(left, right)) {
        if (a != b) return a < b ? -1 : 1;
    }
    return 0;
}

// Some pages between two that can be neither read nor written.
class FencedPages {
public:
    FencedPages() : all_{map()} {
        mprotect(all_.data(), page, PROT_NONE);
        mprotect(all_.last(page).data(), page, PROT_NONE);
    }
    FencedPages(FencedPages const&)            = delete;
    FencedPages& operator=(FencedPages const&) = delete;
    ~FencedPages() { munmap(all_.data(), all_.size()); }

    Bytes first(std::size_t size) { return inside().first(size); }
    Bytes last(std::size_t size) { return inside().last(size); }

private:
    static constexpr std::size_t page = 4096;

    static Bytes map() {
        constexpr std::size_t size = 4 * page;
        void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc{};
        // SAFETY: because mmap gave exactly `size` bytes.
#pragma clang unsafe_buffer_usage begin
        return {static_cast<std::uint8_t*>(memory), size};
#pragma clang unsafe_buffer_usage end
    }
    Bytes inside() { return all_.subspan(page, all_.size() - 2 * page); }

    Bytes all_;
};

// --- Copying ---

using Copy = void* (*)(void*, void const*, std::size_t);

void expect_copy(Copy copy, std::size_t size, std::size_t to, std::size_t from) {
    Storage const source = noise(from + size, 1);
    Storage target       = noise(to + size + guard, 2);
    Storage expected     = target;
    std::ranges::copy(std::span{source}.subspan(from), Bytes{expected}.subspan(to).begin());
    auto* const destination = Bytes{target}.subspan(to).data();
    ASSERT_EQ(copy(destination, std::span{source}.subspan(from).data(), size), destination);
    ASSERT_TRUE(target == expected) << "size " << size << ", to " << to << ", from " << from;
}

class Copying : public testing::TestWithParam<Copy> {};

TEST_P(Copying, matches_the_model_at_all_small_sizes_and_alignments) {
    for (std::size_t size = 0; size <= small_size; ++size) {
        for (std::size_t to = 0; to < alignments; ++to) {
            for (std::size_t from = 0; from < alignments; ++from) {
                ASSERT_NO_FATAL_FAILURE(expect_copy(GetParam(), size, guard + to, from));
            }
        }
    }
}

TEST_P(Copying, matches_the_model_at_large_sizes) {
    for (auto const size : large_sizes) {
        for (std::size_t to = 0; to < alignments; to += 3) {
            for (std::size_t from = 0; from < alignments; from += 5) {
                ASSERT_NO_FATAL_FAILURE(expect_copy(GetParam(), size, guard + to, from));
            }
        }
    }
}

TEST_P(Copying, onto_itself_changes_nothing) {
    for (auto const size : all_sizes()) {
        Storage bytes        = noise(size, 3);
        Storage const before = bytes;
        GetParam()(bytes.data(), bytes.data(), size);
        ASSERT_TRUE(bytes == before) << size;
    }
}

TEST_P(Copying, nothing_needs_no_memory) { EXPECT_EQ(GetParam()(nullptr, nullptr, 0), nullptr); }

TEST_P(Copying, stays_within_fences) {
    FencedPages from;
    FencedPages to;
    for (auto const size : all_sizes() | std::views::filter([](auto size) { return size <= 4097; })) {
        for (auto const& source : {from.first(size), from.last(size)}) {
            for (auto const& target : {to.first(size), to.last(size)}) {
                fill_with_noise(source, static_cast<std::uint32_t>(size));
                GetParam()(target.data(), source.data(), size);
                ASSERT_TRUE(std::ranges::equal(source, target)) << size;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Both, Copying, testing::Values(copy_memory, move_memory),
                         [](auto const& instance) { return instance.index == 0 ? "copy" : "move"; });

void expect_move(std::size_t size, std::size_t to, std::size_t from) {
    Storage bytes    = noise(std::max(to, from) + size + guard, 4);
    Storage expected = bytes;
    Storage const moved(Bytes{bytes}.subspan(from, size).begin(), Bytes{bytes}.subspan(from, size).end());
    std::ranges::copy(moved, Bytes{expected}.subspan(to).begin());
    auto* const destination = Bytes{bytes}.subspan(to).data();
    ASSERT_EQ(move_memory(destination, Bytes{bytes}.subspan(from).data(), size), destination);
    ASSERT_TRUE(bytes == expected) << "size " << size << ", to " << to << ", from " << from;
}

TEST(MoveMemory, moves_overlapping_ranges_both_ways) {
    constexpr std::size_t reach = 40;
    for (std::size_t size = 0; size <= small_size; ++size) {
        for (std::size_t from = guard; from < guard + alignments; from += 3) {
            for (std::size_t to = from - reach; to <= from + reach; ++to) {
                ASSERT_NO_FATAL_FAILURE(expect_move(size, to, from));
            }
        }
    }
}

TEST(MoveMemory, moves_large_overlapping_ranges_both_ways) {
    constexpr std::size_t start = 5000;
    for (auto const size : large_sizes) {
        for (auto const apart : std::to_array<std::size_t>({1, 7, 8, 31, 32, 33, 500, 511, 512, 513, 4096})) {
            ASSERT_NO_FATAL_FAILURE(expect_move(size, start, start + apart));
            ASSERT_NO_FATAL_FAILURE(expect_move(size, start + apart, start));
        }
    }
}

TEST(MoveMemory, matches_the_model_at_random) {
    std::mt19937 random{5};
    std::uniform_int_distribution<std::size_t> place{0, 2000};
    for (int round = 0; round < 20'000; ++round) {
        ASSERT_NO_FATAL_FAILURE(expect_move(place(random), guard + place(random), guard + place(random)));
    }
}

// --- Filling ---

void expect_fill(std::size_t size, std::size_t to, int value) {
    Storage target   = noise(to + size + guard, 6);
    Storage expected = target;
    std::ranges::fill(Bytes{expected}.subspan(to, size), static_cast<std::uint8_t>(value));
    auto* const destination = Bytes{target}.subspan(to).data();
    ASSERT_EQ(fill_memory(destination, value, size), destination);
    ASSERT_TRUE(target == expected) << "size " << size << ", to " << to << ", value " << value;
}

TEST(FillMemory, matches_the_model_at_all_sizes_and_alignments) {
    for (auto const size : all_sizes()) {
        for (std::size_t to = guard; to < guard + alignments; ++to) {
            ASSERT_NO_FATAL_FAILURE(expect_fill(size, to, static_cast<int>(size)));
        }
    }
}

TEST(FillMemory, uses_the_low_eight_bits) {
    for (int const value : {0, 1, 0x7f, 0x80, 0xff, 0x1ab, -1, -128}) {
        for (auto const size : std::to_array<std::size_t>({1, 3, 5, 9, 17, 33, 65, 600})) {
            ASSERT_NO_FATAL_FAILURE(expect_fill(size, guard + 1, value));
        }
    }
}

TEST(FillMemory, of_nothing_needs_no_memory) { EXPECT_EQ(fill_memory(nullptr, 1, 0), nullptr); }

TEST(FillMemory, stays_within_fences) {
    FencedPages pages;
    for (auto const size : all_sizes() | std::views::filter([](auto size) { return size <= 4097; })) {
        for (auto const& target : {pages.first(size), pages.last(size)}) {
            fill_memory(target.data(), 0x5a, size);
            ASSERT_TRUE(std::ranges::all_of(target, [](auto byte) { return byte == 0x5a; })) << size;
        }
    }
}

// --- Comparing ---

int compare(std::span<std::uint8_t const> left, std::span<std::uint8_t const> right) {
    return sign(compare_memory(left.data(), right.data(), left.size()));
}

TEST(CompareMemory, finds_equal_ranges_equal_at_all_alignments) {
    for (std::size_t size = 0; size <= small_size; ++size) {
        for (std::size_t a = 0; a < alignments; ++a) {
            for (std::size_t b = 0; b < alignments; ++b) {
                // Each ends where its memory ends: what reads too far is caught.
                Storage left(a + size, 0x55);
                Storage right(b + size, 0x55);
                ASSERT_EQ(compare(Bytes{left}.subspan(a), Bytes{right}.subspan(b)), 0) << size;
            }
        }
    }
}

TEST(CompareMemory, is_decided_by_the_first_difference) {
    for (std::size_t size = 1; size <= small_size; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            Storage left  = noise(size, 7);
            Storage right = left;
            for (auto& byte : Bytes{right}.subspan(place)) byte = static_cast<std::uint8_t>(~byte);
            for (auto& byte : Bytes{right}.subspan(place + 1)) byte = 0;
            auto const expected = model_compare(left, right);
            ASSERT_EQ(compare(left, right), expected) << size << " at " << place;
            ASSERT_EQ(compare(right, left), -expected) << size << " at " << place;
        }
    }
}

TEST(CompareMemory, compares_bytes_without_sign) {
    for (auto const size : std::to_array<std::size_t>({1, 2, 3, 4, 7, 8, 9, 15, 16, 40})) {
        for (std::size_t place = 0; place < size; ++place) {
            Storage low(size, 0x20);
            Storage high(size, 0x20);
            low.at(place)  = 0x7f;
            high.at(place) = 0x80;
            ASSERT_EQ(compare(low, high), -1) << size << " at " << place;
            ASSERT_EQ(compare(high, low), 1) << size << " at " << place;
        }
    }
}

TEST(CompareMemory, matches_the_model_at_random) {
    std::mt19937 random{8};
    std::uniform_int_distribution<std::size_t> any_size{0, 100};
    std::uniform_int_distribution<std::size_t> any_offset{0, alignments - 1};
    for (std::uint32_t round = 0; round < 50'000; ++round) {
        auto const size = any_size(random);
        Storage left    = noise(any_offset(random) + size, 9);
        Storage right   = noise(any_offset(random) + size, 9);
        auto const a    = Bytes{left}.last(size);
        auto const b    = Bytes{right}.last(size);
        std::ranges::copy(a.first(size - std::min(size, any_offset(random))), b.begin());
        ASSERT_EQ(compare(a, b), model_compare(a, b)) << round;
    }
}

TEST(CompareMemory, stays_within_fences) {
    FencedPages lefts;
    FencedPages rights;
    for (std::size_t size = 0; size <= small_size; ++size) {
        for (auto const& left : {lefts.first(size), lefts.last(size)}) {
            for (auto const& right : {rights.first(size), rights.last(size)}) {
                ASSERT_EQ(compare(left, right), 0) << size;
            }
        }
    }
}

// --- Searching ---

TEST(FindByte, finds_the_first_of_several_and_only_inside) {
    for (std::size_t size = 0; size <= small_size; ++size) {
        Storage bytes(size + 1, 'a');
        bytes.back() = 'x';
        ASSERT_EQ(find_byte(bytes.data(), 'x', size), nullptr) << size;
        for (std::size_t place = 0; place < size; ++place) {
            Storage marked                = bytes;
            marked.at(place)              = 'x';
            marked.at((place + size) / 2) = 'x';
            ASSERT_EQ(find_byte(marked.data(), 'x', size), &marked.at(place)) << size << " at " << place;
        }
    }
}

TEST(FindByte, looks_for_the_low_eight_bits) {
    Storage const bytes{1, 0x80, 0xff, 0};
    EXPECT_EQ(find_byte(bytes.data(), -1, bytes.size()), &bytes.at(2));
    EXPECT_EQ(find_byte(bytes.data(), 0x180, bytes.size()), &bytes.at(1));
    EXPECT_EQ(find_byte(bytes.data(), 0x100, bytes.size()), &bytes.at(3));
    EXPECT_EQ(find_byte(nullptr, 'x', 0), nullptr);
}

TEST(FindByte, reads_nothing_behind_what_it_finds) {
    FencedPages pages;
    auto const bytes = pages.last(small_size);
    bytes.back()     = 'x';
    for (std::size_t start = 0; start < bytes.size(); ++start) {
        ASSERT_EQ(find_byte(bytes.subspan(start).data(), 'x', SIZE_MAX), &bytes.back()) << start;
    }
}

// --- Text ---

TEST(TextLength, counts_up_to_the_first_zero) {
    FencedPages pages;
    for (std::size_t length = 0; length <= small_size; ++length) {
        auto const bytes = pages.last(length + 1);
        std::ranges::fill(bytes, std::uint8_t{0x80});
        bytes.back() = 0;
        // SAFETY: because any object may be looked at as `char`.
        ASSERT_EQ(text_length(reinterpret_cast<char const*>(bytes.data())), length);
    }
    EXPECT_EQ(text_length("one\0two"), 3u);
}

TEST(CompareText, agrees_with_the_C_library) {
    std::vector<std::string> const texts{"",       "a",      "b",    "ab",   "aa",  "abc",
                                         "ab\x80", "ab\x7f", "\xff", "\x01", "abcd"};
    for (auto const& left : texts) {
        for (auto const& right : texts) {
            auto const* const a = left.c_str();
            auto const* const b = right.c_str();
            EXPECT_EQ(sign(compare_text(a, b)), sign(std::strcmp(a, b))) << left << " and " << right;
            for (std::size_t size = 0; size < 7; ++size) {
                EXPECT_EQ(sign(compare_text(a, b, size)), sign(std::strncmp(a, b, size)))
                    << left << " and " << right << " to " << size;
            }
        }
    }
}

TEST(CompareText, reads_nothing_behind_the_zero_or_the_size) {
    FencedPages pages;
    auto const bytes = pages.last(4);
    std::ranges::copy(std::string_view{"abcd"}, bytes.begin());
    // SAFETY: because any object may be looked at as `char`.
    auto const* const text = reinterpret_cast<char const*>(bytes.data());
    EXPECT_EQ(compare_text(text, "abcdef", 4), 0);
    bytes.back() = 0;
    EXPECT_EQ(compare_text(text, "abc"), 0);
    EXPECT_EQ(compare_text(text, "abc", SIZE_MAX), 0);
    EXPECT_LT(compare_text(text, "abcd", SIZE_MAX), 0);
}

}  // namespace
}  // namespace pith::runtime
