// Address spaces, in a machine made of arrays.
#include "paging/address_space.hpp"

#include "failure.hpp"
#include "paging/audit.hpp"
#include "paging/each_kind.hpp"
#include "paging/regions.hpp"
#include "paging_machine.hpp"

// NOLINTBEGIN(bugprone-use-after-move,bugprone-unused-return-value): what is refused was not moved
namespace pith::paging {
namespace {

using namespace testing;

constexpr auto kib_4 = PageSize::kib_4, mib_2 = PageSize::mib_2, gib_1 = PageSize::gib_1;
constexpr std::uint64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
constexpr std::uint64_t runs = Machine::run_start;
constexpr VirtAddr low{std::uint64_t{0x4000'0000'0000}}, high{0xffff'c000'0000'0000};
constexpr Rights code{.access = Access::read_execute}, data{.access = Access::read_write}, constant{};
constexpr Rights users{.access = Access::read_write, .owner = Owner::user};

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): GoogleTest's own is public.
class AddressSpaces : public ::testing::Test {
protected:
    ~AddressSpaces() override {
        if (machine.taken() == 0) return;
        unmap(user_half);
        unmap(kernel_half);
        EXPECT_EQ(machine.taken(), 1U) << "frames were lost";
    }

    static constexpr PageRange kernel_half{Page<kib_4>{VirtAddr{0xffff'8000'0000'0000}},
                                           std::uint64_t{1} << 35};

    static PageRange pages(VirtAddr start, std::uint64_t bytes) { return PageRange::of_bytes(start, bytes); }

    void map(VirtAddr start, std::uint64_t bytes, Rights rights = data, std::uint64_t memory = runs) {
        ASSERT_TRUE(space.map(start, machine.take_run(memory, bytes / page_bytes), rights, machine));
    }
    void borrow(VirtAddr start, std::uint64_t bytes, Rights rights = data, std::uint64_t memory = 0) {
        ASSERT_TRUE(space.map_borrowed(pages(start, bytes), PhysAddr{memory}, rights, machine));
    }
    std::expected<void, FailedAt<ChangeError>> unmap(PageRange range) {
        auto stale        = space.stale_pages(machine);
        auto const result = space.unmap(range, machine, stale);
        stale.flush();
        return result;
    }
    std::expected<void, FailedAt<ChangeError>> protect(PageRange range, Rights rights) {
        auto stale        = space.stale_pages(machine);
        auto const result = space.protect(range, rights, machine, stale);
        stale.flush();
        return result;
    }
    // Sizes and numbers of the pages, lowest first.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> sizes() {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
        for (auto const& page : WholeTree{machine}.pages) {
            if (found.empty() || found.back().first != page.size) found.push_back({page.size, 0});
            ++found.back().second;
        }
        return found;
    }
    using Sizes = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
    std::uint64_t tables() { return WholeTree{machine}.tables; }
    std::vector<PageInTables> all_pages() { return WholeTree{machine}.pages; }
    bool leads(VirtAddr address, std::uint64_t memory) {
        return space.translate(address) == PhysAddr{memory};
    }

    Frame<kib_4> frame() { return std::move(*machine.take<kib_4>()); }

    Machine machine;
    Space space{ArrayAccess<>{machine}, gib_1};
};

constexpr VirtAddr before(VirtAddr address, std::uint64_t bytes) { return VirtAddr{address.value() - bytes}; }

template <typename Error>
std::unexpected<FailedAt<Error>> failed(Error error, VirtAddr address) {
    return std::unexpected{FailedAt{error, address}};
}

// ---- One page --------------------------------------------------------------------------------------------

TEST_F(AddressSpaces, map_one_page) {
    auto mine         = frame();
    auto const memory = mine.start();
    ASSERT_TRUE(space.map(Page<kib_4>{low}, std::move(mine), users, machine));
    EXPECT_EQ(mine.start(), PhysAddr{}) << "the frame belongs to the page now";
    EXPECT_EQ(space.translate(low + 0x123), memory + 0x123);
    EXPECT_EQ(tables(), 4U);
    auto const seen = machine.use(number_of(low) + 0x123);
    ASSERT_TRUE(seen);
    EXPECT_EQ(*seen, (Translation{.start      = number_of(low),
                                  .size       = page_bytes,
                                  .memory     = memory.value(),
                                  .writable   = true,
                                  .executable = false,
                                  .user       = true,
                                  .global     = false}));
}

TEST_F(AddressSpaces, unmapping_gives_the_frame_back_after_the_flush) {
    auto mine         = frame();
    auto const memory = mine.start();
    ASSERT_TRUE(space.map(Page<kib_4>{high}, std::move(mine), data, machine));
    machine.use(number_of(high));
    auto stale = space.unmap(Page<kib_4>{high});
    ASSERT_TRUE(stale);
    EXPECT_TRUE(machine.processor.remembers(memory.value(), 1));
    EXPECT_EQ(machine.taken(), 5U) << "tables come back with the flush, and not before";
    auto back = std::move(*stale).flush(machine);
    EXPECT_FALSE(machine.processor.remembers(memory.value(), 1));
    EXPECT_EQ(back.start(), memory);
    EXPECT_EQ(machine.taken(), 2U);
    EXPECT_EQ(space.translate(high), failed(LookupError::not_mapped, high));
    machine.give(std::move(back));
}

TEST_F(AddressSpaces, a_page_is_flushed_where_its_table_stays) {
    auto mine         = frame();
    auto const memory = mine.start();
    ASSERT_TRUE(space.map(Page<kib_4>{high}, frame(), data, machine));
    ASSERT_TRUE(space.map(Page<kib_4>{high + 4 * kib}, std::move(mine), data, machine));
    machine.use(number_of(high + 4 * kib));
    auto stale = space.unmap(Page<kib_4>{high + 4 * kib});
    ASSERT_TRUE(stale);
    EXPECT_TRUE(machine.processor.remembers(memory.value(), 1));
    machine.give(std::move(*stale).flush(machine));
    EXPECT_FALSE(machine.processor.remembers(memory.value(), 1));
}

TEST_F(AddressSpaces, large_pages_one_by_one) {
    auto run = machine.take_run(runs, 512 + 512 * 512);
    auto all = std::move(run).disown();
    ASSERT_TRUE(space.map(Page<mib_2>{high}, Frame<mib_2>::own(all.start() + gib), code, machine));
    ASSERT_TRUE(space.map(Page<gib_1>{high + gib}, Frame<gib_1>::own(all.start()), constant, machine));
    EXPECT_EQ(tables(), 3U);
    EXPECT_TRUE(leads(high + 0x12'3456, runs + gib + 0x12'3456));
    EXPECT_TRUE(leads(high + gib + 0x1234'5678, runs + 0x1234'5678));
    auto large = std::move(*space.unmap(Page<mib_2>{high})).flush(machine);
    auto huge  = std::move(*space.unmap(Page<gib_1>{high + gib})).flush(machine);
    EXPECT_EQ(tables(), 1U);
    machine.give(std::move(large));
    machine.give(std::move(huge));
}

TEST_F(AddressSpaces, rights_are_what_was_asked_for) {
    for_each_kind([&](Rights rights, Backing, Reach) {
        for (auto const page : {low, high}) {
            if (rights.owner == Owner::user && page == high) continue;
            ASSERT_TRUE(space.map(Page<kib_4>{page}, frame(), rights, machine));
            auto const found = space.find(page + 5);
            ASSERT_TRUE(found);
            EXPECT_EQ(found->start, page);
            EXPECT_EQ(found->size, kib_4);
            EXPECT_EQ(found->is_writable, rights.access == Access::read_write);
            EXPECT_EQ(found->is_executable, rights.access == Access::read_execute);
            EXPECT_EQ(found->is_user, rights.owner == Owner::user);
            EXPECT_EQ(found->caching, rights.caching);
            EXPECT_EQ(found->is_global, page == high) << "the lower half is another in each space";
            EXPECT_EQ(found->backing, Backing::owned);
            machine.give(std::move(*space.unmap(Page<kib_4>{page})).flush(machine));
        }
    });
}

TEST_F(AddressSpaces, what_cannot_be_mapped_says_why) {
    ASSERT_TRUE(space.map(Page<kib_4>{low + 4 * mib}, frame(), users, machine));
    map(low, 2 * mib, users);
    auto one             = frame();
    auto large           = Frame<mib_2>::own(machine.take_run(runs + 8 * mib, 512).disown().start());
    auto const taken     = machine.taken();
    auto const map_small = [&](VirtAddr page, Rights rights) {
        return space.map(Page<kib_4>{page}, std::move(one), rights, machine);
    };
    EXPECT_EQ(map_small(low + 4 * mib, users), failed(MapError::already_mapped, low + 4 * mib));
    EXPECT_EQ(map_small(low + 8 * kib, users), failed(MapError::inside_large_page, low + 8 * kib));
    EXPECT_EQ(map_small(high, users), failed(MapError::user_page_in_kernel_half, high));
    EXPECT_EQ(space.map(Page<mib_2>{low}, std::move(large), users, machine),
              failed(MapError::already_mapped, low));
    EXPECT_EQ(space.map(Page<mib_2>{low + 4 * mib}, std::move(large), users, machine),
              failed(MapError::already_mapped, low + 4 * mib));
    EXPECT_EQ(machine.taken(), taken);
    machine.give(std::move(one));
    machine.give(std::move(large));
}

TEST_F(AddressSpaces, what_cannot_be_unmapped_says_why) {
    map(low, 2 * mib, users);
    borrow(low + 2 * mib, 2 * mib + 4 * kib);
    auto const reason = [&](auto page) { return space.unmap(page).error(); };
    EXPECT_EQ(reason(Page<kib_4>{high}), (FailedAt{LookupError::not_mapped, high}));
    EXPECT_EQ(reason(Page<kib_4>{low + 4 * mib + 4 * kib}),
              (FailedAt{LookupError::not_mapped, low + 4 * mib + 4 * kib}));
    EXPECT_EQ(reason(Page<kib_4>{low + 4 * kib}), (FailedAt{LookupError::inside_large_page, low + 4 * kib}));
    EXPECT_EQ(reason(Page<mib_2>{low + 4 * mib}),
              (FailedAt{LookupError::holds_smaller_pages, low + 4 * mib}));
    EXPECT_EQ(reason(Page<mib_2>{low + 2 * mib}), (FailedAt{LookupError::not_owned, low + 2 * mib}));
}

TEST_F(AddressSpaces, out_of_frames_for_one_page_changes_nothing) {
    for (std::uint64_t frames = 0; frames <= 3; ++frames) {
        auto mine           = frame();
        auto const taken    = machine.taken();
        machine.frames_left = frames;
        auto const mapped   = space.map(Page<kib_4>{low}, std::move(mine), users, machine);
        machine.frames_left = Machine::unlimited;
        ASSERT_EQ(mapped.has_value(), frames == 3);
        if (mapped) break;
        EXPECT_EQ(mapped, failed(MapError::out_of_frames, low));
        EXPECT_EQ(machine.taken(), taken);
        EXPECT_EQ(tables(), 1U);
        machine.give(std::move(mine));
    }
}

// With a table more or less there already.
TEST_F(AddressSpaces, a_missing_table_is_made_at_any_level) {
    for (auto const [offset, frames] :
         {std::pair{std::uint64_t{0}, 3U}, {4 * kib, 0U}, {2 * mib, 1U}, {gib, 2U}, {512 * gib, 3U}}) {
        auto mine           = frame();
        machine.frames_left = frames;
        EXPECT_TRUE(space.map(Page<kib_4>{low + offset}, std::move(mine), users, machine)) << offset;
        EXPECT_EQ(machine.frames_left, 0U);
        machine.frames_left = Machine::unlimited;
    }
    EXPECT_EQ(tables(), 10U);
}

TEST_F(AddressSpaces, empty_tables_go_and_used_ones_stay) {
    for (auto const offset : {std::uint64_t{0}, 4 * kib, 2 * mib, gib, 512 * gib})
        ASSERT_TRUE(space.map(Page<kib_4>{low + offset}, frame(), users, machine));
    auto const unmap_at = [&](std::uint64_t offset) {
        machine.give(std::move(*space.unmap(Page<kib_4>{low + offset})).flush(machine));
        return tables();
    };
    EXPECT_EQ(unmap_at(0), 10U);
    EXPECT_EQ(unmap_at(4 * kib), 9U);
    EXPECT_EQ(unmap_at(gib), 7U);
    EXPECT_EQ(unmap_at(2 * mib), 4U);
    EXPECT_EQ(unmap_at(512 * gib), 1U);
}

TEST_F(AddressSpaces, the_ends_of_the_address_space) {
    for (auto const page : {VirtAddr{}, VirtAddr{0x7fff'ffff'f000}, VirtAddr{0xffff'8000'0000'0000},
                            VirtAddr{0xffff'ffff'ffff'f000}}) {
        ASSERT_TRUE(space.map(Page<kib_4>{page}, frame(), constant, machine));
        EXPECT_TRUE(space.find(page + 4095));
        EXPECT_TRUE(machine.use(number_of(page) + 4095));
        machine.give(std::move(*space.unmap(Page<kib_4>{page})).flush(machine));
    }
}

// Until the flush an empty table waits, and may be used again, or go another way.
TEST_F(AddressSpaces, between_unmap_and_flush_the_tables_wait) {
    auto const map_one = [&](VirtAddr page) {
        ASSERT_TRUE(space.map(Page<kib_4>{page}, frame(), users, machine));
    };
    map_one(low);
    map_one(low + 4 * kib);
    auto first  = space.unmap(Page<kib_4>{low});
    auto second = space.unmap(Page<kib_4>{low + 4 * kib});
    EXPECT_EQ(machine.taken(), 1U + 3 + 2);
    machine.give(std::move(*first).flush(machine));
    EXPECT_EQ(machine.taken(), 1U + 3 + 1) << "the tables wait for the second";
    map_one(low + 8 * kib);
    machine.give(std::move(*second).flush(machine));
    EXPECT_EQ(tables(), 4U) << "they are used again";
    auto third = space.unmap(Page<kib_4>{low + 8 * kib});
    EXPECT_TRUE(unmap(user_half));
    EXPECT_EQ(tables(), 1U);
    machine.give(std::move(*third).flush(machine));
    EXPECT_EQ(machine.taken(), 1U);
}

// ---- Ranges ----------------------------------------------------------------------------------------------

TEST_F(AddressSpaces, a_range_has_the_largest_pages_that_fit) {
    map(before(high + gib, 2 * mib + 4 * kib), 2 * mib + 4 * kib + gib + 2 * mib + 8 * kib, data,
        runs + gib - 2 * mib - 4 * kib);
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 1}, {2 * mib, 1}, {gib, 1}, {2 * mib, 1}, {4 * kib, 2}}));
    EXPECT_TRUE(leads(high + gib + 0x1234'5678, runs + gib + 0x1234'5678));
    EXPECT_TRUE(leads(before(high + gib, 2 * mib + 4 * kib), runs + gib - 2 * mib - 4 * kib));
}

TEST_F(AddressSpaces, without_pages_of_1_gib_those_of_2_mib_serve) {
    Space modest{ArrayAccess<>{machine}};
    ASSERT_TRUE(modest.map_borrowed(pages(high, gib), PhysAddr{}, data, machine));
    EXPECT_EQ(sizes(), (Sizes{{2 * mib, 512}}));
}

TEST_F(AddressSpaces, memory_beside_the_grid_needs_small_pages) {
    borrow(high, 4 * mib, data, 4 * kib);
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 1024}}));
    borrow(high + gib, gib, data, gib + 2 * mib);
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 1024}, {2 * mib, 512}}));
}

