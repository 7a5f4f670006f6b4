// One table: a header, fields, and all of it sums to zero.
//
//   +0  signature   +4  length   +8  revision   +9  what makes the sum zero   +10  OEM id   +16  ...
//   +36 the table's own fields
//
// Needs:     error, memory (windows).
// Promises:  a Table was read whole, and its sum is right. No read leaves it.
// Reference: ACPI Specification, "System Description Table Header".
#pragma once

#include "acpi/error.hpp"
#include "memory/physical_window.hpp"

#include <concepts>
#include <expected>

namespace pith::acpi {

// How tables are reached: bytes of physical memory, or nothing where they cannot be had.
template <typename T>
concept TableMemory = requires(T& memory, PhysAddr address, std::uint64_t size) {
    { memory.at(address, size) } -> std::same_as<std::optional<Bytes>>;
};
static_assert(TableMemory<PhysicalWindow const>);

struct Table {
    static constexpr std::uint64_t header_size = 36;
    // Larger than any that we know of: a length from outside is not to make us read gigabytes.
    static constexpr std::uint64_t max_size = std::uint64_t{16} << 20;

    PhysAddr address;
    Bytes bytes;

    // The field at `offset`. Whoever asks has made sure that the table reaches so far.
    template <typename Value>
    Value at(std::uint64_t offset) const {
        return load<Value>(bytes, offset).value();
    }
    bool reaches(std::uint64_t size) const { return bytes.size() >= size; }

    Signature signature() const { return Signature{at<std::array<char, 4>>(0)}; }
    std::uint8_t revision() const { return at<std::uint8_t>(8); }
    Letters<6> oem_id() const { return Letters<6>{at<std::array<char, 6>>(10)}; }

    std::unexpected<TableError> error(Problem problem, std::uint64_t offset, std::uint64_t value) const {
        return std::unexpected{TableError{problem, signature(), address.value(), offset, value}};
    }
    // The table, if it has all of `size` bytes.
    std::expected<Table, TableError> of_size(std::uint64_t size) const {
        if (!reaches(size)) return error(Problem::wrong_length, 4, bytes.size());
        return *this;
    }
    // The physical address `value`, which stands at `offset`.
    std::expected<PhysAddr, TableError> checked_address(std::uint64_t offset, std::uint64_t value) const {
        auto const found = PhysAddr::checked(value);
        if (!found) return error(Problem::address_too_large, offset, value);
        return *found;
    }
};

// The sum of all bytes, without what is carried over.
std::uint8_t sum_of(Bytes bytes);

// What the first bytes of a table say: whether it can be read at all.
std::expected<std::uint32_t, TableError> checked_length(PhysAddr address, Bytes header);
// The whole table, if its sum is right.
std::expected<Table, TableError> checked_sum(Table const& table);

// The table at `address`.
template <TableMemory Memory>
std::expected<Table, TableError> read_table(Memory& memory, PhysAddr address) {
    constexpr TableError unreachable{Problem::unreachable, Signature{"????"}, 0, 0, 0};
    auto const not_there = [&](std::uint64_t size) {
        auto error    = unreachable;
        error.address = address.value();
        error.value   = size;
        return std::unexpected{error};
    };
    auto const header = memory.at(address, Table::header_size);
    if (!header) return not_there(Table::header_size);
    auto const length = checked_length(address, *header);
    if (!length) return std::unexpected{length.error()};
    auto const all = memory.at(address, *length);
    if (!all) return not_there(*length);
    return checked_sum({address, *all});
}

}  // namespace pith::acpi
