// What goes into an entry comes out of it, proved for each combination. This stands here and not in the header, where
// everybody who includes it would prove it again, and wait some seconds for it.
#include "paging/entry.hpp"

#include "paging/each_kind.hpp"

namespace pith::paging {
namespace {

template <int Level>
constexpr bool round_trips() {
    constexpr PhysAddr start{std::uint64_t{0xabcd} << 30};
    bool all_right = true;
    for_each_kind([&](Rights rights, Backing backing, Reach reach) {
        auto const entry = Entry<Level>::page(start, rights, backing, reach);
        all_right &= entry.rights() == rights && entry.address() == start && entry.backing() == backing &&
                     entry.is_global() == (reach == Reach::all_spaces) && entry.is_page() &&
                     !entry.is_table() && entry.with(rights) == entry;
        for_each_rights([&](Rights other) {
            all_right &= entry.with(other) == Entry<Level>::page(start, other, backing, reach);
        });
    });
    return all_right;
}

static_assert(sizeof(Entry<1>) == 8 && sizeof(Entry<4>) == 8);
static_assert(round_trips<1>() && round_trips<2>() && round_trips<3>());
static_assert(!Entry<1>{}.is_present() && !Entry<1>{}.is_page());
static_assert(Entry<4>::table(PhysAddr{0x5000}, Owner::user).raw() == 0x5007);
static_assert(Entry<2>::table(PhysAddr{0x5000}, Owner::kernel).is_table());
static_assert(Entry<1>::page(PhysAddr{0x1000}, {.access = Access::read_write}, Backing::borrowed,
                             Reach::all_spaces)
                  .raw() == 0x8000'0000'0000'1103);
static_assert(Entry<2>::page(PhysAddr{0x20'0000}, {.access = Access::read_execute}, Backing::owned,
                             Reach::one_space)
                  .raw() == 0x20'0281);
static_assert(Entry<2>::page(PhysAddr{0x20'0000},
                             {.access = Access::read_write, .caching = Caching::write_combining},
                             Backing::borrowed, Reach::all_spaces)
                  .raw() == 0x8000'0000'0020'018b);
static_assert(Entry<1>::page(PhysAddr{0x1000}, {.access = Access::shadow_stack}, Backing::borrowed,
                             Reach::one_space)
                  .raw() == 0x8000'0000'0000'1041);
// Only what is asked to be a shadow stack is one.
static_assert(Entry<1>{0x8000'0000'0000'1043}.with({.access = Access::read}).rights().access == Access::read);
// Bit 12 of a large page is no address.
static_assert(Entry<2>{0x20'1081}.address() == PhysAddr{0x20'0000} &&
              Entry<2>{0x20'1081}.uses_attribute_table());
// Where the page is split, that bit stands elsewhere in the parts.
static_assert(Entry<3>{0x4000'1083}.first_part() == Entry<2>{0x4000'1083} &&
              Entry<2>{0x4000'1083}.first_part() == Entry<1>{0x4000'0083} &&
              Entry<2>{0x4000'0083}.first_part() == Entry<1>{0x4000'0003});

constexpr bool counts() {
    auto entry = Entry<2>::table(PhysAddr{0x5000}, Owner::kernel);
    entry.add_used(512);
    if (entry.used() != 512 || entry.address() != PhysAddr{0x5000} || !entry.is_executable()) return false;
    entry.remove_used(512);
    return entry == Entry<2>::table(PhysAddr{0x5000}, Owner::kernel);
}
static_assert(counts());

}  // namespace
}  // namespace pith::paging
