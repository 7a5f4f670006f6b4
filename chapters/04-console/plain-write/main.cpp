// What becomes of a write to the screen that no other code reads. With `volatile` on the command line it is a
// volatile one.
#include "../timer.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "memory/direct_map.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

// #region compute
template <typename Cell>
Cell* corner_of_screen() {
    constexpr std::uint64_t text_screen = 0xb'8000, last_column = 79;
    return reinterpret_cast<Cell*>(in_direct_map(PhysAddr{text_screen + last_column * sizeof(Cell)}).value());
}

constexpr std::uint16_t white_on_blue = 0x1f00;

// Ten long steps of a computation. The corner of the screen shows which one it is at.
template <typename Cell>
[[gnu::noinline]] std::uint32_t compute(Cell* corner) {
    std::uint32_t value = 1;
    for (std::uint32_t step = 0; step < 10; ++step) {
        *corner = static_cast<std::uint16_t>(white_on_blue | ('0' + step));
        for (std::uint32_t turn = 0; turn < 100'000'000; ++turn) value = value * 1'664'525 + 1'013'904'223;
    }
    return value;
}
// #endregion compute

// #region tick
// Looks at the screen as somebody before it would: twice in the course of the computation.
[[gnu::interrupt]] void on_tick(timer::Frame*) {
    static constinit unsigned ticks = 0;
    ++ticks;
    if (ticks == 2 || ticks == 4) {
        auto const shown = static_cast<char>(*corner_of_screen<std::uint16_t volatile>());
        println("  tick {}: the corner shows {}", ticks, shown == ' ' ? "nothing" : "a digit");
    }
    timer::served();
}
// #endregion tick

}  // namespace

// #region main
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    auto const handoff     = console::adopt_handoff(start);
    bool const is_volatile = handoff.command_line.contains("volatile");
    println("computing, with {} writes", is_volatile ? "volatile" : "plain");
    timer::start(on_tick);
    auto const value = is_volatile ? compute(corner_of_screen<std::uint16_t volatile>())
                                   : compute(corner_of_screen<std::uint16_t>());
    cpu::disable_interrupts();
    println("computed {:#x}", value);
    println("  at the end the corner shows {}",
            static_cast<char>(*corner_of_screen<std::uint16_t volatile>()));
    cpu::halt_forever();
}
// #endregion main
