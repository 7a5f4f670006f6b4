// The kernel's own map: what may not be done with each part of it really faults, with the right error code at
// the right address. Every frame that the memory map promised can be had.
//
// These tests leave the boot map for good, so they are the last ones.
#include "boot/image.hpp"
#include "console/stacks.hpp"
#include "cpu/features.hpp"
#include "cpu/fixup.hpp"
#include "cpu/msr.hpp"
#include "cpu/time_stamp.hpp"
#include "exceptions/shadow_stacks.hpp"
#include "memory/direct_map.hpp"
#include "own_map.hpp"
#include "paging/audit.hpp"
#include "paging/regions.hpp"
#include "promise.hpp"
#include "seen_faults.hpp"
#include "suites.hpp"

#include <memory>

using namespace pith;
using paging::Access;
using paging::KernelFrames;
using paging::KernelSpace;
using testing::check;
using testing::check_equal;
using tests::check_call_faults;
using tests::check_read_faults;
using tests::check_write_faults;
using tests::move_into_own_map;
using tests::read_missing;
using tests::some_page;
using tests::with_faults_seen;
using tests::write_missing;
using tests::write_refused;

extern "C" std::uintptr_t __stack_chk_guard;

void tests::move_into_own_map() {
    static constinit bool has_moved = false;
    if (std::exchange(has_moved, true)) return;
    exceptions::prepare_shadow_stacks();
    frames::start(handoff());
    paging::start(handoff());
}

