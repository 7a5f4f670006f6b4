// The benchmark kernel of the console: what a line costs, in instructions of the guest: formatted, on the
// serial port, on the text screen; beside a floor that has the finished text and brings it to the device.
//
// Run by `./pith bench console`. The devices are opened here, one after the other, so that each line goes to
// one of them only.
#include "base/fail.hpp"
#include "boot/entry.inc"
#include "console/console.hpp"
#include "console/serial.hpp"
#include "console/start.hpp"
#include "console/text_screen.hpp"
#include "cpu/hidden.hpp"
#include "measure.hpp"
#include "memory/direct_map.hpp"

#include <cstring>

using namespace pith;
using bench::cost_of;
using bench::figure;
using console::the_console;
using cpu::hidden;

extern "C" {
// floor.S: a view comes in two registers, first where it begins, then its size.
void floor_serial(std::string_view text);
void floor_cells(std::string_view text, std::uint16_t volatile* cells);
void floor_scroll(std::uint16_t volatile* cells, std::uint16_t* shadow);
}

namespace {

using Screen = console::TextScreen<cpu::PortRange>;

// Scrolling takes thousands of instructions.
constexpr std::size_t few_rounds = 256;

// What the floor has finished: for a screen, and for a serial line.
constexpr std::string_view line      = "timer 12 of 4096 struck after 250 microseconds, 3 others wait";
constexpr std::string_view sent_line = "timer 12 of 4096 struck after 250 microseconds, 3 others wait\r\n";

constinit console::Uart16550<cpu::PortRange> serial{cpu::PortRange{SERIAL_PORT}};
constinit Screen screen{cpu::PortRange{0x3d4}};

Screen::VideoMemory video_memory() {
    return physical_span<std::uint16_t volatile>(PhysAddr{0xb'8000}, Screen::cells).first<Screen::cells>();
}

void print_line() {
    console::println("timer {} of {} struck after {} microseconds, {} others wait", hidden(12), hidden(4096),
                     hidden(250), hidden(3));
}

// What a line costs when it goes to `sink` and nowhere else.
template <std::size_t Rounds>
std::uint32_t cost_on(console::Sink& sink, auto&& prepare) {
    the_console.with([&](console::Console& all) { all.attach(sink, console::SinkKind::line); });
    auto const cost = cost_of<Rounds>(print_line, bench::nothing, prepare);
    the_console.with([&](console::Console& all) { all.detach(sink); });
    return cost;
}

struct Costs {
    std::uint32_t formatted, serial, screen, scrolled;
};

// Of the console, before it has any device of its own.
Costs costs() {
    require(serial.start() && screen.start(video_memory()), "there are a serial port and a text screen");
    auto const formatted = cost_of(print_line);
    return {.formatted = formatted,
            .serial    = cost_on<bench::rounds>(serial, [] {}) - formatted,
            .screen    = cost_on<few_rounds>(screen, [] { screen.write("\x1b[H"); }) - formatted,
            .scrolled  = cost_on<few_rounds>(screen, [] { screen.write("\x1b[25;1H"); }) - formatted};
}

Costs floor_costs() {
    constinit static std::array<char, 80> text{};
    constinit static std::array<std::uint16_t, Screen::cells> shadow{};
    auto const put = [&] { floor_cells(line, video_memory().data()); };
    return {.formatted =
                cost_of([&] { std::memcpy(hidden(text.data()), line.begin(), hidden(line.size())); }),
            .serial   = cost_of([&] { floor_serial(sent_line); }),
            .screen   = cost_of<few_rounds>(put),
            .scrolled = cost_of<few_rounds>([&] {
                put();
                floor_scroll(video_memory().data(), shadow.data());
            })};
}

void report(Costs const& ours, Costs const& floor) {
    figure("formatted", ours.formatted);
    figure("formatted-floor", floor.formatted);
    figure("serial", ours.serial);
    figure("serial-floor", floor.serial);
    figure("screen", ours.screen);
    figure("screen-floor", floor.screen);
    figure("scrolled", ours.scrolled);
    figure("scrolled-floor", floor.scrolled);
}

}  // namespace

void kernel_main(boot::Start) {
    auto const ours  = costs();
    auto const floor = floor_costs();
    console::start();
    report(ours, floor);
    bench::finish();
}
