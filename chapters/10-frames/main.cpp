// Chapter 10: frames. Which memory is there, and who has it?
//
// The kernel takes every frame that there is, gives all of them back, and then one a second time, which is
// found out. With `naive` on the command line it believes the firmware's map without a thought, and
// overwrites itself.
#include "boot/image.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "memory/direct_map.hpp"
#include "runtime/stack_protector.hpp"

#include <algorithm>

using namespace pith;
using console::println;
using Frame = frames::Frame<PageSize::kib_4>;

namespace {

// #region naive
// The firmware says "usable", so use it: fill each page with zeros.
void use_what_the_firmware_calls_usable(boot::MemoryMap const& map) {
    for (auto const area : map.areas()) {
        if (area.kind != boot::MemoryKind::usable) continue;
        println("clearing from {:#x} on ...", area.start);
        for (auto page = area.start; page < area.start + area.size; page += page_bytes) {
            std::ranges::fill(physical_span<std::uint64_t>(PhysAddr{page}, page_bytes / 8), 0);
        }
    }
}
// #endregion naive

// #region one
Frame take_one() {
    auto frame = frames::take<PageSize::kib_4>();
    if (!frame) console::panic("{}", frames::explain(frame.error()));
    return std::move(*frame);
}
// #endregion one

// #region all
// Takes all frames. Where to keep them, without a heap? Each holds the address of the one before.
PhysAddr take_all(std::uint64_t& count) {
    PhysAddr last;
    while (true) {
        auto frame = frames::take<PageSize::kib_4>();
        if (!frame) return last;
        auto const address                          = std::move(*frame).disown();
        physical_span<PhysAddr>(address, 1).front() = std::exchange(last, address);
        ++count;
    }
}

void give_all(PhysAddr last) {
    while (last != PhysAddr{}) {
        auto const address = std::exchange(last, physical_span<PhysAddr>(last, 1).front());
        frames::give(Frame::own(address));
    }
}

std::uint64_t free_count() {
    return frames::the_frames.with([](auto& allocator) { return allocator.free_count(); });
}
// #endregion all

}  // namespace

// #region kernel
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    if (handoff.command_line.contains("naive")) use_what_the_firmware_calls_usable(handoff.memory_map);

    frames::start(handoff);
    frames::print_memory(handoff.memory_map, frames::reservations_of(handoff, handoff.image));

    auto frame         = take_one();
    auto const address = frame.start();
    println("\na frame: {}", address);
    frames::give(std::move(frame));

    auto const promised = free_count();
    std::uint64_t count = 0;
    auto const last     = take_all(count);
    println("all of them: {}", count == promised ? "as many as promised" : "not as many as promised");
    println("one more: {}", frames::explain(frames::take<PageSize::kib_4>().error()));
    give_all(last);
    println("all given back: {}", free_count() == promised ? "all are free" : "some were lost");

    println("giving one back twice ...");
    frames::give(Frame::own(address));
    cpu::halt_forever();
}
// #endregion kernel
