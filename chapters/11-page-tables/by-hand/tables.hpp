// #region numbers
#pragma once

#include "console/panic.hpp"
#include "console/print.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/fixup.hpp"
#include "frames/start.hpp"

#include <optional>

using namespace pith;
using console::println;

using Number = std::uint64_t;  // an address, physical or virtual, or an entry: who knows?
// (volatile: the processor reads the tables when the compiler does not look.)
using Table = std::array<Number volatile, 512>;

constexpr Number present = 1 << 0, writable = 1 << 1, large = 1 << 7, no_execute = Number{1} << 63;
constexpr Number address_bits = 0x000f'ffff'ffff'f000;

// How many bytes lie behind one entry of a table of this level.
constexpr Number span_of(int level) { return Number{4096} << (9 * (level - 1)); }

// Which entry of a table of this level an address goes through.
constexpr Number index_of(Number address, int level) { return address / span_of(level) % 512; }

// SAFETY: because the reader sees to it that a table is there.
inline Table& table_at(Number address) { return *reinterpret_cast<Table*>(address); }
// #endregion numbers

// #region walk
// Prints each entry that the processor reads on its way to `address`. Tables are seen through the direct map.
inline void print_walk(Number address) {
    println("the way to {:#018x}:", address);
    Number table = cpu::read_cr3() & address_bits;
    for (int level = 4; level >= 1; --level) {
        auto const index = index_of(address, level);
        auto const entry = table_at(DIRECT_MAP_START + table)[index];
        println("  level {}: the table at {:#x} has in entry {:3} {:#x}", level, table, index, entry);
        if ((entry & present) == 0 || (entry & large) != 0) return;
        table = entry & address_bits;
    }
}
// #endregion walk

// #region recursive
constexpr Number slot = 257;

// Bits 48 to 63 become copies of bit 47.
constexpr Number sign_extended(Number address) {
    return static_cast<Number>(static_cast<std::int64_t>(address << 16) >> 16);
}

// Where the root appears, and the table that an entry of the table at `table` leads to.
constexpr Number root = sign_extended(slot << 39 | slot << 30 | slot << 21 | slot << 12);
constexpr Number below(Number table, Number index) { return sign_extended(table << 9 | index << 12); }

static_assert(root == 0xffff'80c0'6030'1000);
static_assert(below(root, 36) == 0xffff'80c0'6022'4000);

inline void make_root_recursive() {
    Number const cr3 = cpu::read_cr3() & address_bits;
    // For the last time through the direct map.
    table_at(DIRECT_MAP_START + cr3)[slot] = cr3 | present | writable | no_execute;
}
// #endregion recursive

// #region translate
inline std::optional<Number> translate(Number address) {
    Number table = root;
    for (int level = 4; level >= 1; --level) {
        auto const entry = table_at(table)[index_of(address, level)];
        if ((entry & present) == 0) return std::nullopt;
        if (level == 1 || (entry & large) != 0) {
            auto const inside = span_of(level) - 1;
            return (entry & address_bits & ~inside) | (address & inside);
        }
        table = below(table, index_of(address, level));
    }
    return std::nullopt;
}
// #endregion translate

// #region map
// A frame, as a number: from here on nobody counts who has it.
inline Number take_frame() {
    auto frame = frames::take<PageSize::kib_4>();
    if (!frame) console::panic("{}", frames::explain(frame.error()));
    return std::move(*frame).disown().value();
}

inline void map(Number page, Number frame, Number flags) {
    Number table = root;
    for (int level = 4; level >= 2; --level) {
        auto const index  = index_of(page, level);
        auto const next   = below(table, index);
        bool const is_new = (table_at(table)[index] & present) == 0;
        if (is_new) {
            table_at(table)[index] = take_frame() | present | writable;
            for (auto& entry : table_at(next)) entry = 0;
            cpu::flush_all_pages();  // for a moment the frame's old bytes were a table
        }
        table = next;
    }
    table_at(table)[index_of(page, 1)] = frame | flags | present;
}

// SAFETY: because this is how we find out what is there.
inline Number volatile& number_at(Number address) { return *reinterpret_cast<Number volatile*>(address); }
// #endregion map

// #region unmap
// Takes the page out of its table, and returns the frame that it led to.
inline Number unmap(Number page) {
    Number table = root;
    for (int level = 4; level >= 2; --level) table = below(table, index_of(page, level));
    auto& entry      = table_at(table)[index_of(page, 1)];
    auto const frame = entry & address_bits;
    entry            = 0;
    return frame;
}
// #endregion unmap
