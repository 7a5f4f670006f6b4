// Size classes: blocks come in few sizes, so that a freed one fits the next request.
//
//   8, 16, 32, 48, ... 128      in steps of 16, the default alignment
//   160, 192, 224, 256          then four in each doubling: at most a fifth of a block is lost
//   ...
//   5120, 6144, 7168, 8192
//
// Needs:     nothing.
// Promises:  class_of(size) is the smallest class that has room for `size` bytes.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace pith::heap {

inline constexpr std::size_t largest_small_block = 8192;

using SizeClass = std::uint8_t;

// Computed: the doubling that the size is in, and which quarter of that.
constexpr SizeClass computed_class(std::size_t size) {
    if (size <= 8) return 0;
    if (size <= 128) return static_cast<SizeClass>((size + 15) / 16);
    auto const doubling = static_cast<std::size_t>(std::bit_width(size - 1)) - 8;  // 129 to 256: 0
    auto const quarter  = (size - 1) >> (doubling + 5) & 3;
    return static_cast<SizeClass>(9 + 4 * doubling + quarter);
}

constexpr std::size_t block_size(SizeClass size_class) {
    if (size_class == 0) return 8;
    if (size_class <= 8) return std::size_t{16} * size_class;
    auto const doubling = static_cast<std::size_t>(size_class - 9) / 4;
    auto const quarter  = static_cast<std::size_t>(size_class - 9) % 4;
    return (5 + quarter) << (doubling + 5);
}

inline constexpr std::size_t class_count = computed_class(largest_small_block) + 1;

inline constexpr auto class_table = [] {
    std::array<SizeClass, largest_small_block / 8 + 1> table{};
    for (std::size_t index = 0; index < table.size(); ++index) table[index] = computed_class(index * 8);
    return table;
}();

// `size` is at most largest_small_block.
constexpr SizeClass class_of(std::size_t size) {
    auto const found = class_table[(size + 7) / 8];
    [[assume(found < class_count)]];  // so that nobody checks it again
    return found;
}

static_assert([] {
    for (std::size_t size = 1; size <= largest_small_block; ++size) {
        auto const found = class_of(size);
        if (block_size(found) < size || (found > 0 && block_size(found - 1) >= size)) return false;
    }
    return class_count == 33 && block_size(class_count - 1) == largest_small_block;
}());

}  // namespace pith::heap