TEST_F(AddressSpaces, a_range_to_the_top) {
    map(VirtAddr{0xffff'ffff'ffdf'f000}, 2 * mib + 4 * kib, constant, runs + 2 * mib - 4 * kib);
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 1}, {2 * mib, 1}}));
    EXPECT_TRUE(protect(pages(VirtAddr{0xffff'ffff'ffff'f000}, 4 * kib), data));
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 513}}));
    EXPECT_TRUE(unmap(pages(VirtAddr{0xffff'ffff'ffff'e000}, 8 * kib)));
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 511}}));
}

// Whatever stands in the way, and wherever.
TEST_F(AddressSpaces, a_range_that_cannot_be_mapped_leaves_all_as_it_was) {
    auto const start = before(high + gib, 4 * kib);  // 4 KiB, 1 GiB, 2 MiB, 4 KiB
    auto const bytes = gib + 2 * mib + 8 * kib;
    auto const check = [&](VirtAddr obstacle, std::uint64_t size, MapError error, VirtAddr where) {
        borrow(obstacle, size, constant, 0);
        auto const before        = all_pages();
        auto const tables_before = tables();
        auto run                 = machine.take_run(runs + gib - 4 * kib, bytes / page_bytes);
        EXPECT_EQ(space.map(start, std::move(run), data, machine), failed(error, where));
        EXPECT_EQ(run.count(), bytes / page_bytes) << "it was not taken";
        EXPECT_EQ(all_pages(), before);
        EXPECT_EQ(tables(), tables_before);
        machine.give(std::move(run));
        EXPECT_TRUE(unmap(pages(obstacle, size)));
    };
    check(start, 4 * kib, MapError::already_mapped, start);
    check(start + 4 * kib, gib, MapError::already_mapped, high + gib);
    check(high + gib + 12 * mib, 4 * kib, MapError::already_mapped, high + gib);
    check(high + 2 * gib, 4 * kib, MapError::already_mapped, high + 2 * gib);
    check(high + 2 * gib, 2 * mib, MapError::already_mapped, high + 2 * gib);
    check(high + 2 * gib, gib, MapError::inside_large_page, high + 2 * gib);
    check(high + 2 * gib + 2 * mib, 4 * kib, MapError::already_mapped, high + 2 * gib + 2 * mib);
    check(high + 2 * gib + 2 * mib, 2 * mib, MapError::inside_large_page, high + 2 * gib + 2 * mib);
}

