// A view of physical memory: the only way from a physical address to what stands there.
//
// In the kernel there is one window, the direct map. In a test on the host it is an array that stands for
// physical memory, so whatever reads boot information through a window can be tested and fuzzed there.
//
// Needs:     base (bytes), address.
// Promises:  nothing outside the window is read.
#pragma once

#include "base/bytes.hpp"
#include "memory/address.hpp"
#include "memory/layout.hpp"

namespace pith {

class PhysicalWindow {
public:
    // `bytes` is what stands at physical address `start`.
    constexpr PhysicalWindow(PhysAddr start, Bytes bytes) : start_{start}, bytes_{bytes} {}

    // The `size` bytes at `address`, or nothing if they are not all inside the window.
    constexpr std::optional<Bytes> at(PhysAddr address, std::uint64_t size) const {
        if (address < start_) return std::nullopt;
        return slice(bytes_, address - start_, size);
    }

    // The text at `address` up to its zero byte, or nothing if it has none within `limit` bytes.
    std::optional<std::string_view> text_at(PhysAddr address, std::uint64_t limit) const {
        if (address < start_ || address - start_ >= bytes_.size()) return std::nullopt;
        auto const rest = bytes_.subspan(static_cast<std::size_t>(address - start_));
        return text_until_zero(
            rest.first(static_cast<std::size_t>(limit < rest.size() ? limit : rest.size())));
    }

private:
    PhysAddr start_;
    Bytes bytes_;
};

// The direct map as boot leaves it: the first 4 GiB. Only in the kernel, and only under the boot map is all
// of it there.
inline PhysicalWindow boot_window() {
// The kernel's own map has less: there a wrong address faults, and is explained.
// SAFETY: because the boot page tables (boot/page_tables.S) map exactly these addresses, and reading
// physical memory that is not there gives some number, not a fault.
#pragma clang unsafe_buffer_usage begin
    auto const* const first = reinterpret_cast<std::byte const*>(layout::direct_map_start.value());
    return {PhysAddr{0}, Bytes{first, layout::boot_map_size}};
#pragma clang unsafe_buffer_usage end
}

}  // namespace pith
