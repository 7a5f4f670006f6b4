// Page tables in the machine: on the active ones that boot left, reached in both ways, and in a space that is
// built first and loaded then.
#include "boot/handoff.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/fixup.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "suites.hpp"

using namespace pith;
using namespace pith::paging;
using testing::check;
using testing::check_equal;

namespace {

constexpr auto kib_4 = PageSize::kib_4;
constexpr Rights data{.access = paging::Access::read_write}, constant{};

// A root entry that boot leaves empty, and another one for the tables to appear in.
constexpr VirtAddr somewhere{0xffff'c000'1234'5000};
constexpr std::size_t own_slot = 500;

std::uint64_t free_frames() {
    return frames::the_frames.with([](frames::FrameAllocator const& all) { return all.free_count(); });
}

PhysAddr active_root() { return PhysAddr{cpu::read_cr3() & bits::address}; }

std::span<Entry<4>> entries_of(PhysAddr root) { return physical_span<Entry<4>>(root, entries_per_table); }

DirectMapAccess through_the_direct_map() { return DirectMapAccess{active_root()}; }

RecursiveAccess<own_slot> through_the_slot() {
    entries_of(active_root())[own_slot] = RecursiveAccess<own_slot>::own_entry(active_root());
    return {};
}

void check_read(VirtAddr address, std::uint64_t expected) {
    auto const read = cpu::try_read<std::uint64_t>(address);
    check(read.has_value());
    if (read) check_equal(*read, expected);
}
// Touching it faults with this error code.
void check_fault(auto const& touched, std::uint32_t error_code) {
    check(!touched.has_value());
    if (touched) return;
    check_equal(touched.error().vector(), 14);
    check_equal(touched.error().error_code(), error_code);
}
void check_missing(VirtAddr address) {
    check_fault(cpu::try_read<std::uint64_t>(address), 0);
    check_fault(cpu::try_write<std::uint64_t>(address, 1), 2);
}

// -- The active tables -------------------------------------------------------------------------------------

// A page comes, is used, is made constant, and goes.
template <TableAccess Model>
void one_page(Model access) {
    frames::start(tests::handoff());
    auto const before = free_frames();
    AddressSpace space{access};
    KernelFrames frames;
    auto frame        = std::move(*frames.take<kib_4>());
    auto const memory = frame.start();

    check_missing(somewhere);
    check(space.map(Page<kib_4>{somewhere}, std::move(frame), data, frames).has_value());
    check(cpu::try_write<std::uint64_t>(somewhere + 8, 0x1234'5678).has_value());
    check_equal(physical_span<std::uint64_t>(memory, 2)[1], 0x1234'5678U);
    check(space.find(somewhere).has_value());

    auto stale_rights = space.stale_pages(frames);
    check(space.protect(PageRange{Page<kib_4>{somewhere}, 1}, constant, frames, stale_rights).has_value());
    stale_rights.flush();
    check_fault(cpu::try_write<std::uint64_t>(somewhere, 1), 3);
    check_read(somewhere + 8, 0x1234'5678);

    auto stale = space.unmap(Page<kib_4>{somewhere});
    check(stale.has_value());
    frames.give(std::move(*stale).flush(frames));
    check_missing(somewhere);
    check_equal(free_frames(), before);
}

void one_page_through_the_direct_map() { one_page(through_the_direct_map()); }
void one_page_through_the_slot() { one_page(through_the_slot()); }

// Large pages and small ones, one of the large ones split; each page leads to its own memory.
template <TableAccess Model>
void a_range(Model access) {
    constexpr std::uint64_t count = 512 + 512 + 3;
    constexpr VirtAddr start{0xffff'c000'0020'0000}, hole = start + 700 * page_bytes;
    frames::start(tests::handoff());
    auto const before = free_frames();
    AddressSpace space{access};
    KernelFrames frames;
    auto run          = std::move(*frames::take_run(count));
    auto const memory = run.start();
    for (std::uint64_t page = 0; page < count; ++page)
        physical_span<std::uint64_t>(memory + page * page_bytes, 1)[0] = page;

    check(space.map(start, std::move(run), data, frames).has_value());
    check(space.find(start).value().size == PageSize::mib_2);
    auto const check_pages = [&] {
        for (std::uint64_t page = 0; page < count; ++page)
            if (start + page * page_bytes != hole) check_read(start + page * page_bytes, page);
    };
    check_pages();
    check_read(hole, 700);

    auto stale = space.stale_pages(frames);
    check(space.unmap(PageRange{Page<kib_4>{hole}, 1}, frames, stale).has_value());
    stale.flush();
    check_missing(hole);
    check_pages();
    check(space.unmap(PageRange{Page<kib_4>{start}, count}, frames, stale).has_value());
    stale.flush();
    check_missing(start);
    check_missing(start + (count - 1) * page_bytes);
    check_equal(free_frames(), before);
}

void a_range_through_the_direct_map() { a_range(through_the_direct_map()); }
void a_range_through_the_slot() { a_range(through_the_slot()); }

// The table that the page needed stood in the address space too, and goes with it.
void a_table_that_went_is_forgotten() {
    frames::start(tests::handoff());
    KernelFrames frames;
    AddressSpace space{through_the_slot()};
    check(space.map(Page<kib_4>{somewhere}, std::move(*frames.take<kib_4>()), data, frames).has_value());
    auto table = somewhere.value();
    for (int level = 1; level <= 3; ++level) {
        table = recursive::table_of(table, own_slot);
        check(cpu::try_read<std::uint64_t>(VirtAddr{table & ~std::uint64_t{7}}).has_value());
    }
    frames.give(std::move(*space.unmap(Page<kib_4>{somewhere})).flush(frames));
    table = somewhere.value();
    for (int level = 1; level <= 3; ++level) {
        table = recursive::table_of(table, own_slot);
        check_missing(VirtAddr{table & ~std::uint64_t{7}});
    }
}

// -- Another space -----------------------------------------------------------------------------------------

void a_space_is_built_and_loaded() {
    constexpr VirtAddr page{std::uint64_t{0x5000'0000'0000}};
    frames::start(tests::handoff());
    auto const before = free_frames();
    KernelFrames frames;
    auto const boot_root = active_root();
    auto const root      = std::move(*frames.take<kib_4>()).disown();
    auto const entries   = entries_of(root);
    std::ranges::fill(entries, Entry<4>{});
    for (auto const shared : {layout::direct_map_start, layout::kernel_start}) {
        auto const index = Table<4>::index_of(shared);
        entries[index]   = entries_of(boot_root)[index];
    }
    AddressSpace space{DirectMapAccess{root}};
    auto frame                                        = std::move(*frames.take<kib_4>());
    physical_span<std::uint64_t>(frame.start(), 1)[0] = 4711;
    check(space.map(Page<kib_4>{page}, std::move(frame), {.owner = Owner::user}, frames).has_value());

    check_missing(page);
    cpu::write_cr3(root.value());
    check_read(page, 4711);
    cpu::write_cr3(boot_root.value());
    check_missing(page);

    auto stale = space.stale_pages(frames);
    check(space.unmap(user_half, frames, stale).has_value());
    stale.flush();
    check(entries[Table<4>::index_of(layout::kernel_start)].is_present());
    frames.give(Frame<kib_4>::own(root));
    check_equal(free_frames(), before);
}

// -- Mistakes ----------------------------------------------------------------------------------------------

void use_after_unmap() {
    frames::start(tests::handoff());
    KernelFrames frames;
    AddressSpace space{through_the_direct_map()};
    check(space.map(Page<kib_4>{somewhere}, std::move(*frames.take<kib_4>()), data, frames).has_value());
    check(cpu::try_read<std::uint8_t>(somewhere).has_value());
    frames.give(std::move(*space.unmap(Page<kib_4>{somewhere})).flush(frames));
    asm volatile("mov byte ptr [%0], 1" : : "r"(somewhere.value()) : "memory");
}

void execute_a_page_of_data() {
    frames::start(tests::handoff());
    KernelFrames frames;
    AddressSpace space{through_the_direct_map()};
    check(space.map(Page<kib_4>{somewhere}, std::move(*frames.take<kib_4>()), data, frames).has_value());
    asm volatile("call %0" : : "r"(somewhere.value()) : "memory");
}

void drop_a_stale_page() {
    frames::start(tests::handoff());
    KernelFrames frames;
    AddressSpace space{through_the_direct_map()};
    check(space.map(Page<kib_4>{somewhere}, std::move(*frames.take<kib_4>()), data, frames).has_value());
    [[maybe_unused]] auto const dropped = space.unmap(Page<kib_4>{somewhere});
}

void drop_stale_pages() {
    frames::start(tests::handoff());
    KernelFrames frames;
    AddressSpace space{through_the_direct_map()};
    check(space.map(Page<kib_4>{somewhere}, std::move(*frames.take<kib_4>()), data, frames).has_value());
    auto stale = space.stale_pages(frames);
    check(space.unmap(PageRange{Page<kib_4>{somewhere}, 1}, frames, stale).has_value());
}

constexpr testing::Test tests_of_paging[] = {
    {"paging.one_page_through_the_direct_map", one_page_through_the_direct_map},
    {"paging.one_page_through_the_slot", one_page_through_the_slot},
    {"paging.a_range_through_the_direct_map", a_range_through_the_direct_map},
    {"paging.a_range_through_the_slot", a_range_through_the_slot},
    {"paging.a_table_that_went_is_forgotten", a_table_that_went_is_forgotten},
    {"paging.a_space_is_built_and_loaded", a_space_is_built_and_loaded},
    {"paging.use_after_unmap_panics", use_after_unmap, "cannot write to 0xffffc00012345000"},
    {"paging.executing_a_page_of_data_panics", execute_a_page_of_data, "0xffffc00012345000"},
    {"paging.dropping_a_stale_page_panics", drop_a_stale_page, "a stale translation was dropped unflushed"},
    {"paging.dropping_stale_pages_panics", drop_stale_pages, "stale translations were dropped unflushed"},
};

}  // namespace

constinit testing::Suite const tests::paging_suite = tests_of_paging;