// Behind the last address, a page's number would run over into bits that the processor ignores: it would lead
// to address 0.
TEST_F(AddressSpaces, memory_ends_where_52_bits_do) {
    constexpr std::uint64_t end = std::uint64_t{1} << 52;
    for (auto const size : {4 * kib, 2 * mib, gib}) {
        borrow(high, size, data, end - size);
        EXPECT_TRUE(leads(high + (size - 1), end - 1));
        EXPECT_TRUE(unmap(pages(high, size)));
        EXPECT_EQ(::pith::testing::failure_of([&] {
                      return space.map_borrowed(pages(high, 2 * size), PhysAddr{end - size}, data, machine);
                  }),
                  "memory for pages has addresses of 52 bits");
        EXPECT_EQ(sizes(), Sizes{});
    }
}

// Also those that are found in the middle of a table.
TEST_F(AddressSpaces, the_page_in_the_way_is_named) {
    borrow(high + 40 * kib, 4 * kib);
    EXPECT_EQ(space.map_borrowed(pages(high, mib), PhysAddr{gib}, data, machine),
              failed(MapError::already_mapped, high + 40 * kib));
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 1}}));
}

TEST_F(AddressSpaces, a_range_of_a_users_is_in_the_lower_half) {
    EXPECT_EQ(space.map_borrowed(pages(high, mib), PhysAddr{gib}, users, machine),
              failed(MapError::user_page_in_kernel_half, high));
    borrow(high, mib);
    EXPECT_EQ(protect(pages(high, mib), users), failed(ChangeError::user_page_in_kernel_half, high));
}

