// Entries of page tables: what cannot be said by a static_assert.
#include "paging/entry.hpp"

#include "failure.hpp"
#include "paging/each_kind.hpp"
#include "paging/errors.hpp"

#include <gtest/gtest.h>

#include <format>

namespace pith::paging {
namespace {

using pith::testing::fails;

template <int Level>
bool page_at_fails(std::uint64_t address) {
    return fails([&] {
        return Entry<Level>::page(PhysAddr{address}, Rights{}, Backing::borrowed, Reach::one_space).raw();
    });
}

TEST(Entry, page_begins_at_a_multiple_of_its_size) {
    EXPECT_FALSE(page_at_fails<1>(0x1000));
    EXPECT_TRUE(page_at_fails<1>(0x1001));
    EXPECT_FALSE(page_at_fails<2>(0x20'0000));
    EXPECT_TRUE(page_at_fails<2>(0x10'0000));
    EXPECT_FALSE(page_at_fails<3>(0x4000'0000));
    EXPECT_TRUE(page_at_fails<3>(0x2000'0000));
}

TEST(Entry, table_begins_at_a_multiple_of_4096) {
    EXPECT_TRUE(fails([] { return Entry<2>::table(PhysAddr{0x1800}, Owner::kernel).raw(); }));
}

TEST(Entry, that_is_writable_and_executable_has_no_rights) {
    EXPECT_TRUE(fails([] { return Entry<1>{0x1003}.rights().access; }));
}

TEST(Entry, counts_no_less_than_nothing) {
    EXPECT_TRUE(fails([] {
        auto entry = Entry<2>::table(PhysAddr{0x1000}, Owner::kernel);
        entry.add_used(2);
        entry.remove_used(3);
        return entry.used();
    }));
}

// Never writable and executable, whatever is asked for.
TEST(Entry, is_writable_or_executable) {
    for_each_kind([](Rights rights, Backing backing, Reach reach) {
        auto const entry = Entry<2>::page(PhysAddr{0x20'0000}, rights, backing, reach);
        EXPECT_FALSE(entry.is_writable() && entry.is_executable());
        EXPECT_EQ(entry.is_writable(), rights.access == Access::read_write);
        EXPECT_EQ(entry.is_executable(), rights.access == Access::read_execute);
        EXPECT_EQ(entry.is_user(), rights.owner == Owner::user);
        EXPECT_EQ(entry.is_uncached(), rights.caching == Caching::uncached);
        EXPECT_EQ(entry.is_write_through(), rights.caching != Caching::write_back);
        EXPECT_EQ(entry.caching(), rights.caching);
    });
}

TEST(Entry, with_other_rights_keeps_what_the_processor_wrote) {
    auto const page =
        Entry<1>::page(PhysAddr{0x5000}, {.access = Access::read_write}, Backing::owned, Reach::all_spaces);
    Entry<1> const used{page.raw() | bits::accessed | bits::dirty};
    EXPECT_EQ(used.with({.access = Access::read_write}).raw(), used.raw());
    EXPECT_EQ(used.with({.access = Access::read}).raw(), used.raw() & ~(bits::writable | bits::dirty));
    EXPECT_TRUE(used.is_accessed() && used.is_dirty());
    EXPECT_FALSE(page.is_accessed() || page.is_dirty());
}

// Dirty and not writable: what was written once must not become one.
TEST(Entry, is_a_shadow_stack_only_if_asked_for) {
    constexpr auto page = [](Access access) {
        return Entry<1>::page(PhysAddr{0x5000}, {.access = access}, Backing::borrowed, Reach::all_spaces);
    };
    constexpr Entry<1> written{page(Access::read_write).raw() | bits::dirty};
    EXPECT_TRUE(page(Access::shadow_stack).is_dirty() && !page(Access::shadow_stack).is_writable());
    for (auto const access : {Access::read, Access::read_execute}) {
        EXPECT_EQ(written.with({.access = access}), page(access));
        EXPECT_EQ(page(Access::shadow_stack).with({.access = access}), page(access));
    }
    EXPECT_EQ(written.with({.access = Access::shadow_stack}), page(Access::shadow_stack));
    EXPECT_EQ(page(Access::shadow_stack).with({.access = Access::read_write}), page(Access::read_write));
}

// ---- Errors ----------------------------------------------------------------------------------------------

template <typename Error>
std::string text(Error error) {
    return std::format("{}", FailedAt{error, VirtAddr{0xffff'8000'0000'1000}});
}

TEST(PagingErrors, say_which_address_and_why) {
    EXPECT_EQ(text(MapError::out_of_frames), "0xffff800000001000: no frame is free for a page table");
    EXPECT_EQ(text(MapError::already_mapped), "0xffff800000001000: something is mapped there already");
    EXPECT_EQ(text(MapError::inside_large_page), "0xffff800000001000: a larger page has this address");
    EXPECT_EQ(text(MapError::own_slot), "0xffff800000001000: the page tables themselves appear there");
    EXPECT_EQ(text(MapError::user_page_in_kernel_half),
              "0xffff800000001000: a user's page cannot be in the kernel's half");
    EXPECT_EQ(text(LookupError::not_mapped), "0xffff800000001000: no page is mapped there");
    EXPECT_EQ(text(LookupError::inside_large_page), "0xffff800000001000: a larger page has this address");
    EXPECT_EQ(text(LookupError::holds_smaller_pages), "0xffff800000001000: smaller pages are mapped there");
    EXPECT_EQ(text(LookupError::not_owned),
              "0xffff800000001000: the page's memory is borrowed, so no frame comes back");
    EXPECT_EQ(text(LookupError::own_slot), "0xffff800000001000: the page tables themselves appear there");
    EXPECT_EQ(text(ChangeError::out_of_frames), "0xffff800000001000: no frame is free for a page table");
    EXPECT_EQ(text(ChangeError::not_mapped), "0xffff800000001000: no page is mapped there");
    EXPECT_EQ(text(ChangeError::own_slot), "0xffff800000001000: the page tables themselves appear there");
    EXPECT_EQ(text(ChangeError::user_page_in_kernel_half),
              "0xffff800000001000: a user's page cannot be in the kernel's half");
}

}  // namespace
}  // namespace pith::paging
