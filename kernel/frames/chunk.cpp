#include "frames/chunk.hpp"

#include <algorithm>

namespace pith::frames {
namespace {

// #region blocks
constexpr unsigned order_of_word = 6;  // 2^6 frames are a word

// A bit where a block of 2^order bits would begin.
constexpr std::uint64_t beginnings(unsigned order) {
    return order == order_of_word ? 1 : ~std::uint64_t{0} / ((std::uint64_t{1} << (1U << order)) - 1);
}
static_assert(beginnings(0) == ~std::uint64_t{0} && beginnings(1) == 0x5555'5555'5555'5555 &&
              beginnings(3) == 0x0101'0101'0101'0101 && beginnings(5) == 0x1'0000'0001);

// From where blocks of 2^(order-1) ones begin to where those of 2^order do: two side by side are one.
constexpr std::uint64_t joined(std::uint64_t blocks, unsigned order) {
    return blocks & blocks >> (1U << (order - 1)) & beginnings(order);
}

// Where blocks of 2^order ones begin.
constexpr std::uint64_t blocks_in(std::uint64_t word, unsigned order) {
    for (unsigned step = 1; step <= order; ++step) word = joined(word, step);
    return word;
}
// How large a block is in the word: n for one of 2^(n-1) ones, and none of 2^n.
constexpr unsigned room_of(std::uint64_t word) {
    if (word == ~std::uint64_t{0}) return order_of_word + 1;
    unsigned room = 0;
    for (; word != 0; word = joined(word, room)) ++room;
    return room;
}

static_assert(blocks_in(0b1111'0110, 1) == 0b0101'0000 && blocks_in(~std::uint64_t{0}, 6) == 1);
static_assert(room_of(0) == 0 && room_of(0b1000) == 1 && room_of(0b0110) == 1 && room_of(0b1100) == 2 &&
              room_of(~std::uint64_t{1}) == 6 && room_of(~std::uint64_t{0}) == 7);
// #endregion blocks

}  // namespace

template <typename Visit>
void Chunk::for_each_word(std::uint64_t first, std::uint64_t count, Visit&& visit) {
    require(first < frames && count <= frames - first, "a chunk has 512 frames");
    for (auto const end = first + count; first < end;) {
        auto const bit  = first % frames_per_word;
        auto const here = std::min(end - first, frames_per_word - bit);
        visit(first / frames_per_word, (~std::uint64_t{0} >> (frames_per_word - here)) << bit);
        first += here;
    }
}

Chunk::Chunk(PhysAddr start, PhysRange usable) : start_{start} {
    give(index_of(usable.start()), usable.size() / page_bytes);
}

bool Chunk::any_free(std::uint64_t first, std::uint64_t count) const {
    bool found = false;
    for_each_word(first, count,
                  [&](std::uint64_t word, std::uint64_t mask) { found |= (free_[word] & mask) != 0; });
    return found;
}

bool Chunk::all_free(std::uint64_t first, std::uint64_t count) const {
    bool all = true;
    for_each_word(first, count,
                  [&](std::uint64_t word, std::uint64_t mask) { all &= (free_[word] & mask) == mask; });
    return all;
}

// #region find
void Chunk::note(std::uint64_t word) {
    constexpr std::uint64_t bit_in_each_byte = 0x01'0101'0101'0101;
    auto const column                        = bit_in_each_byte << word;
    auto const room                          = room_of(free_[word]);
    // The lowest `room` bytes have the bit.
    summary_ = (summary_ & ~column) | (column & ((std::uint64_t{1} << (8 * room)) - 1));
}

std::uint64_t Chunk::words_that_begin(unsigned order) const {
    return blocks_in(words_with(order_of_word), order - order_of_word);
}

void Chunk::note_room() {
    // The highest byte that is not 0.
    room_ = static_cast<std::uint32_t>((71 - std::countl_zero(summary_)) / 8);
    if (room_ <= order_of_word) return;
    for (unsigned order = largest_order; order > order_of_word; --order) {
        if (words_that_begin(order) == 0) continue;
        room_ = order + 1;
        return;
    }
}

std::optional<std::uint64_t> Chunk::find_block(unsigned order) const {
    auto const candidates = order < order_of_word ? words_with(order) : words_that_begin(order);
    if (candidates == 0) return std::nullopt;
    auto const word  = static_cast<std::uint64_t>(std::countr_zero(candidates));
    auto const where = blocks_in(free_[word], std::min(order, order_of_word));
    return word * frames_per_word + static_cast<std::uint64_t>(std::countr_zero(where));
}
// #endregion find

std::optional<std::uint64_t> Chunk::find_run(std::uint64_t count, std::uint64_t alignment) const {
    if (count > count_) return std::nullopt;
    std::uint64_t length = 0;
    for (std::uint64_t index = 0; index < frames; ++index) {
        bool const is_free = (free_[index / frames_per_word] >> (index % frames_per_word) & 1) != 0;
        bool const fits    = length > 0 || index % alignment == 0;
        length             = is_free && fits ? length + 1 : 0;
        if (length == count) return index + 1 - count;
    }
    return std::nullopt;
}

void Chunk::take_all() {
    free_.fill(0);
    summary_ = 0;
    room_    = 0;
    count_   = 0;
}

void Chunk::give_all() {
    free_.fill(~std::uint64_t{0});
    summary_ = 0xff'ffff'ffff'ffff;
    room_    = largest_order + 1;
    count_   = frames;
}

// #region change
void Chunk::take(std::uint64_t first, std::uint64_t count) {
    if (count == frames) return take_all();
    for_each_word(first, count, [&](std::uint64_t word, std::uint64_t mask) {
        free_[word] &= ~mask;
        note(word);
    });
    note_room();
    count_ -= static_cast<std::uint32_t>(count);
}

void Chunk::give(std::uint64_t first, std::uint64_t count) {
    if (count == frames) return give_all();
    for_each_word(first, count, [&](std::uint64_t word, std::uint64_t mask) {
        free_[word] |= mask;
        note(word);
    });
    note_room();
    count_ += static_cast<std::uint32_t>(count);
}
// #endregion change

// #region word
Chunk::Word Chunk::take_word() {
    require(summary_ != 0, "nothing is free in this chunk");
    auto const broken = words_with(0) & ~words_with(order_of_word);
    auto const index  = static_cast<std::uint64_t>(std::countr_zero(broken != 0 ? broken : words_with(0)));
    auto const free   = std::exchange(free_[index], 0);
    note(index);
    note_room();
    count_ -= static_cast<std::uint32_t>(std::popcount(free));
    return {index, free};
}

void Chunk::give_word(Word word) {
    free_[word.index] |= word.free;
    note(word.index);
    note_room();
    count_ += static_cast<std::uint32_t>(std::popcount(word.free));
}
// #endregion word

}  // namespace pith::frames