TEST_F(AddressSpaces, out_of_frames_for_a_range_changes_nothing) {
    auto const start = before(low + 512 * gib, 2 * mib + 4 * kib);  // over a boundary of each level
    auto const bytes = 2 * mib + 4 * kib + gib + 2 * mib + 4 * kib;
    for (std::uint64_t frames = 0;; ++frames) {
        auto run            = machine.take_run(runs + gib - 2 * mib - 4 * kib, bytes / page_bytes);
        auto const taken    = machine.taken();
        machine.frames_left = frames;
        auto const mapped   = space.map(start, std::move(run), users, machine);
        machine.frames_left = Machine::unlimited;
        if (mapped) {
            EXPECT_EQ(frames, 6U);
            break;
        }
        EXPECT_EQ(mapped.error().error, MapError::out_of_frames);
        EXPECT_EQ(machine.taken(), taken);
        EXPECT_EQ(tables(), 1U);
        machine.give(std::move(run));
    }
}

TEST_F(AddressSpaces, borrowed_memory_does_not_come_back) {
    borrow(high, 4 * mib + 4 * kib);
    EXPECT_TRUE(unmap(pages(high, 4 * mib + 4 * kib)));
    EXPECT_EQ(machine.taken(), 1U);
    map(high, 4 * kib);
    borrow(high + 4 * kib, 4 * kib, data, runs + 4 * kib);  // beside it in memory as well
    EXPECT_TRUE(unmap(pages(high, 8 * kib)));
    EXPECT_EQ(machine.taken(), 1U);
}