namespace {

// ---- What may not be done --------------------------------------------------------------------------------

constexpr std::array<std::uint8_t, 1> return_instruction{0xc3};
constinit std::array<std::uint8_t, 1> writable_return_instruction{0xc3};

void code_cannot_be_written() {
    with_faults_seen([] {
        check_write_faults(boot::image_parts().text, write_refused);
        check_write_faults(VirtAddr{boot::image_parts().constants.value() - 1}, write_refused);
    });
}

void constants_cannot_be_written() {
    with_faults_seen([] {
        check_write_faults(boot::image_parts().constants, write_refused);
        check_write_faults(VirtAddr{return_instruction.data()}, write_refused);
    });
}

void write_to_a_constant() {
    move_into_own_map();
    asm volatile("mov byte ptr [%0], 1" : : "r"(return_instruction.data()) : "memory");
}
void write_to_what_is_sealed() {
    tests::SealedMap const sealed;
    asm volatile("mov byte ptr [%0], 1" : : "r"(&__stack_chk_guard) : "memory");
}

void what_is_sealed_cannot_be_written() {
    with_faults_seen([] {
        auto const parts = boot::image_parts();
        VirtAddr const guard{&__stack_chk_guard};
        check(parts.sealed <= guard && guard < parts.data);
        check_write_faults(guard, write_refused);
        check(cpu::try_read<std::uint8_t>(guard).has_value());
    });
}

void data_cannot_be_executed() {
    with_faults_seen([] {
        std::array<std::uint8_t, 1> const on_the_stack{0xc3};
        check_call_faults(VirtAddr{return_instruction.data()});
        check_call_faults(VirtAddr{writable_return_instruction.data()});
        check_call_faults(VirtAddr{on_the_stack.data()});
    });
}

void the_direct_map_cannot_be_executed() {
    with_faults_seen([] {
        auto frame = frames::take<PageSize::kib_4>();
        check(frame.has_value());
        physical_span<std::uint8_t>(frame->start(), 1).front() = 0xc3;
        check_call_faults(in_direct_map(frame->start()));
        frames::give(std::move(*frame));
    });
}

void the_heap_cannot_be_executed() {
    with_faults_seen([] {
        for (std::size_t const bytes :
             {std::size_t{16}, std::size_t{1} << 20}) {  // a slab's, and a large block
            auto const block = std::make_unique<std::uint8_t[]>(bytes);
            check(cpu::try_write<std::uint8_t>(VirtAddr{block.get()}, 0xc3).has_value());
            check_call_faults(VirtAddr{block.get()});
        }
    });
}

void the_image_is_not_in_the_direct_map() {
    with_faults_seen([] {
        auto const image = boot::image_after_boot();
        check_read_faults(in_direct_map(image.start()), read_missing);
        check_write_faults(in_direct_map(PhysAddr{image.end().value() - 1}), write_missing);
    });
}

void null_is_not_there() {
    with_faults_seen([] {
        check_read_faults(VirtAddr{std::uint64_t{0}}, read_missing);
        check_write_faults(VirtAddr{std::uint64_t{8}}, write_missing);
    });
}

void every_stack_has_a_guard() {
    with_faults_seen([] {
        unsigned stacks = 0;
        for (auto const* stack = console::first_known_stack(); stack != nullptr; stack = stack->next) {
            ++stacks;
            check_read_faults(VirtAddr{stack->bottom.value() - 1}, read_missing);
            check_write_faults(VirtAddr{stack->bottom.value() - console::KnownStack::guard_size},
                               write_missing);
            check(cpu::try_read<std::uint8_t>(stack->bottom).has_value());
        }
        check_equal(stacks, 9U);
    });
}

void a_page_is_used_and_not_after_it_was_unmapped() {
    with_faults_seen([] {
        auto frame = frames::take<PageSize::kib_4>();
        paging::with_kernel_space([&](KernelSpace& space, KernelFrames& source) {
            check(
                space.map(some_page, std::move(*frame), {.access = Access::read_write}, source).has_value());
        });
        check(cpu::try_write<std::uint64_t>(some_page.start(), 42).has_value());
        check_equal(cpu::try_read<std::uint64_t>(some_page.start()).value_or(0), 42U);
        check_call_faults(some_page.start());
        paging::with_kernel_space([](KernelSpace& space, KernelFrames& source) {
            auto stale = space.unmap(some_page);
            check(stale.has_value());
            source.give(std::move(*stale).flush(source));
        });
        check_read_faults(some_page.start(), read_missing);
    });
}

void rights_can_be_taken_away() {
    with_faults_seen([] {
        auto frame = frames::take<PageSize::kib_4>();
        paging::with_kernel_space([&](KernelSpace& space, KernelFrames& source) {
            check(
                space.map(some_page, std::move(*frame), {.access = Access::read_write}, source).has_value());
        });
        check(cpu::try_write<std::uint64_t>(some_page.start(), 1).has_value());
        paging::with_kernel_space([](KernelSpace& space, KernelFrames& source) {
            auto stale = space.stale_pages(source);
            check(space.protect({some_page, 1}, {.access = Access::read}, source, stale).has_value());
            stale.flush();
        });
        check_write_faults(some_page.start(), write_refused);
    });
}

// ---- What others left ------------------------------------------------------------------------------------

// Somewhere behind all memory of this machine, where nobody has mapped anything.
constexpr PhysAddr far_away{std::uint64_t{0x8'0000'0000}};

bool is_mapped(PhysAddr address) { return cpu::try_read<std::uint8_t>(in_direct_map(address)).has_value(); }

// What ACPI's tables will need. (On pc and q35 nobody has mapped it before.)
void the_acpi_pointer_is_mapped_and_read() {
    with_faults_seen([] {
        auto const rsdp = tests::handoff().acpi_rsdp;
        check(rsdp.has_value());
        if (!rsdp) return;
        check(paging::map_for_reading(PhysRange::of_size(*rsdp, 36)));
        std::string_view const signature{physical_span<char>(*rsdp, 8).data(), 8};
        check_equal(signature, "RSD PTR ");
        console::print("{}is at {} ", signature, *rsdp);
        std::uint8_t sum = 0;
        for (auto const byte : physical_span<std::uint8_t>(*rsdp, 20))
            sum = static_cast<std::uint8_t>(sum + byte);
        check_equal(sum, 0);
        check_write_faults(in_direct_map(*rsdp), write_refused);
    });
}

void whole_pages_are_mapped_for_reading() {
    with_faults_seen([] {
        check(!is_mapped(far_away));
        // Two bytes that lie in two pages.
        check(paging::map_for_reading(PhysRange::of_size(far_away + (2 * page_bytes - 1), 2)));
        check(!is_mapped(far_away + (page_bytes - 1)));
        check(is_mapped(far_away + page_bytes) && is_mapped(far_away + (3 * page_bytes - 1)));
        check(!is_mapped(far_away + 3 * page_bytes));
        check_write_faults(in_direct_map(far_away + page_bytes), write_refused);
        check_call_faults(in_direct_map(far_away + page_bytes));
        // What is there already stays, and what lies around it comes.
        check(paging::map_for_reading(PhysRange::of_size(far_away, 4 * page_bytes)));
        check(is_mapped(far_away) && is_mapped(far_away + 3 * page_bytes));
        check_equal(paging::audit_kernel(), 0U);
    });
}

// The kernel writes there, and goes on to.
void memory_that_is_mapped_stays_writable() {
    with_faults_seen([] {
        auto frame = frames::take<PageSize::kib_4>();
        check(paging::map_for_reading(PhysRange::of_size(frame->start(), page_bytes)));
        check(cpu::try_write<std::uint8_t>(in_direct_map(frame->start()), 1).has_value());
        frames::give(std::move(*frame));
    });
}

void nothing_is_mapped_for_an_empty_range() {
    with_faults_seen([] {
        for (auto const start : {far_away, far_away + 8}) {
            check(paging::map_for_reading(PhysRange::of_size(start, 0)));
            check(!is_mapped(far_away));
        }
    });
}

void what_the_processor_cannot_address_is_refused() {
    with_faults_seen([] {
        PhysAddr const end{
            std::min(layout::direct_map_size, std::uint64_t{1} << cpu::physical_address_bits())};
        PhysAddr const last{end.value() - page_bytes},
            highest{(std::uint64_t{1} << PhysAddr::bits) - page_bytes};
        check(!paging::map_for_reading(PhysRange::of_size(last, page_bytes + 1)));
        check(!paging::map_for_reading(PhysRange::of_size(end, 1)));
        check(!paging::map_for_reading(PhysRange::of_size(highest, 1)));
        check(!is_mapped(last));
        check(paging::map_for_reading(PhysRange::of_size(last, page_bytes)));
        check(is_mapped(last));
    });
}

// It has no second name, not even to be read.
void the_image_is_not_mapped_for_reading() {
    with_faults_seen([] {
        auto const image = boot::image_after_boot();
        check(!paging::map_for_reading(PhysRange::of_size(image.start(), 1)));
        check(!paging::map_for_reading(PhysRange::of_size(PhysAddr{image.end().value() - 1}, 2)));
        check_read_faults(in_direct_map(image.start()), read_missing);
    });
}

void a_range_that_wraps_is_none() {
    move_into_own_map();
    static_cast<void>(
        paging::map_for_reading(PhysRange::of_size(PhysAddr{(std::uint64_t{1} << 52) - 8}, 36)));
}

void nothing_is_mapped_without_frames() {
    with_faults_seen([] {
        PhysAddr last;
        while (auto frame = frames::take<PageSize::kib_4>()) last = std::move(*frame).disown();
        check(!paging::map_for_reading(PhysRange::of_size(far_away, 1)));
        check(!is_mapped(far_away));
    });
}

// The second page needs a table of its own, and there is no frame for that. (The first needs two.)
void what_was_mapped_before_the_frames_ran_out_stays() {
    with_faults_seen([] {
        PhysAddr last, before_last;
        while (auto frame = frames::take<PageSize::kib_4>())
            before_last = std::exchange(last, std::move(*frame).disown());
        for (auto const frame : {last, before_last}) frames::give(frames::Frame<PageSize::kib_4>::own(frame));
        PhysAddr const second{far_away + bytes_in(PageSize::mib_2)};
        check(!paging::map_for_reading(PhysRange::of_size(PhysAddr{second.value() - 1}, 2)));
        check(is_mapped(PhysAddr{second.value() - 1}));
        check(!is_mapped(second));
        check_equal(paging::audit_kernel(), 0U);
    });
}

// What the entries' bits say must be what the processor does: the register itself is asked.
void the_processor_knows_write_combining() {
    move_into_own_map();
    if (!cpu::memory_features().attribute_table) return;
    auto const types = cpu::read_msr(cpu::Msr::page_attribute_table);
    auto const entry = paging::Entry<1>::page(PhysAddr{0}, {.caching = paging::Caching::write_combining},
                                              paging::Backing::borrowed, paging::Reach::all_spaces);
    auto const index = (entry.is_write_through() ? 1U : 0) | (entry.is_uncached() ? 2U : 0);
    check_equal(types >> 8 * index & 0xff, 1U);
    check_equal(types & 0xff, 6U);           // all other memory: write-back
    check_equal(types >> 8 * 3 & 0xff, 0U);  // devices: uncached
}

// ---- The proof -------------------------------------------------------------------------------------------

void the_walk_finds_nothing() {
    move_into_own_map();
    check_equal(paging::audit_kernel(), 0U);
    tests::SealedMap const sealed;
    check_equal(paging::audit_kernel(), 0U);
}

void the_pages_are_printed() {
    move_into_own_map();
    paging::print_pages();
    paging::print_pages_for_programs();
}

void a_second_start_panics() {
    move_into_own_map();
    paging::start(tests::handoff());
}

// ---- All of memory ---------------------------------------------------------------------------------------

using Large = frames::Frame<PageSize::mib_2>;
using Small = frames::Frame<PageSize::kib_4>;

std::uint64_t free_count() {
    return frames::the_frames.with([](auto& allocator) { return allocator.free_count(); });
}

// Takes all that there is, keeps large frames in `notebook`, small ones in a chain. Gives everything back.
// Returns how many frames of 4 KiB that were.
std::uint64_t take_all_and_give_back(std::span<PhysAddr> notebook) {
    std::size_t large = 0;
    while (large < notebook.size()) {
        auto frame = frames::take<PageSize::mib_2>();
        if (!frame) break;
        notebook[large++] = std::move(*frame).disown();
    }
    std::uint64_t small = 0;
    PhysAddr last;
    while (true) {
        auto frame = frames::take<PageSize::kib_4>();
        if (!frame) break;
        auto const address                          = std::move(*frame).disown();
        physical_span<PhysAddr>(address, 1).front() = std::exchange(last, address);
        ++small;
    }
    check_equal(free_count(), 0U);
    check(!frames::take_run(1).has_value());
    while (last != PhysAddr{}) {
        auto const address = std::exchange(last, physical_span<PhysAddr>(last, 1).front());
        frames::give(Small::own(address));
    }
    for (auto const address : notebook.first(large)) frames::give(Large::own(address));
    return large * (bytes_in(PageSize::mib_2) / page_bytes) + small;
}

// What boot adds, and what the own map adds to it.
void the_count_is_what_the_map_promised() {
    static constinit tests::Promise promise;
    auto const& map = tests::handoff().memory_map;
    promise.add(map, frames::reservations_of(tests::handoff(), tests::handoff().image),
                PhysAddr{layout::boot_map_size});
    promise.add(map, frames::reservations_of(tests::handoff(), boot::image_after_boot()),
                frames::FrameAllocator::highest);
    auto const total = frames::the_frames.with([](auto& allocator) { return allocator.total_count(); });
    check_equal(total, promise.frames());
    check(promise.descriptions() <= total / 2000 + 1);
}

// Twice: everything that was given back can be had again. (What describes the frames is not among them.)
void every_frame_can_be_had_again() {
    move_into_own_map();
    the_count_is_what_the_map_promised();
    auto notebook_frame = frames::take<PageSize::mib_2>();
    check(notebook_frame.has_value());
    auto const free     = free_count();
    auto const notebook = physical_span<PhysAddr>(notebook_frame->start(), bytes_in(PageSize::mib_2) / 8);
    check_equal(take_all_and_give_back(notebook), free);
    check_equal(take_all_and_give_back(notebook), free);
    frames::give(std::move(*notebook_frame));
    testing::check_equal(free_count(), free + bytes_in(PageSize::mib_2) / page_bytes);
}

// Counted under -icount. Most of it is the pages of the image, and what lies between the direct map's small
// pages and its large ones; 512 GiB in pages of 1 GiB are a table more.
void starting_costs_the_same_whatever_the_size() {
    constexpr std::uint64_t limit = 200'000;
    auto const before             = cpu::unordered_time_stamp();
    tests::SealedMap const sealed;
    auto const cost = cpu::unordered_time_stamp() - before;
    if (!tests::handoff().command_line.ends_with(" counted")) return;
    check(cost < limit);
    auto const made = cpu::unordered_time_stamp();
    paging::audit_kernel();
    console::print("{} to make it, {} to prove it, instructions ", cost, cpu::unordered_time_stamp() - made);
}

constexpr testing::Test list[] = {
    {"kernel_map.starting_costs_the_same_whatever_the_size", starting_costs_the_same_whatever_the_size},
    {"kernel_map.code_cannot_be_written", code_cannot_be_written},
    {"kernel_map.constants_cannot_be_written", constants_cannot_be_written},
    {"kernel_map.a_constant_that_is_written_is_named", write_to_a_constant,
     "the address is in the kernel's constants"},
    {"kernel_map.what_is_sealed_and_written_is_named", write_to_what_is_sealed,
     "the address is in the kernel's constants"},
    {"kernel_map.what_is_sealed_cannot_be_written", what_is_sealed_cannot_be_written},
    {"kernel_map.data_cannot_be_executed", data_cannot_be_executed},
    {"kernel_map.the_direct_map_cannot_be_executed", the_direct_map_cannot_be_executed},
    {"kernel_map.the_heap_cannot_be_executed", the_heap_cannot_be_executed},
    {"kernel_map.the_image_is_not_in_the_direct_map", the_image_is_not_in_the_direct_map},
    {"kernel_map.null_is_not_there", null_is_not_there},
    {"kernel_map.every_stack_has_a_guard", every_stack_has_a_guard},
    {"kernel_map.a_page_is_used_and_not_after_it_was_unmapped", a_page_is_used_and_not_after_it_was_unmapped},
    {"kernel_map.rights_can_be_taken_away", rights_can_be_taken_away},
    {"kernel_map.the_acpi_pointer_is_mapped_and_read", the_acpi_pointer_is_mapped_and_read},
    {"kernel_map.whole_pages_are_mapped_for_reading", whole_pages_are_mapped_for_reading},
    {"kernel_map.memory_that_is_mapped_stays_writable", memory_that_is_mapped_stays_writable},
    {"kernel_map.nothing_is_mapped_for_an_empty_range", nothing_is_mapped_for_an_empty_range},
    {"kernel_map.what_the_processor_cannot_address_is_refused", what_the_processor_cannot_address_is_refused},
    {"kernel_map.the_image_is_not_mapped_for_reading", the_image_is_not_mapped_for_reading},
    {"kernel_map.a_range_that_wraps_is_none", a_range_that_wraps_is_none,
     "a physical address has at most 52 bits"},
    {"kernel_map.the_processor_knows_write_combining", the_processor_knows_write_combining},
    {"kernel_map.the_walk_finds_nothing", the_walk_finds_nothing},
    {"kernel_map.the_pages_are_printed", the_pages_are_printed},
    {"kernel_map.every_frame_can_be_had_again", every_frame_can_be_had_again},
    {"kernel_map.nothing_is_mapped_without_frames", nothing_is_mapped_without_frames},
    {"kernel_map.what_was_mapped_before_the_frames_ran_out_stays",
     what_was_mapped_before_the_frames_ran_out_stays},
    {"kernel_map.a_second_start_panics", a_second_start_panics, "the kernel has a map of its own already"},
};

}  // namespace

constinit testing::Suite const tests::kernel_map_suite = list;
