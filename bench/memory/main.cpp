// The benchmark kernel of frames and page tables: what they cost, in instructions of the guest, beside a
// floor that does the least with the same memory, and checks nothing.
//
// Run by `./pith bench memory`.
#include "console/start.hpp"
#include "cpu/hidden.hpp"
#include "cpu/string_instructions.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "measure.hpp"
#include "paging/kernel_map.hpp"
#include "range_in_hand.hpp"
#include "runtime/memory_functions.hpp"

using namespace pith;
using bench::data;
using bench::report;
using cpu::hidden;
using frames::Frame;
using frames::FrameRun;
using paging::Entry;
using paging::KernelFrames;

namespace {

using Space = paging::AddressSpace<paging::DirectMapAccess>;

constexpr auto kib_4 = PageSize::kib_4, mib_2 = PageSize::mib_2;
constexpr std::uint64_t range_pages = 512;
constexpr Page<kib_4> page{VirtAddr{0xffff'c000'0000'5000}};
constexpr Page<mib_2> large_page{VirtAddr{0xffff'c000'0040'0000}};
constexpr VirtAddr start{0xffff'c000'4000'3000};

// -- Frames ------------------------------------------------------------------------------------------------

template <PageSize Size>
[[gnu::always_inline]] inline void frame_pair() {
    frames::give(std::move(*frames::take<Size>()));
}

// Frames as a stack of numbers, whose ends nobody looks for.
struct FrameStack {
    std::array<std::uint64_t, 64> free{};
    std::uint64_t* next = std::next(free.data(), 32);

    void operator()() {
        // SAFETY: because what is taken is given back at once: there are always 32 numbers.
#pragma clang unsafe_buffer_usage begin
        auto const frame = hidden(*--next);
        *next++          = frame;
#pragma clang unsafe_buffer_usage end
        asm volatile("" : : : "memory");
    }
};

// -- Pages -------------------------------------------------------------------------------------------------

void check(bool condition) { require(condition, "the benchmark's pages are mapped and unmapped"); }

// Its tables exist: its neighbour needs them too.
template <PageSize Size>
void one_page(std::string_view name, Space& space, Page<Size> const& place) {
    KernelFrames frames;
    auto frame = std::move(*frames.take<Size>()).disown();
    check(space.map(Page<Size>{place.start() + bytes_in(Size)}, std::move(*frames.take<Size>()), data, frames)
              .has_value());
    report(
        name,
        [&] {
            check(space.map(*hidden(&place), Frame<Size>::own(frame), data, frames).has_value());
            auto stale = space.unmap(*hidden(&place));
            check(stale.has_value());
            frame = std::move(*stale).flush(frames).disown();
        },
        [&] {
            frame = hidden(Frame<Size>::own(frame).disown());
            for (int times = 0; times < 2; ++times) static_cast<void>(hidden(hidden(&place)->start()));
        });
    frames.give(Frame<Size>::own(frame));
}

// A type of this file alone: so the compiler knows who uses the walks that it is part of.
struct Range : bench::RangeInHand {};

// Memory in a row, which does not lie as large pages would need it.
void range(std::string_view name, Space& space) {
    Range frames{std::move(*frames::take_run(range_pages)).disown()};
    report(name, [&] { bench::map_and_unmap(space, hidden(start), frames); });
    frames::give(frames.take_all());
}

// Neighbours of the range, so that its tables stay.
void keep_tables(Space& space) {
    KernelFrames frames;
    for (auto const neighbour : {VirtAddr{start.value() - page_bytes}, start + range_pages * page_bytes})
        check(space.map(Page<kib_4>{neighbour}, std::move(*frames.take<kib_4>()), data, frames).has_value());
}

// Entries that are known, written and cleared.
paging::Table<1>& floor_table() {
    static constinit paging::Table<1> table;
    return *hidden(&table);
}

void floors() {
    report("page-floor", [] {
        auto& entry = floor_table().at(page.start());
        entry       = Entry<1>{hidden(page.start().value())};
        asm volatile("" : : : "memory");
        entry = {};
        cpu::flush_page(page.start());
    });
    report("range-floor", [] {
        auto raw = hidden(page.start().value());
        for (auto& entry : floor_table().entries) {
            entry = Entry<1>{raw};
            raw += page_bytes;
        }
        asm volatile("" : : : "memory");
        for (auto& entry : floor_table().entries) entry = {};
        cpu::flush_all_pages();
    });
}

// -- Zeroing and copying -----------------------------------------------------------------------------------

// A repeated instruction counts as one an iteration: of a page 512. So these stand apart from all the others.
void bytes() {
    constinit static std::array<std::uint64_t, page_bytes / 8> from{}, to{};
    report("zero", [] { runtime::fill_memory(hidden(to.data()), 0, hidden(page_bytes)); });
    report("zero-floor", [] { cpu::fill_words(hidden(to.data()), 0, hidden(page_bytes / 8)); });
    report("copy", [] { runtime::copy_memory(hidden(to.data()), hidden(from.data()), hidden(page_bytes)); });
    report("copy-floor",
           [] { cpu::copy_words(hidden(to.data()), hidden(from.data()), hidden(page_bytes / 8)); });
}

}  // namespace

void kernel_main(boot::Start boot_start) {
    console::start();
    exceptions::start();
    frames::start(console::adopt_handoff(boot_start));
    Space space{paging::DirectMapAccess{PhysAddr{cpu::read_cr3() & paging::bits::address}}};

    report("frame-pair", [] { frame_pair<kib_4>(); });
    report("large-frame-pair", [] { frame_pair<mib_2>(); });
    report("frame-pair-floor", FrameStack{});
    one_page("page", space, page);
    one_page("large-page", space, large_page);
    range("range-and-tables", space);
    keep_tables(space);
    range("range", space);
    floors();
    bytes();
    bench::finish();
}