TEST_F(AddressSpaces, holes_do_not_matter_to_unmap) {
    map(high, 4 * kib);
    map(high + 3 * gib, 2 * mib, data, runs + 4 * mib);
    EXPECT_TRUE(unmap(pages(before(high, gib), 8 * gib)));
    EXPECT_EQ(machine.taken(), 1U);
}

// Pages that the processor wrote to lie in a row with those that it did not.
TEST_F(AddressSpaces, dirty_pages_and_clean_ones_go_together) {
    map(low, 800 * kib, users);
    for (std::uint64_t offset = 0; offset < 800 * kib; offset += 12 * kib) {
        machine.use(number_of(low) + offset, true);
        machine.use(number_of(low) + offset + 4 * kib);
    }
    auto stale = space.stale_pages(machine);
    EXPECT_TRUE(space.unmap(pages(low, 800 * kib), machine, stale));
    EXPECT_EQ(machine.processor.forgotten_all, 0) << "it is one piece of memory, so the batch is not full";
    stale.flush();
    EXPECT_EQ(machine.taken(), 1U);
}

// ---- Splitting -------------------------------------------------------------------------------------------

TEST_F(AddressSpaces, large_pages_are_split_at_both_ends) {
    map(low, 6 * mib, users);
    machine.use(number_of(low) + 2 * mib);
    EXPECT_TRUE(unmap(pages(low + (2 * mib - 4 * kib), 2 * mib + 8 * kib)));
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 511 + 511}}));
    EXPECT_TRUE(leads(low + (2 * mib - 4 * kib - 1), runs + 2 * mib - 4 * kib - 1));
    EXPECT_TRUE(leads(low + 4 * mib + 4 * kib, runs + 4 * mib + 4 * kib));
    EXPECT_FALSE(machine.use(number_of(low) + 2 * mib));
}

TEST_F(AddressSpaces, a_page_of_1_gib_is_split_twice) {
    map(high, gib, code);
    EXPECT_TRUE(protect(pages(high + 5 * mib, 4 * kib), data));
    EXPECT_EQ(sizes(), (Sizes{{2 * mib, 2}, {4 * kib, 512}, {2 * mib, 509}}));
    for (auto const& page : all_pages()) {
        auto const offset = page.start - number_of(high);
        auto const is_one = offset == 5 * mib;
        EXPECT_EQ(page.entry & ~bits::address & ~bits::large,
                  bits::present | bits::owned | bits::global |
                      (is_one ? bits::writable | bits::no_execute : 0));
        EXPECT_EQ(page.entry & bits::address, runs + offset);
    }
    EXPECT_TRUE(unmap(pages(high + 4 * kib, gib - 8 * kib)));
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 2}}));
    EXPECT_EQ(tables(), 5U);
}

TEST_F(AddressSpaces, what_ends_at_a_boundary_is_not_split) {
    borrow(high, gib);
    borrow(high + gib, 4 * mib, data, gib);
    EXPECT_TRUE(protect(pages(high, gib + 2 * mib), constant));
    EXPECT_EQ(sizes(), (Sizes{{gib, 1}, {2 * mib, 2}}));
    EXPECT_TRUE(protect(pages(high + 2 * mib, 4 * mib), data));
    EXPECT_EQ(sizes(), (Sizes{{2 * mib, 514}}));
}

