// The firmware's memory map, as the loader passes it on: claims, not facts.
//
// Areas may overlap, be empty, come in any order and wrap around. Whoever takes memory from the map decides
// what to believe (frames/); here they are only read.
//
// Needs:     base (bytes).
// Promises:  reading any index below size() stays inside the bytes.
// Reference: Multiboot2 Specification, "Memory map"; Xen's hvm_memmap_table_entry has the same fields at the
//            same offsets; ACPI Specification, "INT 15H, E820H - Query System Address Map" for the kinds.
#pragma once

#include "base/bytes.hpp"
#include "base/fail.hpp"

#include <ranges>

namespace pith::boot {

enum class MemoryKind : std::uint32_t {
    usable = 1,
    reserved,
    acpi_tables,
    acpi_storage,
    defective,
};

// The kind in words; "reserved" for the others, some of which newer firmware names.
constexpr std::string_view name_of(MemoryKind kind) {
    switch (kind) {
        case MemoryKind::usable:       return "usable";
        case MemoryKind::acpi_tables:  return "ACPI tables";
        case MemoryKind::acpi_storage: return "ACPI storage";
        case MemoryKind::defective:    return "defective";
        case MemoryKind::reserved:     break;
    }
    return "reserved";
}

// One claim: `size` bytes from physical address `start`. Plain numbers, because nothing was checked.
struct MemoryArea {
    std::uint64_t start;
    std::uint64_t size;
    MemoryKind kind;
};

class MemoryMap {
public:
    // What an entry has at least: start, size, kind and 4 bytes that are reserved.
    static constexpr std::uint64_t min_entry_size = 24;
    // What is read: to find each range of usable memory, all areas are looked through. Firmware describes some ten; a few
    // hundred under UEFI.
    static constexpr std::uint64_t max_size = 1024;

    constexpr MemoryMap() = default;
    // `entries` are entries of `entry_size` bytes each; what remains at the end is not an entry.
    constexpr MemoryMap(Bytes entries, std::uint64_t entry_size)
        : entries_{entries}, entry_size_{entry_size} {
        require(entry_size >= min_entry_size, "entries of a memory map have at least 24 bytes");
    }

    constexpr std::uint64_t size() const { return entries_.size() / entry_size_; }

    MemoryArea operator[](std::uint64_t index) const {
        require(index < size(), "the memory map has no entry of that number");
        auto const entry = entries_.subspan(static_cast<std::size_t>(index * entry_size_), min_entry_size);
        return {.start = *load<std::uint64_t>(entry, 0),
                .size  = *load<std::uint64_t>(entry, 8),
                .kind  = MemoryKind{*load<std::uint32_t>(entry, 16)}};
    }

    // All areas, for `for (MemoryArea area : map.areas())`.
    auto areas() const& {
        return std::views::iota(std::uint64_t{0}, size()) |
               std::views::transform([this](std::uint64_t index) { return (*this)[index]; });
    }
    auto areas() const&& = delete;  // the areas refer to the map

private:
    Bytes entries_;
    std::uint64_t entry_size_ = min_entry_size;
};

}  // namespace pith::boot
