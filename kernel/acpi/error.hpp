// What can be wrong with a table: which table, where in it, and the value that stands there.
//
// Needs:     memory (addresses).
// Promises:  prints nothing but printable characters, whatever firmware left.
#pragma once

#include "base/bytes.hpp"
#include "memory/address.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <string_view>

namespace pith::acpi {

// Characters that firmware left in a field of fixed length: signatures, the maker's names.
template <std::size_t Length>
class Letters {
public:
    constexpr Letters() = default;
    constexpr explicit Letters(std::string_view text) { std::ranges::copy(text, letters_.begin()); }
    // What stands in `bytes`. What cannot be printed becomes a question mark, a zero a blank.
    explicit Letters(std::array<char, Length> const& bytes) {
        std::ranges::transform(bytes, letters_.begin(), [](char letter) {
            if (letter == '\0') return ' ';
            return letter >= ' ' && letter <= '~' ? letter : '?';
        });
    }

    // Without the blanks at the end.
    constexpr std::string_view view() const {
        std::string_view const all{letters_.data(), Length};
        return all.substr(0, all.find_last_not_of(' ') + 1);
    }
    constexpr bool operator==(Letters const&) const = default;

private:
    std::array<char, Length> letters_{};
};

using Signature = Letters<4>;

enum class Problem : std::uint8_t {
    unreachable,         // bytes that are not in memory, or cannot be mapped
    address_too_large,   // an address of more bits than its space has
    no_address,          // an address that must not be 0
    wrong_signature,     // another table than the address promised
    wrong_length,        // too small for the fields, or beyond all reason
    wrong_sum,           // the bytes do not sum to zero
    not_found,           // no root pointer where one is looked for
    leads_back,          // the list of tables names itself
    listed_twice,        // the list names a table again
    too_many_entries,    // the list is longer than max_entries
    ragged_entries,      // the list ends in the middle of an entry
    wrong_entry_length,  // an entry too small for its fields, or beyond the end of its table
    wrong_space,         // a register in an address space where it cannot be
    backward_range,      // bus numbers that end before they start
    no_soft_off,         // no package \_S5 with two sleep types
};

// What is wrong, in a few words.
std::string_view explain(Problem problem);

struct TableError {
    Problem problem;
    Signature table;
    std::uint64_t address;  // where the table begins
    std::uint64_t offset;   // where in the table
    std::uint64_t value;    // what stands there, as far as it is one number

    bool operator==(TableError const&) const = default;
};

}  // namespace pith::acpi

template <>
struct std::formatter<pith::acpi::TableError> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::acpi::TableError const& error, auto& context) const {
        return std::format_to(context.out(), "table {} at {:#x}, byte {}: {} ({:#x})", error.table.view(),
                              error.address, error.offset, explain(error.problem), error.value);
    }
};