// A page that the processor wrote to has been written to in all its parts.
TEST_F(AddressSpaces, parts_are_as_dirty_as_the_whole) {
    borrow(low, 2 * mib, users, 2 * mib);
    machine.use(number_of(low), true);
    EXPECT_TRUE(unmap(pages(low, 4 * kib)));
    for (auto const& page : all_pages()) EXPECT_EQ(page.entry & 0x60, 0x60U);
    EXPECT_EQ(sizes(), (Sizes{{4 * kib, 511}}));
}

TEST_F(AddressSpaces, out_of_frames_for_a_split_changes_no_translation) {
    for (std::uint64_t frames = 0; frames <= 4; ++frames) {
        map(low + gib, 2 * gib, users, runs);
        auto const range    = pages(low + gib + 4 * kib, 2 * gib - 8 * kib);
        machine.frames_left = frames;
        auto const changed  = frames % 2 == 0 ? protect(range, {.owner = Owner::user}) : unmap(range);
        machine.frames_left = Machine::unlimited;
        EXPECT_EQ(changed.has_value(), frames == 4);
        if (!changed) {
            EXPECT_EQ(changed, failed(ChangeError::out_of_frames,
                                      frames < 2 ? low + gib + 4 * kib : low + (3 * gib - 8 * kib)));
            for (auto const& page : all_pages()) {
                EXPECT_EQ(page.entry & bits::address, page.start - number_of(low) - gib + runs);
                EXPECT_NE(page.entry & bits::writable, 0U);
            }
        }
        EXPECT_TRUE(unmap(pages(low, 4 * gib)));
        EXPECT_EQ(machine.taken(), 1U);
    }
}

// ---- Protecting ------------------------------------------------------------------------------------------

TEST_F(AddressSpaces, other_rights_for_a_range) {
    map(low, 2 * mib + 8 * kib, users);
    machine.use(number_of(low) + 4 * kib, true);
    auto stale = space.stale_pages(machine);
    EXPECT_TRUE(
        space.protect(pages(low, 2 * mib + 4 * kib), {.access = Access::read_execute}, machine, stale));
    EXPECT_FALSE(stale.is_flushed());
    EXPECT_TRUE(machine.use(number_of(low))->writable) << "the processor remembers";
    stale.flush();
    auto const now = *machine.use(number_of(low));
    EXPECT_TRUE(!now.writable && now.executable && !now.user && !now.global);
    EXPECT_TRUE(space.find(low + 2 * mib + 4 * kib)->is_writable);
    EXPECT_EQ(space.find(low)->backing, Backing::owned);
}

TEST_F(AddressSpaces, protect_stops_at_a_hole) {
    map(low, 8 * kib, users);
    map(low + 12 * kib, 4 * kib, users, runs + mib);
    EXPECT_EQ(protect(pages(low, 16 * kib), {.owner = Owner::user}),
              failed(ChangeError::not_mapped, low + 8 * kib));
    EXPECT_FALSE(space.find(low + 4 * kib)->is_writable);
    EXPECT_TRUE(space.find(low + 12 * kib)->is_writable);
    EXPECT_EQ(protect(pages(low + gib, 4 * kib), {}), failed(ChangeError::not_mapped, low + gib));
}

// ---- Stale translations ----------------------------------------------------------------------------------

// (What the failures say is seen in a machine: tests/machine/paging_tests.cpp.)
using AddressSpacesDeathTest = AddressSpaces;

TEST_F(AddressSpacesDeathTest, a_stale_page_is_not_dropped) {
    using StalePage = Stale<kib_4, ArrayAccess<>>;
    EXPECT_DEATH(static_cast<void>(
                     StalePage{space.access(), Page<kib_4>{low}, PhysAddr{0x1000}, Leaves::a_used_table}),
                 "");
    StalePage stale{space.access(), Page<kib_4>{low}, PhysAddr{0x1000}, Leaves::a_used_table};
    auto moved = std::move(stale);
    static_cast<void>(std::move(moved).flush(machine).disown());
}

TEST_F(AddressSpacesDeathTest, stale_pages_are_not_dropped) {
    map(low, 4 * kib, users);
    EXPECT_DEATH(
        {
            auto stale = space.stale_pages(machine);
            static_cast<void>(space.protect(pages(low, 4 * kib), {}, machine, stale));
        },
        "");
}

TEST_F(AddressSpaces, a_range_is_flushed_once) {
    map(low, mib, users);
    machine.use(number_of(low));  // when it is forgotten, its memory must not have come back already
    EXPECT_TRUE(unmap(pages(low, mib)));
    EXPECT_EQ(machine.processor.forgotten, 0);
    EXPECT_EQ(machine.processor.forgotten_all, 1);
    map(low, 132 * kib, users);
    EXPECT_TRUE(protect(pages(low, 132 * kib), {}));
    EXPECT_EQ(machine.processor.forgotten, 33);
    EXPECT_TRUE(protect(pages(low, 128 * kib), data));
    EXPECT_EQ(machine.processor.forgotten, 33 + 32);
    EXPECT_EQ(machine.processor.forgotten_all, 1);
}

