#include "demand.hpp"

#include "findings.hpp"
#include "paging/kernel_map.hpp"

namespace pith::endurance {
namespace {

using Small = Page<PageSize::kib_4>;

constexpr VirtAddr demand_area{0xffff'f000'0000'0000};
constexpr std::uint64_t pages_a_table = 4, table_bytes = std::uint64_t{1} << 21;

bool is_on_demand(VirtAddr address) {
    for (std::uint64_t number = 0; number < demand_pages; ++number) {
        if (demand_page(number) == Small::containing(address)) return true;
    }
    return false;
}

}  // namespace

Small demand_page(std::uint64_t number) {
    return Small{demand_area + number / pages_a_table * table_bytes + number % pages_a_table * page_bytes};
}

bool map_on_demand(std::uint64_t address, exceptions::PageFaultError error) {
    auto const touched = VirtAddr::checked(address);
    if (!touched || error.is_present() || !is_on_demand(*touched)) return false;
    auto frame = frames::take<PageSize::kib_4>();
    if (!frame) return false;
    auto const mapped = paging::with_kernel_space([&](auto& space, auto& frames) {
        return space.map(Small::containing(*touched), *std::move(frame), {paging::Access::read_write},
                         frames);
    });
    if (!mapped) frames::give(*std::move(frame));
    return mapped.has_value();
}

void make_read_only(Small page) {
    paging::with_kernel_space([&](auto& space, auto& frames) {
        auto stale      = space.stale_pages(frames);
        auto const done = space.protect({page, 1}, {paging::Access::read}, frames, stale);
        stale.flush();
        expect("a page is made read-only", done.has_value());
    });
}

void unmap(Small page) {
    paging::with_kernel_space([&](auto& space, auto& frames) {
        auto stale = space.unmap(page);
        expect("a page that was touched is mapped", stale.has_value());
        if (stale) frames.give((*std::move(stale)).flush(frames));
    });
}

}  // namespace pith::endurance
