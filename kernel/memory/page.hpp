// Pages: pieces of the address space, in the three sizes that the processor can map.
//
// Needs:     address.
// Promises:  a Page begins at a multiple of its size.
// Reference: Intel SDM vol. 3A "4-Level Paging and 5-Level Paging".
#pragma once

#include "memory/address.hpp"

#include <utility>

namespace pith {

// #region sizes
// The value is the size in bytes.
enum class PageSize : std::uint64_t {
    kib_4 = std::uint64_t{1} << 12,
    mib_2 = std::uint64_t{1} << 21,
    gib_1 = std::uint64_t{1} << 30,
};

constexpr std::uint64_t bytes_in(PageSize size) { return std::to_underlying(size); }

inline constexpr std::uint64_t page_bytes = bytes_in(PageSize::kib_4);
// #endregion sizes

// `address` up or down to a multiple of `unit`, a power of two.
constexpr std::uint64_t round_up(std::uint64_t address, std::uint64_t unit) {
    return (address + unit - 1) & ~(unit - 1);
}
constexpr std::uint64_t round_down(std::uint64_t address, std::uint64_t unit) {
    return address & ~(unit - 1);
}
constexpr bool is_multiple(std::uint64_t address, std::uint64_t unit) { return (address & (unit - 1)) == 0; }

// #region page
template <PageSize Size>
class Page {
public:
    // Fails if `start` is no multiple of the size.
    constexpr explicit Page(VirtAddr start) : start_{start} {
        require(is_multiple(start.value(), bytes_in(Size)), "a page begins at a multiple of its size");
    }
    static constexpr Page containing(VirtAddr address) {
        return Page{VirtAddr{round_down(address.value(), bytes_in(Size))}};
    }

    constexpr VirtAddr start() const { return start_; }
    constexpr auto operator<=>(Page const&) const = default;

private:
    VirtAddr start_;
};
// #endregion page

// Pages of 4 KiB in a row, as the addresses from the first to the end of the last. They may reach the top of
// the address space, whose end no address names: so the last byte's page is kept, not the one behind it.
class PageRange {
public:
    using Small = Page<PageSize::kib_4>;

    constexpr PageRange(Small first, std::uint64_t count) : first_{first}, count_{count} {
        require(count > 0 && (count - 1) <= (~first.start().value()) / page_bytes,
                "a range of pages is empty, or leaves the address space");
        // Both ends lie in the same half: what is between them would not be canonical.
        require(((first.start().value() ^ last().start().value()) >> 63) == 0,
                "a range of pages spans both halves");
    }
    static constexpr PageRange of_bytes(VirtAddr start, std::uint64_t bytes) {
        require(is_multiple(bytes, page_bytes), "a range of pages is a multiple of 4096 bytes long");
        return {Small{start}, bytes / page_bytes};
    }

    constexpr Small first() const { return first_; }
    constexpr Small last() const { return Small{first_.start() + (count_ - 1) * page_bytes}; }
    constexpr VirtAddr start() const { return first_.start(); }
    constexpr std::uint64_t count() const { return count_; }
    constexpr std::uint64_t bytes() const { return count_ * page_bytes; }
    constexpr bool operator==(PageRange const&) const = default;

private:
    Small first_;
    std::uint64_t count_;
};

static_assert(sizeof(Page<PageSize::kib_4>) == 8);
static_assert(round_up(4097, page_bytes) == 8192 && round_down(4097, page_bytes) == 4096);

}  // namespace pith