// More pages after there were too many already.
TEST_F(AddressSpaces, batches_of_any_size) {
    map(low, 8 * mib, users, runs + 4 * kib);
    auto stale = space.stale_pages(machine);
    for (auto const start : {std::uint64_t{0}, mib, 2 * mib + 4 * kib, 4 * mib})
        EXPECT_TRUE(space.unmap(pages(low + start, 512 * kib), machine, stale));
    EXPECT_TRUE(space.unmap(pages(low + 7 * mib, 4 * kib), machine, stale));
    EXPECT_EQ(machine.processor.forgotten_all, 0);
    stale.flush();
    EXPECT_EQ(machine.processor.forgotten_all, 1);
    EXPECT_TRUE(stale.is_flushed());
    EXPECT_EQ(machine.taken(), 1 + 2 + 4 + 8 * 256 - 4 * 128 - 1U);
}

// Memory in 200 pieces: more than are kept. The model fails if one comes back too early.
TEST_F(AddressSpaces, a_full_batch_is_flushed_early) {
    for (std::uint64_t index = 0; index < 200; ++index) {
        map(low + index * page_bytes, 4 * kib, users, runs + 2 * index * page_bytes);
        machine.use(number_of(low) + index * page_bytes);
    }
    auto stale = space.stale_pages(machine);
    EXPECT_TRUE(space.unmap(pages(low, 800 * kib), machine, stale));
    EXPECT_GT(machine.processor.forgotten + machine.processor.forgotten_all, 0);
    EXPECT_LT(machine.processor.forgotten + machine.processor.forgotten_all, 200);
    stale.flush();
    EXPECT_EQ(machine.taken(), 1U);
}

// Tables of many regions, none of which may come back too early either.
TEST_F(AddressSpaces, a_full_batch_of_tables_is_flushed_early) {
    for (std::uint64_t regions = 1; regions < 70; ++regions) {  // whichever is the last when it is full
        for (std::uint64_t index = 0; index < regions; ++index) {
            map(low + index * gib, 4 * kib, users, runs + index * page_bytes);
            machine.use(number_of(low) + index * gib);
        }
        EXPECT_TRUE(unmap(user_half));
        EXPECT_EQ(machine.taken(), 1U);
    }
}

// ---- All of it -------------------------------------------------------------------------------------------

TEST_F(AddressSpaces, for_each_shows_all_in_order) {
    borrow(high, gib);
    borrow(low, 2 * mib, users, 2 * mib);
    map(high + gib, 4 * kib, code);
    std::vector<Mapping> seen;
    space.for_each([&](Mapping const& mapping) { seen.push_back(mapping); });
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[0].start, low);
    EXPECT_EQ(seen[0].size, mib_2);
    EXPECT_EQ(seen[0].memory, PhysAddr{2 * mib});
    EXPECT_EQ(seen[0].backing, Backing::borrowed);
    EXPECT_EQ(seen[1].start, high);
    EXPECT_EQ(seen[1].size, gib_1);
    EXPECT_EQ(seen[2].start, high + gib);
    EXPECT_TRUE(seen[2].is_executable && !seen[2].is_writable);
}

// Behind the last byte of physical memory there is no address. Whoever looks at such a page needs none.
TEST_F(AddressSpaces, the_last_pages_of_memory_can_be_looked_at) {
    constexpr std::uint64_t end = std::uint64_t{1} << 52;
    borrow(high, 8 * kib, code, end - 8 * kib);
    borrow(high + 8 * kib, 4 * kib, code, gib);
    borrow(high + gib, 4 * kib, data, end - 4 * kib);
    std::vector<std::pair<Surprise, VirtAddr>> surprises;
    Expectation const nothing_else{.text_start        = high,
                                   .text_end          = high + gib,
                                   .constants_end     = high + gib,
                                   .shadow_stacks     = {},
                                   .shadow_stacks_end = {}};
    auto const no_guards = [](MappingRun const&, auto&&) {};
    auto const pages     = audit(space, nothing_else, no_guards, [&](Surprise surprise, VirtAddr page) {
        surprises.emplace_back(surprise, page);
    });
    EXPECT_EQ(pages, 4U);
    EXPECT_EQ(surprises, (std::vector{std::pair{Surprise::writable_alias, high + gib}}));
    std::vector<std::uint64_t> regions;
    for_each_region(
        space, [](VirtAddr) { return false; },
        [&](Region const& region) { regions.push_back(region.bytes()); });
    EXPECT_EQ(regions, (std::vector<std::uint64_t>{12 * kib, 4 * kib}));
}

