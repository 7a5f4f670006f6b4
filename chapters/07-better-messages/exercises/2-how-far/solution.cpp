#include "cpu/fixup.hpp"
#include "exercise.hpp"

using pith::VirtAddr;

// Whether a byte can be read is the same for all bytes of a page.
std::uint64_t readable(VirtAddr from, std::uint64_t most) {
    constexpr std::uint64_t page_size = 4096;
    std::uint64_t count               = 0;
    while (count < most) {
        auto const address = VirtAddr::checked(from.value() + count);
        if (!address || address->value() < from.value()) break;  // not canonical, or behind the last address
        if (!pith::cpu::try_read<std::uint8_t>(*address)) break;
        auto const rest_of_page = page_size - address->value() % page_size;
        count += rest_of_page < most - count ? rest_of_page : most - count;
    }
    return count;
}
