// What is cleared when it goes back is not found any more; without that, the next owner finds it. In the heap as the
// system has it: the checking mode overwrites what is freed anyway.
#include "console/print.hpp"
#include "cpu/time_stamp.hpp"
#include "frames/clearing.hpp"
#include "heap/clearing.hpp"
#include "paging/kernel_map.hpp"
#include "suites.hpp"

#include <array>
#include <string_view>

using namespace pith;
using testing::check;

namespace {

constexpr std::string_view secret = "correct horse battery staple";
constexpr std::array<std::size_t, 3> block_sizes{64, 4096, 1 << 20};  // two of slabs, and a run of frames

void start() {
    frames::start(tests::handoff());
    paging::start(tests::handoff());
}

// A secret in the middle of a block of this size, which then goes back. Where it was is looked at afterwards.
bool is_found_after_freeing(std::pmr::memory_resource& memory, std::size_t size) {
    auto* const block = static_cast<char*>(memory.allocate(size));
// SAFETY: because the block was asked for with this size.
#pragma clang unsafe_buffer_usage begin
    std::span<char> const text{block, size};
#pragma clang unsafe_buffer_usage end
    auto const middle = text.subspan(size / 4, secret.size());
    std::ranges::copy(secret, middle.begin());
    check(std::ranges::equal(middle, secret));
    memory.deallocate(block, size);
    // (What is free may be read: it lies in the direct map.)
    asm volatile("" : : : "memory");
    return std::ranges::equal(middle, secret);
}

void a_secret_stays_in_freed_memory() {
    start();
    for (auto const size : block_sizes) check(is_found_after_freeing(*std::pmr::new_delete_resource(), size));
}

void a_secret_is_gone_from_cleared_memory() {
    start();
    heap::ClearingResource clearing;
    for (auto const size : block_sizes) check(!is_found_after_freeing(clearing, size));
}

template <PageSize Size>
bool is_found_in_the_frame(auto&& give_back) {
    auto frame = frames::take<Size>();
    check(frame.has_value());
    auto const last = physical_span<std::uint64_t>(frame->start(), bytes_in(Size) / 8).last(1);
    last.front()    = 0x5ec4'e700;
    give_back(std::move(*frame));
    return last.front() == 0x5ec4'e700;
}

void a_secret_stays_in_a_frame() {
    start();
    auto const give = [](auto frame) { frames::give(std::move(frame)); };
    check(is_found_in_the_frame<PageSize::kib_4>(give));
    check(is_found_in_the_frame<PageSize::mib_2>(give));
}

void a_secret_is_gone_from_a_cleared_frame() {
    start();
    auto const clear = [](auto frame) { frames::clear_and_give(std::move(frame)); };
    check(!is_found_in_the_frame<PageSize::kib_4>(clear));
    check(!is_found_in_the_frame<PageSize::mib_2>(clear));
    auto run = frames::take_run(3);
    check(run.has_value());
    auto const last = physical_span<std::uint64_t>(run->start(), run->range().size() / 8).last(1);
    last.front()    = 1;
    frames::clear_and_give(std::move(*run));
    check(last.front() == 0);
}

// In instructions, under -icount.
std::uint64_t cost_of(auto&& work) {
    auto const before = cpu::unordered_time_stamp();
    work();
    return cpu::unordered_time_stamp() - before;
}

void what_clearing_costs() {
    start();
    heap::ClearingResource clearing;
    auto& plain        = *std::pmr::new_delete_resource();
    auto const heap_of = [](std::pmr::memory_resource& memory) {
        return cost_of([&] { memory.deallocate(memory.allocate(64), 64); });
    };
    auto const frame_of = [](auto&& give) {
        return cost_of([&] { give(std::move(*frames::take<PageSize::kib_4>())); });
    };
    auto const give  = [](auto frame) { frames::give(std::move(frame)); };
    auto const clear = [](auto frame) { frames::clear_and_give(std::move(frame)); };
    heap_of(plain), frame_of(give);  // the first of all costs more
    console::print("64 bytes {} and cleared {}, a frame {} and cleared {} ", heap_of(plain),
                   heap_of(clearing), frame_of(give), frame_of(clear));
}

constexpr testing::Test list[] = {
    {"clearing.a_secret_stays_in_freed_memory", a_secret_stays_in_freed_memory},
    {"clearing.a_secret_is_gone_from_cleared_memory", a_secret_is_gone_from_cleared_memory},
    {"clearing.a_secret_stays_in_a_frame", a_secret_stays_in_a_frame},
    {"clearing.a_secret_is_gone_from_a_cleared_frame", a_secret_is_gone_from_a_cleared_frame},
    {"clearing.what_clearing_costs", what_clearing_costs},
};

}  // namespace

constinit testing::Suite const tests::clearing_suite = list;