// The first page of it is one as it should be, the second can be written, and the first has a second name.
TEST_F(AddressSpaces, shadow_stacks_that_can_be_written_are_named) {
    borrow(high, 4 * kib, {.access = Access::shadow_stack}, gib);
    borrow(high + 4 * kib, 4 * kib, data, gib + 4 * kib);
    borrow(high + gib, 8 * kib, data, gib - 4 * kib);
    Expectation const two_pages{.text_start        = {},
                                .text_end          = {},
                                .constants_end     = {},
                                .shadow_stacks     = high,
                                .shadow_stacks_end = high + 8 * kib};
    auto const no_guards = [](MappingRun const&, auto&&) {};
    std::vector<std::pair<Surprise, VirtAddr>> surprises;
    audit(space, two_pages, no_guards,
          [&](Surprise surprise, VirtAddr page) { surprises.emplace_back(surprise, page); });
    EXPECT_EQ(surprises, (std::vector{std::pair{Surprise::writable_shadow_stack, high + 4 * kib},
                                      std::pair{Surprise::writable_alias, high + gib + 4 * kib}}));
}

// One run has them all, if nobody left them out.
TEST_F(AddressSpaces, each_guard_that_is_mapped_is_named) {
    borrow(high, 64 * kib);
    std::vector<VirtAddr> named;
    auto const two_guards = [](MappingRun const& run, auto&& use) {
        for (auto const guard : {high + 16 * kib, high + 32 * kib})
            if (run.first.start <= guard && guard <= run.last_byte()) use(guard);
    };
    audit(space, {}, two_guards, [&](Surprise surprise, VirtAddr page) {
        if (surprise == Surprise::guard_mapped) named.push_back(page);
    });
    EXPECT_EQ(named, (std::vector{high + 16 * kib, high + 32 * kib}));
}

// Rights are the least that all levels have.
TEST_F(AddressSpaces, tables_can_take_rights_away) {
    borrow(low, 4 * kib, users);
    auto& entry = machine.table_at(machine.root()).at(128);
    for (auto const bit : {bits::writable, bits::user}) {
        entry ^= bit;
        EXPECT_EQ(space.find(low)->is_writable, bit != bits::writable);
        EXPECT_EQ(space.find(low)->is_user, bit != bits::user);
        entry ^= bit;
    }
    EXPECT_TRUE(protect(pages(low, 4 * kib), code));
    EXPECT_TRUE(space.find(low)->is_executable);
    entry ^= bits::no_execute;
    EXPECT_FALSE(space.find(low)->is_executable);
    entry ^= bits::no_execute;
}

// ---- The slot in which tables appear ---------------------------------------------------------------------

class OwnSlot : public ::testing::Test {
protected:
    static constexpr std::size_t slot = 300;
    static constexpr VirtAddr start{0xffff'9600'0000'0000};

    OwnSlot() { machine.table_at(machine.root()).at(slot) = machine.root() | 3; }

    Machine machine;
    AddressSpace<ArrayAccess<slot>> space{ArrayAccess<slot>{machine}, gib_1};
};

TEST_F(OwnSlot, is_refused) {
    for (auto const page : {start, start + (512 * gib - page_bytes)}) {
        auto one = std::move(*machine.take<kib_4>());
        EXPECT_EQ(space.map(Page<kib_4>{page}, std::move(one), data, machine),
                  failed(MapError::own_slot, page));
        EXPECT_EQ(space.unmap(Page<kib_4>{page}).error(), (FailedAt{LookupError::own_slot, page}));
        EXPECT_EQ(space.translate(page), failed(LookupError::own_slot, page));
        machine.give(std::move(one));
    }
    EXPECT_EQ(machine.taken(), 1U);
}

TEST_F(OwnSlot, is_refused_in_the_middle_of_a_range) {
    auto const around = PageRange::of_bytes(before(start, gib), 1024 * gib);
    auto stale        = space.stale_pages(machine);
    EXPECT_EQ(space.map_borrowed(around, PhysAddr{}, data, machine), failed(MapError::own_slot, start));
    EXPECT_EQ(machine.taken(), 1U);
    EXPECT_EQ(space.unmap(around, machine, stale), failed(ChangeError::own_slot, before(start, gib)));
    EXPECT_EQ(space.protect(around, data, machine, stale), failed(ChangeError::own_slot, before(start, gib)));
    EXPECT_TRUE(stale.is_flushed());
    EXPECT_EQ(machine.table_at(machine.root()).at(slot), machine.root() | 3);
}

TEST_F(OwnSlot, is_not_among_the_mappings) {
    ASSERT_TRUE(space.map_borrowed(PageRange::of_bytes(before(start, gib), gib), PhysAddr{}, data, machine));
    int pages = 0;
    space.for_each([&](Mapping const&) { ++pages; });
    EXPECT_EQ(pages, 1);
    EXPECT_EQ(WholeTree(machine, slot).pages.size(), 1U);
    auto stale = space.stale_pages(machine);
    EXPECT_TRUE(space.unmap(PageRange::of_bytes(before(start, gib), gib), machine, stale));
    stale.flush();
}

}  // namespace
}  // namespace pith::paging
// NOLINTEND(bugprone-use-after-move,bugprone-unused-return-value)
