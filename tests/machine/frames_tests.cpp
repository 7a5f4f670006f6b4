// The frame allocator with the machine's own memory: every frame is written to, through the direct map.
#include "frames/start.hpp"

#include "cpu/time_stamp.hpp"
#include "memory/direct_map.hpp"
#include "promise.hpp"
#include "suites.hpp"

using namespace pith;
using frames::FrameAllocator;
using frames::TakeError;
using testing::check;
using testing::check_equal;

namespace {

using SmallFrame = frames::Frame<PageSize::kib_4>;
using LargeFrame = frames::Frame<PageSize::mib_2>;

constexpr std::uint64_t large_bytes = bytes_in(PageSize::mib_2);

// Starts the allocator, the first time.
frames::Addition start() {
    static constinit std::optional<frames::Addition> addition;
    if (!addition) addition = frames::start(tests::handoff());
    return *addition;
}

std::uint64_t free_count() {
    return frames::the_frames.with([](FrameAllocator const& all) { return all.free_count(); });
}

// Calls `visit(range)` for each zone.
template <typename Visit>
void for_each_zone(Visit&& visit) {
    frames::the_frames.with([&](FrameAllocator const& all) {
        for (std::size_t index = 0; index < all.zone_count(); ++index) visit(all.zone(index));
    });
}

// -- What is promised --------------------------------------------------------------------------------------

void the_counts_agree() {
    auto const addition      = start();
    std::uint64_t in_zones   = 0;
    std::uint64_t left_apart = 0;
    PhysAddr behind;
    for_each_zone([&](PhysRange zone) {
        in_zones += zone.size() / page_bytes;
        left_apart += behind <= zone.start() ? 0 : 1;
        behind = zone.end();
    });
    check(addition.frames > 0);
    check_equal(addition.frames, in_zones);
    check_equal(addition.frames, free_count());
    check_equal(left_apart, 0U);
}

// To start again adds nothing: all is there, or reserved.
void nothing_is_added_twice() {
    auto const first  = start();
    auto const second = frames::start(tests::handoff());
    check_equal(second.frames, 0U);
    check_equal(second.left_out, first.left_out);
}

// To the frame. What describes them is less than 0.05 % of memory.
void the_promise_is_what_the_map_says() {
    auto const addition = start();
    static constinit tests::Promise promise;
    promise.add(tests::handoff().memory_map,
                frames::reservations_of(tests::handoff(), tests::handoff().image),
                PhysAddr{layout::boot_map_size});
    check_equal(addition.frames, promise.frames());
    check_equal(addition.left_out, promise.left_out());
    auto const all = promise.frames() + promise.descriptions() + promise.left_out();
    if (all >= 1500) check(promise.descriptions() * 2000 <= all + 1999);
    check(addition.left_out <= 2);
    console::print("{} of {} pages, {} describe them ", addition.frames, all, promise.descriptions());
}

void no_zone_has_what_is_reserved() {
    start();
    for (auto const& reservation : frames::reservations_of(tests::handoff(), tests::handoff().image))
        for_each_zone([&](PhysRange zone) { check(!zone.overlaps(reservation.range)); });
    auto const& handoff = tests::handoff();
    console::print("{} modules ", handoff.modules.size());
    for_each_zone([&](PhysRange zone) {
        check(!zone.overlaps(handoff.image));
        check(zone.start() >= PhysAddr{page_bytes});
        for (auto const& part : handoff.information) check(!zone.overlaps(part));
        for (auto const& module : handoff.modules) check(!zone.overlaps(module.content));
    });
}

// -- Every frame -------------------------------------------------------------------------------------------

// What stands in a frame that was taken: the one taken before it, and a mark that nothing else has.
struct Taken {
    std::uint64_t before;
    std::uint64_t mark;
};

Taken& at(std::uint64_t frame) { return physical_span<Taken>(PhysAddr{frame}, 1).front(); }
std::uint64_t& last_word_of(std::uint64_t frame) {
    return physical_span<std::uint64_t>(PhysAddr{frame}, page_bytes / 8).back();
}

// Frames in a list that goes through the frames themselves.
class List {
public:
    explicit List(std::uint64_t magic) : magic_{magic} {}

