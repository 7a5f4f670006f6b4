// Entries of any length in a fixed place: the newest stay, the oldest make room.
//
//   place, counted on and on; where it lies is what remains when it is divided by the capacity
//
//        begin                                               end
//     ---+--------+--------+------+--------+--------+------+---+---
//        | Header | source | text | Header | source | text | ...
//     ---+--------+--------+------+--------+--------+------+---+---
//
// Needs:     entry.
// Promises:  never allocates. A reader never leaves the memory, whatever stands there; one that waited too
//            long goes on with the oldest entry there is. Between any two writes of `add`, what lies between
//            begin and end is whole: a panic may read while `add` is interrupted.
#pragma once

#include "log/entry.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <span>

namespace pith::log {

inline constexpr std::size_t longest_source = 16, longest_text = 240;

// Where a reader keeps what it has read.
using Room = std::array<char, longest_source + longest_text>;

// How far a reader has come.
struct Cursor {
    std::uint64_t number = 0;  // of the next entry
    std::uint64_t place  = 0;

    constexpr bool operator==(Cursor const&) const = default;
};

template <std::size_t capacity>
    requires(std::has_single_bit(capacity))
class Ring {
public:
    // Source and text are cut where they are too long.
    void add(Message const& message) {
        auto const source = message.source.substr(0, longest_source);
        auto const text   = message.text.substr(0, longest_text);
        Header const header{.time        = message.time.value_or(no_time).count(),
                            .text_size   = static_cast<std::uint16_t>(text.size()),
                            .source_size = static_cast<std::uint8_t>(source.size()),
                            .level       = message.level,
                            .showing     = message.showing};
        make_room(header.total());
        write(end_.place, std::as_bytes(std::span{&header, 1}));
        write(end_.place + sizeof header, std::as_bytes(std::span{source}));
        write(end_.place + sizeof header + source.size(), std::as_bytes(std::span{text}));
        std::atomic_signal_fence(std::memory_order_seq_cst);
        end_ = {.number = end_.number + 1, .place = end_.place + header.total()};
    }

    // The entry at `cursor`, which then goes on to the next; nothing behind the newest. If that entry is
    // gone, the oldest that there is. Its texts lie in `room`.
    std::optional<Entry> read(Cursor& cursor, Room& room) const {
        if (cursor.place < begin_.place) cursor = begin_;
        auto const header = header_at(cursor.place);
        if (!header) return std::nullopt;
        auto const texts = std::span{room}.first(header->texts());
        read(cursor.place + sizeof(Header), std::as_writable_bytes(texts));
        std::string_view const all{texts};
        Entry const entry{.number  = cursor.number,
                          .message = {.level   = header->level,
                                      .showing = header->showing,
                                      .time    = header->when(),
                                      .source  = all.substr(0, header->source_size),
                                      .text    = all.substr(header->source_size)}};
        cursor = {.number = cursor.number + 1, .place = cursor.place + header->total()};
        return entry;
    }

    Cursor begin() const { return begin_; }
    Cursor end() const { return end_; }

private:
    static constexpr std::chrono::nanoseconds no_time = std::chrono::nanoseconds::min();

    struct Header {
        std::int64_t time;
        std::uint16_t text_size;
        std::uint8_t source_size;
        Level level;
        Showing showing;
        std::array<std::uint8_t, 3> unused{};

        std::size_t texts() const { return std::size_t{source_size} + text_size; }
        std::size_t total() const { return sizeof(Header) + texts(); }
        Time when() const {
            std::chrono::nanoseconds const read{time};
            return read == no_time ? Time{} : Time{read};
        }
        // Whether `add` can have written it.
        bool is_sound() const {
            return source_size <= longest_source && text_size <= longest_text && level <= Level::error &&
                   showing <= Showing::kept;
        }
    };
    static_assert(sizeof(Header) == 16 && capacity >= 2 * (sizeof(Header) + longest_source + longest_text));

    void make_room(std::size_t size) {
        while (end_.place + size - begin_.place > capacity) {
            auto const oldest = header_at(begin_.place);
            begin_ = oldest ? Cursor{.number = begin_.number + 1, .place = begin_.place + oldest->total()}
                            : end_;  // it was overwritten: begin anew
        }
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    // Nothing if there is none, or what stands there is none.
    std::optional<Header> header_at(std::uint64_t place) const {
        if (place > end_.place || end_.place - place < sizeof(Header)) return std::nullopt;
        Header header;
        read(place, std::as_writable_bytes(std::span{&header, 1}));
        if (!header.is_sound() || end_.place - place < header.total()) return std::nullopt;
        return header;
    }

    // The bytes from `place` on are in two pieces if they go beyond the end.
    static std::size_t index_of(std::uint64_t place) { return static_cast<std::size_t>(place % capacity); }
    static std::size_t first_piece(std::uint64_t place, std::size_t size) {
        return std::min(size, capacity - index_of(place));
    }
    void write(std::uint64_t place, std::span<std::byte const> from) {
        auto const first = first_piece(place, from.size());
        std::ranges::copy(from.first(first), std::span{bytes_}.subspan(index_of(place)).begin());
        std::ranges::copy(from.subspan(first), bytes_.begin());
    }
    void read(std::uint64_t place, std::span<std::byte> into) const {
        auto const first = first_piece(place, into.size());
        std::ranges::copy(std::span{bytes_}.subspan(index_of(place), first), into.begin());
        std::ranges::copy(std::span{bytes_}.first(into.size() - first), into.subspan(first).begin());
    }

    Cursor begin_, end_;
    std::array<std::byte, capacity> bytes_{};
};

}  // namespace pith::log
