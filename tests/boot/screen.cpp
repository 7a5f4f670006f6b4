// A kernel that fills the framebuffer with all that text can be: a screenshot must show what serial prints.
// With "panic" on its command line it ends so.
#include "console/ansi.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"
#include "screen/start.hpp"

using namespace pith;

namespace {

void print_characters() {
    for (char character = ' '; character < '\x7f'; ++character) console::print("{}", character);
    console::println("\n  Größe, œuvre, łódź, Ελληνικά, русский, € 5 – « … » ≤ ∞");
    console::println("  ┌──────┬╥─┐\n  │ box  │║ │ █▄▀ ░▒▓ ←↑→↓\n  └──────┴╨─┘");
    console::println("  not in the font: 漢字, 😀, \a");
}

void print_colours() {
    for (int colour = 1; colour < 8; ++colour)
        console::print("\x1b[3{}m dark \x1b[9{}m bright \x1b[30;4{}m behind {}", colour, colour, colour,
                       console::ansi::reset);
    console::println("");
}

// Longer than a row of any screen here, in pieces that are longer than the console's buffer.
void print_long_line() {
    for (int number = 100; number < 400; ++number) console::print("{} ", number);
    console::println("end");
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    screen::start(handoff);
    for (int line = 0; line < 200; ++line) console::println("{:{}}{}", "", line % 50, line);
    print_characters();
    print_colours();
    print_long_line();
    if (handoff.command_line.contains("panic")) console::panic("it was asked for: {}", handoff.command_line);
    console::println("The machine stops.");
    cpu::halt_forever();
}
