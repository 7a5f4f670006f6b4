// Size classes: blocks come in few sizes, so that a freed one fits the next request.
//
//   8, 16, 32, 48, ... 128      in steps of 16, the default alignment
//   144, 160, 176, ... 256      then eight in each doubling: at most a ninth of a block is lost
//   ...
//   4608, 5120, 5632, ... 8192
//
// Blocks that are aligned to their size have classes of their own: 32, 64, ... 8192.
//
// Needs:     nothing.
// Promises:  class_of(size) is the smallest class that has room for `size` bytes.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace pith::heap {

// #region classes
inline constexpr std::size_t largest_small_block = 8192;

using SizeClass = std::uint8_t;

// Computed: the doubling that the size is in, and which eighth of that.
constexpr SizeClass computed_class(std::size_t size) {
    if (size <= 8) return 0;
    if (size <= 128) return static_cast<SizeClass>((size + 15) / 16);
    auto const doubling = static_cast<std::size_t>(std::bit_width(size - 1)) - 8;  // 129 to 256: 0
    auto const eighth   = (size - 1) >> (doubling + 4) & 7;
    return static_cast<SizeClass>(9 + 8 * doubling + eighth);
}
// #endregion classes

inline constexpr std::size_t plain_class_count   = computed_class(largest_small_block) + 1;
inline constexpr std::size_t smallest_aligned    = 32;
inline constexpr std::size_t aligned_class_count = std::bit_width(largest_small_block / smallest_aligned);
inline constexpr std::size_t class_count         = plain_class_count + aligned_class_count;

constexpr bool is_aligned(SizeClass size_class) { return size_class >= plain_class_count; }

constexpr std::size_t block_size(SizeClass size_class) {
    if (is_aligned(size_class)) return smallest_aligned << (size_class - plain_class_count);
    if (size_class == 0) return 8;
    if (size_class <= 8) return std::size_t{16} * size_class;
    auto const doubling = static_cast<std::size_t>(size_class - 9) / 8;
    auto const eighth   = static_cast<std::size_t>(size_class - 9) % 8;
    return (9 + eighth) << (doubling + 4);
}

// #region table
inline constexpr auto class_table = [] {
    std::array<SizeClass, largest_small_block / 8 + 1> table{};
    for (std::size_t index = 0; index < table.size(); ++index) table[index] = computed_class(index * 8);
    return table;
}();

// `size` is at most largest_small_block.
constexpr SizeClass class_of(std::size_t size) {
    auto const found = class_table[(size + 7) / 8];
    [[assume(found < plain_class_count)]];  // so that nobody checks it again
    return found;
}
// #endregion table

// `size` is from smallest_aligned to largest_small_block.
constexpr SizeClass aligned_class_of(std::size_t size) {
    return static_cast<SizeClass>(plain_class_count + static_cast<std::size_t>(std::bit_width(size - 1)) -
                                  std::bit_width(smallest_aligned - 1));
}

}  // namespace pith::heap