    void add(SmallFrame&& taken) {
        auto const frame = std::move(taken).disown().value();
        repeated_ += at(frame).mark == (frame ^ magic_) ? 1 : 0;
        at(frame)           = {.before = last_, .mark = frame ^ magic_};
        last_word_of(frame) = frame ^ ~magic_;
        last_               = frame;
        ++count_;
    }
    std::uint64_t count() const { return count_; }
    std::uint64_t repeated() const { return repeated_; }

    // Gives all back; returns how many still had their marks.
    std::uint64_t give_all() {
        std::uint64_t intact = 0;
        for (auto frame = std::exchange(last_, 0); frame != 0;) {
            bool const is_intact =
                at(frame).mark == (frame ^ magic_) && last_word_of(frame) == (frame ^ ~magic_);
            intact += is_intact ? 1 : 0;
            at(frame).mark = 0;
            frames::give(SmallFrame::own(PhysAddr{std::exchange(frame, at(frame).before)}));
        }
        return intact;
    }

private:
    std::uint64_t magic_;
    std::uint64_t last_ = 0, count_ = 0, repeated_ = 0;
};

void take_and_give_all(std::uint64_t promised, std::uint64_t magic) {
    List list{magic};
    for (;;) {
        auto frame = frames::take<PageSize::kib_4>();
        if (!frame) {
            check(frame.error() == TakeError::out_of_frames);
            break;
        }
        list.add(std::move(*frame));
    }
    check_equal(list.count(), promised);
    check_equal(list.repeated(), 0U);
    check_equal(free_count(), 0U);
    check(!frames::take<PageSize::mib_2>().has_value());
    check(!frames::take_run(1).has_value());
    check_equal(list.give_all(), promised);
    check_equal(free_count(), promised);
}

void every_frame_is_given_out_once() {
    auto const promised = start().frames;
    take_and_give_all(promised, 0x1234'5678'9abc'def0);
    take_and_give_all(promised, 0x0fed'cba9'8765'4321);
    console::print("{} frames ", promised);
}

std::uint64_t whole_pieces() {
    std::uint64_t count = 0;
    for_each_zone([&](PhysRange zone) {
        auto const first = round_up(zone.start().value(), large_bytes);
        auto const end   = round_down(zone.end().value(), large_bytes);
        if (first < end) count += (end - first) / large_bytes;
    });
    return count;
}

// All of 2 MiB, though small frames were taken of each before.
void every_large_frame_is_given_out_once() {
    auto const promised = start().frames;
    take_and_give_all(promised, 0x5555'aaaa'5555'aaaa);
    std::uint64_t count = 0, last = 0;
    for (;;) {
        auto frame = frames::take<PageSize::mib_2>();
        if (!frame) break;
        auto const address = std::move(*frame).disown().value();
        at(address).before = std::exchange(last, address);
        ++count;
    }
    check(count > 0);
    check_equal(count, whole_pieces());
    check_equal(free_count(), promised - count * 512);
    while (last != 0) frames::give(LargeFrame::own(PhysAddr{std::exchange(last, at(last).before)}));
    check_equal(free_count(), promised);
}

// -- Runs --------------------------------------------------------------------------------------------------

void runs_are_in_a_row() {
    start();
    auto const before = free_count();
    auto run          = frames::take_run(16);
    check(run.has_value());
    if (!run) return;
    auto const range = run->range();
    check_equal(range.size(), 16 * page_bytes);
    for (auto& byte : physical_span<std::uint8_t>(range.start(), static_cast<std::size_t>(range.size())))
        byte = 0x5a;
    check_equal(free_count(), before - 16);
    frames::give(std::move(*run));
    check_equal(free_count(), before);
}

// Runs come from below, single frames from above. The second run is not from the zone of the first, which
// lies below the screen: its chunks must be others.
void runs_and_single_frames_meet() {
    auto const promised = start().frames;
    constexpr PhysAddr screen{0xa'0000};
    auto small = frames::the_frames.with([&](FrameAllocator& all) { return all.take_run(4, screen); });
    auto large = frames::take_run(200);
    check(small.has_value() && large.has_value());
    if (!small || !large) return;
    check(small->range().end() <= screen && large->start() >= PhysAddr{0x10'0000});
    take_and_give_all(promised - 204, 0x0123'4567'89ab'cdef);
    frames::give(std::move(*large));
    frames::give(std::move(*small));
    check_equal(free_count(), promised);
}

// As a device wants it whose addresses have 24 bits.
void runs_keep_below_a_limit() {
    start();
    constexpr PhysAddr limit{16 * 1024 * 1024};
    auto run = frames::the_frames.with([&](FrameAllocator& all) { return all.take_run(600, limit); });
    check(run.has_value());
    if (!run) return;
    check(run->range().end() <= limit);
    check(is_multiple(run->start().value(), large_bytes));
    frames::give(std::move(*run));
}

// -- What goes wrong ---------------------------------------------------------------------------------------

SmallFrame take_one() {
    start();
    auto frame = frames::take<PageSize::kib_4>();
    if (!frame) fail("there is no frame");
    return std::move(*frame);
}

void a_frame_given_twice_panics() {
    auto frame         = take_one();
    auto const address = frame.start();
    frames::give(std::move(frame));
    frames::give(SmallFrame::own(address));
}

void the_kernels_own_frame_panics() {
    start();
    frames::give(SmallFrame::own(tests::handoff().image.start()));
}

void a_dropped_frame_panics() { static_cast<void>(take_one()); }

void a_dropped_run_panics() {
    start();
    [[maybe_unused]] auto const dropped = frames::take_run(2);
}

// -- What it costs -----------------------------------------------------------------------------------------

// Where the time-stamp counter counts instructions (-icount; the command line says so): the same in 512 MiB
// and in 3 GiB. One step more for each 2 MiB of those would be more than the limit.
void starting_costs_the_same_whatever_the_size() {
    constexpr std::uint64_t limit = 30'000;
    auto const before             = cpu::unordered_time_stamp();
    start();
    auto const cost = cpu::unordered_time_stamp() - before;
    if (tests::handoff().command_line.ends_with(" counted")) {
        check(cost < limit);
        console::print("{} instructions ", cost);
    }
}

void the_table_is_printed() {
    start();
    frames::print_memory(tests::handoff().memory_map,
                         frames::reservations_of(tests::handoff(), tests::handoff().image));
}

constexpr testing::Test tests_of_frames[] = {
    {"frames.the_counts_agree", the_counts_agree},
    {"frames.nothing_is_added_twice", nothing_is_added_twice},
    {"frames.the_promise_is_what_the_map_says", the_promise_is_what_the_map_says},
    {"frames.no_zone_has_what_is_reserved", no_zone_has_what_is_reserved},
    {"frames.every_frame_is_given_out_once", every_frame_is_given_out_once},
    {"frames.every_large_frame_is_given_out_once", every_large_frame_is_given_out_once},
    {"frames.runs_are_in_a_row", runs_are_in_a_row},
    {"frames.runs_and_single_frames_meet", runs_and_single_frames_meet},
    {"frames.runs_keep_below_a_limit", runs_keep_below_a_limit},
    {"frames.a_frame_given_twice_panics", a_frame_given_twice_panics, "was given back, but is free already"},
    {"frames.the_kernels_own_frame_panics", the_kernels_own_frame_panics,
     "the frame at 0x0000000000100000 was given back, but does not belong to the allocator"},
    {"frames.a_dropped_frame_panics", a_dropped_frame_panics, "a frame was dropped that nobody gave back"},
    {"frames.a_dropped_run_panics", a_dropped_run_panics, "frames were dropped that nobody gave back"},
    {"frames.starting_costs_the_same_whatever_the_size", starting_costs_the_same_whatever_the_size},
    {"frames.the_table_is_printed", the_table_is_printed},
};

}  // namespace

constinit testing::Suite const tests::frames_suite = tests_of_frames;
