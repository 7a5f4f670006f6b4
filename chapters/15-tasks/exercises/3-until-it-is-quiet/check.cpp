// Checks exercise 15.3.
#include "acpi/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "frames/start.hpp"
#include "interrupts/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"
#include "tasks/start.hpp"

#include <array>

using namespace pith;
using namespace std::chrono_literals;
using console::println;
using tasks::Stream;
using tasks::Task;
using time::Clock;

namespace {

constexpr auto pause = 100ms;

// Letters 10 ms apart; where a blank stands, nothing comes for a while.
Stream<char> say(std::string_view text) {
    for (char const letter : text) {
        if (letter == ' ') {
            co_await tasks::sleep_for(400ms);
            continue;
        }
        co_await tasks::sleep_for(10ms);
        co_yield letter;
    }
}

bool expect(bool is_so, std::string_view otherwise) {
    if (!is_so) println("{}", otherwise);
    return is_so;
}

Task<> listen(bool& is_right) {
    auto letters = say(" to be or");
    for (std::string_view const wanted : {"to", "be", "or", ""}) {
        auto const begin = Clock::now();
        auto const burst = co_await exercise::read_burst(letters, pause);
        auto const took  = Clock::now() - begin;
        println("a burst: \"{}\"", burst);
        if (burst != wanted) println("it should be \"{}\"", wanted);
        is_right = is_right && burst == wanted &&
                   expect(took < 2s, "that took too long: it should end when it has been quiet for 100 ms");
    }
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
    acpi::start(handoff);
    interrupts::start(acpi::tables());
    time::start(acpi::tables());
    bool is_right = true;
    tasks::run_until_end(tasks::spawn("listener", listen(is_right)));
    if (is_right) println("solved");
    cpu::halt_forever();
}
