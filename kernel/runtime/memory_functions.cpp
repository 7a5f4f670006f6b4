#include "runtime/memory_functions.hpp"

#include "cpu/string_instructions.hpp"

#include <cstdint>

// Compiled with -fno-builtin: else the compiler sees that a loop copies, and calls memcpy, which is this.
//
// What loops stands in functions of its own, which are jumped to (`musttail`): else the short way through,
// for the small sizes, would pay for the registers that the loops need.
namespace pith::runtime {
namespace {

using Byte = std::uint8_t;
using Half = std::uint32_t;
using Word = std::uint64_t;
using Pair = unsigned __int128;  // two words, in two registers

// Up to here nothing loops: a range is covered by as many numbers from its start as up to its end, which
// overlap in its middle. Thirteen bytes, by two words:
//
//     byte    0 1 2 3 4 5 6 7 8 9 a b c
//     first   * * * * * * * *
//     last              * * * * * * * *
constexpr std::size_t small = 64;

// What a loop does in one round.
constexpr std::size_t block = 2 * sizeof(Pair);

// From here on a repeated instruction does it, which takes some tens of cycles to start: measured on a Zen 5,
// it equals the loop at 600 to 1000 bytes. Where instructions are counted (QEMU's icount) it always wins.
constexpr std::size_t large = 512;

// A number at an address that need not be aligned, in memory of any type.
template <typename Number>
struct [[gnu::packed, gnu::may_alias]] Anywhere {
    Number value;
};

// SAFETY: because the callers below keep what they reach through the result within the range they were given.
#pragma clang unsafe_buffer_usage begin
void const* at(void const* base, std::size_t offset) { return static_cast<std::byte const*>(base) + offset; }
void* at(void* base, std::size_t offset) { return static_cast<std::byte*>(base) + offset; }
#pragma clang unsafe_buffer_usage end

template <typename Number>
Number load(void const* base, std::size_t offset) {
    return static_cast<Anywhere<Number> const*>(at(base, offset))->value;
}

template <typename Number>
void store(void* base, std::size_t offset, Number value) {
    static_cast<Anywhere<Number>*>(at(base, offset))->value = value;
}

// How far `to` lies above `from`; far too much if it lies below.
std::size_t distance(void const* from, void const* to) {
    // SAFETY: because the two are only subtracted, as numbers, and need not belong to one object.
    return reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from);
}

// The bytes from `memory` up to the next whole word.
std::size_t until_aligned(void const* memory) { return distance(memory, nullptr) % sizeof(Word); }

// --- Copying ---

// Up to `small` all is read before anything is written: so the ranges may overlap.
template <typename Number>
void copy_ends(void* destination, void const* source, std::size_t size) {
    auto const first = load<Number>(source, 0);
    auto const last  = load<Number>(source, size - sizeof(Number));
    store(destination, 0, first);
    store(destination, size - sizeof(Number), last);
}

void copy_four_pairs(void* destination, void const* source, std::size_t size) {
    auto const first  = load<Pair>(source, 0);
    auto const second = load<Pair>(source, 16);
    auto const third  = load<Pair>(source, size - 32);
    auto const fourth = load<Pair>(source, size - 16);
    store(destination, 0, first);
    store(destination, 16, second);
    store(destination, size - 32, third);
    store(destination, size - 16, fourth);
}

[[gnu::always_inline]] inline void copy_small(void* destination, void const* source, std::size_t size) {
    if (size > 32) return copy_four_pairs(destination, source, size);
    if (size >= 16) return copy_ends<Pair>(destination, source, size);
    if (size >= 8) return copy_ends<Word>(destination, source, size);
    if (size >= 4) return copy_ends<Half>(destination, source, size);
    if (size >= 2) return copy_ends<std::uint16_t>(destination, source, size);
    if (size == 1) store(destination, 0, load<Byte>(source, 0));
}

void copy_block(void* destination, void const* source, std::size_t offset) {
    auto const first  = load<Pair>(source, offset);
    auto const second = load<Pair>(source, offset + sizeof(Pair));
    store(destination, offset, first);
    store(destination, offset + sizeof(Pair), second);
}

[[gnu::noinline]] void* copy_medium(void* destination, void const* source, std::size_t size) {
    for (std::size_t done = 0; done < size - block; done += block) copy_block(destination, source, done);
    copy_block(destination, source, size - block);
    return destination;
}

// Whole aligned words in the middle, and the ragged ends as one word each, read before the middle may
// overwrite them. From the lowest address up: so it also moves to a destination below the source.
[[gnu::noinline]] void* copy_large(void* destination, void const* source, std::size_t size) {
    auto const first   = load<Word>(source, 0);
    auto const last    = load<Word>(source, size - sizeof(Word));
    auto const skipped = until_aligned(destination);
    cpu::copy_words(at(destination, skipped), at(source, skipped), (size - skipped) / sizeof(Word));
    store(destination, 0, first);
    store(destination, size - sizeof(Word), last);
    return destination;
}

// As copy_medium, to a destination below the source. Its last block, too, is read before it is overwritten.
[[gnu::noinline]] void* move_down_medium(void* destination, void const* source, std::size_t size) {
    auto const first  = load<Pair>(source, size - 32);
    auto const second = load<Pair>(source, size - 16);
    for (std::size_t done = 0; done < size - block; done += block) copy_block(destination, source, done);
    store(destination, size - 32, first);
    store(destination, size - 16, second);
    return destination;
}

// From the highest address down, for a destination above the source.
[[gnu::noinline]] void* move_up(void* destination, void const* source, std::size_t size) {
    auto const first  = load<Pair>(source, 0);
    auto const second = load<Pair>(source, 16);
    for (std::size_t left = size; left > block; left -= block) copy_block(destination, source, left - block);
    store(destination, 0, first);
    store(destination, 16, second);
    return destination;
}

// --- Filling ---

Word repeated(int value) { return static_cast<Byte>(value) * Word{0x0101'0101'0101'0101}; }

template <typename Number>
void fill_ends(void* destination, Word pattern, std::size_t size) {
    store(destination, 0, static_cast<Number>(pattern));
    store(destination, size - sizeof(Number), static_cast<Number>(pattern));
}

void fill_block(void* destination, Word pattern, std::size_t offset) {
    store(destination, offset, pattern);
    store(destination, offset + 8, pattern);
    store(destination, offset + 16, pattern);
    store(destination, offset + 24, pattern);
}

void fill_four_words(void* destination, Word pattern, std::size_t size) {
    store(destination, 0, pattern);
    store(destination, 8, pattern);
    store(destination, size - 16, pattern);
    store(destination, size - 8, pattern);
}

void fill_small(void* destination, Word pattern, std::size_t size) {
    if (size >= block) {
        fill_block(destination, pattern, 0);
        return fill_block(destination, pattern, size - block);
    }
    if (size >= 16) return fill_four_words(destination, pattern, size);
    if (size >= 8) return fill_ends<Word>(destination, pattern, size);
    if (size >= 4) return fill_ends<Half>(destination, pattern, size);
    if (size >= 2) return fill_ends<std::uint16_t>(destination, pattern, size);
    if (size == 1) store(destination, 0, static_cast<Byte>(pattern));
}

[[gnu::noinline]] void* fill_medium(void* destination, int value, std::size_t size) {
    auto const pattern = repeated(value);
    for (std::size_t done = 0; done < size - block; done += block) fill_block(destination, pattern, done);
    fill_block(destination, pattern, size - block);
    return destination;
}

[[gnu::noinline]] void* fill_large(void* destination, int value, std::size_t size) {
    auto const pattern = repeated(value);
    auto const skipped = until_aligned(destination);
    fill_ends<Word>(destination, pattern, size);
    cpu::fill_words(at(destination, skipped), pattern, (size - skipped) / sizeof(Word));
    return destination;
}

// --- Comparing ---

int order(Word left, Word right) { return static_cast<int>(left > right) - static_cast<int>(left < right); }

bool are_equal_blocks(void const* left, void const* right, std::size_t offset) {
    auto const first  = load<Pair>(left, offset) ^ load<Pair>(right, offset);
    auto const second = load<Pair>(left, offset + sizeof(Pair)) ^ load<Pair>(right, offset + sizeof(Pair));
    return (first | second) == 0;
}

// Eight bytes as a number that compares as they do: the first counts most.
Word load_comparable(void const* memory, std::size_t offset) {
    return __builtin_bswap64(load<Word>(memory, offset));
}

// The same of fewer than eight. Some bytes may be in it twice, which changes no comparison.
Word load_few_comparable(void const* memory, std::size_t size) {
    if (size >= 4) {
        Word const first = __builtin_bswap32(load<Half>(memory, 0));
        return first << 32 | __builtin_bswap32(load<Half>(memory, size - 4));
    }
    if (size == 0) return 0;
    Word const first = load<Byte>(memory, 0);
    return first << 16 | Word{load<Byte>(memory, size / 2)} << 8 | load<Byte>(memory, size - 1);
}

}  // namespace

void* copy_memory(void* destination, void const* source, std::size_t size) {
    if (size >= large) {
        [[clang::musttail]] return copy_large(destination, source, size);
    }
    if (size > small) {
        [[clang::musttail]] return copy_medium(destination, source, size);
    }
    copy_small(destination, source, size);
    return destination;
}

void* move_memory(void* destination, void const* source, std::size_t size) {
    if (size > small) {
        if (distance(source, destination) < size) {
            [[clang::musttail]] return move_up(destination, source, size);
        }
        if (size >= large) {
            [[clang::musttail]] return copy_large(destination, source, size);
        }
        [[clang::musttail]] return move_down_medium(destination, source, size);
    }
    copy_small(destination, source, size);
    return destination;
}

void* fill_memory(void* destination, int value, std::size_t size) {
    if (size >= large) {
        [[clang::musttail]] return fill_large(destination, value, size);
    }
    if (size > small) {
        [[clang::musttail]] return fill_medium(destination, value, size);
    }
    fill_small(destination, repeated(value), size);
    return destination;
}

int compare_memory(void const* left, void const* right, std::size_t size) {
    if (size < sizeof(Word)) return order(load_few_comparable(left, size), load_few_comparable(right, size));
    auto const last    = size - sizeof(Word);
    std::size_t offset = 0;
    while (size - offset >= block && are_equal_blocks(left, right, offset)) offset += block;
    for (; offset < last; offset += sizeof(Word)) {
        if (load<Word>(left, offset) != load<Word>(right, offset)) {
            return order(load_comparable(left, offset), load_comparable(right, offset));
        }
    }
    return order(load_comparable(left, last), load_comparable(right, last));
}

void const* find_byte(void const* memory, int value, std::size_t size) {
    for (std::size_t offset = 0; offset < size; ++offset) {
        if (load<Byte>(memory, offset) == static_cast<Byte>(value)) return at(memory, offset);
    }
    return nullptr;
}

std::size_t text_length(char const* text) {
    std::size_t length = 0;
    while (load<char>(text, length) != '\0') ++length;
    return length;
}

int compare_text(char const* left, char const* right) { return compare_text(left, right, SIZE_MAX); }

int compare_text(char const* left, char const* right, std::size_t size) {
    for (std::size_t offset = 0; offset < size; ++offset) {
        auto const a = load<Byte>(left, offset);
        auto const b = load<Byte>(right, offset);
        if (a != b || a == 0) return int{a} - int{b};
    }
    return 0;
}

}  // namespace pith::runtime
