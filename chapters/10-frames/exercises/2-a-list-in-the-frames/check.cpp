// Checks exercise 10.2 with all frames of the machine, twice; in between they are filled with nonsense.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "frames/start.hpp"
#include "memory/direct_map.hpp"
#include "runtime/stack_protector.hpp"

#include <algorithm>

using namespace pith;
using console::println;

namespace {

std::uint64_t free_count() { return frames::totals().free; }

std::uint64_t give_all() {
    std::uint64_t count = 0;
    while (true) {
        auto frame = frames::take<PageSize::kib_4>();
        if (!frame) break;
        std::ranges::fill(physical_span<std::uint64_t>(frame->start(), 512), 0xbad'bad'bad);
        exercise::give(std::move(*frame));
        ++count;
    }
    return count;
}

// (A frame that comes twice is found by the kernel's allocator, when it is given back.)
std::uint64_t take_all() {
    std::uint64_t count = 0;
    while (auto frame = exercise::take()) {
        std::ranges::fill(physical_span<std::uint64_t>(frame->start(), 512), ~std::uint64_t{0});
        frames::give(std::move(*frame));
        ++count;
    }
    return count;
}

bool one_round() {
    if (auto frame = exercise::take()) {
        println("the list gave {}, and nobody had given it one", frame->start());
        static_cast<void>(std::move(*frame).disown());
        return false;
    }
    auto const before = free_count();
    auto const given  = give_all();
    auto const taken  = take_all();
    println("{} frames went into the list, {} came out", given, taken);
    return given == before && taken == given && free_count() == before;
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    frames::start(console::adopt_handoff(start));
    bool is_right = one_round();
    is_right      = is_right && one_round();  // nothing of the first round may be left
    if (is_right) println("solved");
    cpu::halt_forever();
}
