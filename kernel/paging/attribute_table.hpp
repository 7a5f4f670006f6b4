// The page attribute table: which memory type the caching bits of a page's entry choose.
//
//     the entry's bits       memory type
//     PAT  un-   write       after a reset     ours
//          cached through
//      0    0     0          write-back        write-back
//      0    0     1          write-through     write-combining
//      0    1     0          uncached-minus    uncached-minus
//      0    1     1          uncached          uncached
//      1    x     x          the same again
//
// Nobody wants write-through, so its place is free for what a framebuffer wants, and no entry needs the PAT
// bit, which stands elsewhere in a large page. The memory type range registers, which firmware sets, have a
// say, too: uncached there and write-combining here makes write-combining.
//
// Needs:     cpu (MSRs, CPUID).
// Reference: Intel SDM vol. 3A "Page Attribute Table (PAT)", "Programming the PAT".
#pragma once

#include <array>
#include <cstdint>

namespace pith::paging {

enum class MemoryType : std::uint8_t {
    uncached        = 0,
    write_combining = 1,
    write_through   = 4,
    write_protected = 5,
    write_back      = 6,
    uncached_minus  = 7,  // uncached, unless the memory type range registers say write-combining
};

// The register's value: a byte for each of the eight places.
constexpr std::uint64_t attribute_table(std::array<MemoryType, 8> const& types) {
    std::uint64_t value = 0;
    for (std::size_t index = types.size(); index-- > 0;)
        value = value << 8 | static_cast<std::uint64_t>(types[index]);
    return value;
}

inline constexpr std::array after_reset{
    MemoryType::write_back, MemoryType::write_through, MemoryType::uncached_minus, MemoryType::uncached,
    MemoryType::write_back, MemoryType::write_through, MemoryType::uncached_minus, MemoryType::uncached};
inline constexpr std::array our_memory_types{
    MemoryType::write_back, MemoryType::write_combining, MemoryType::uncached_minus, MemoryType::uncached,
    MemoryType::write_back, MemoryType::write_combining, MemoryType::uncached_minus, MemoryType::uncached};

static_assert(attribute_table(after_reset) == 0x0007'0406'0007'0406);
static_assert(attribute_table(our_memory_types) == 0x0007'0106'0007'0106);

// Makes the bits mean what Caching says, where the processor has such a table. No page may be in use whose
// entry has the write-through bit alone: boot's have not. CR3 must be loaded next, for translations keep
// their types.
void choose_memory_types();

}  // namespace pith::paging
