// Chapter 15: tasks. Functions that wait, and let others run meanwhile.
//
// With `naive` on the command line the executor looks, lets interrupts in and then halts: what comes in
// between is missed, and the machine sleeps for ever.
#include "acpi/start.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "input/lines.hpp"
#include "input/start.hpp"
#include "interrupts/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"
#include "tasks/channel.hpp"
#include "tasks/sleep.hpp"
#include "tasks/start.hpp"
#include "tasks/when.hpp"

using namespace pith;
using namespace std::chrono_literals;
using console::println;
using tasks::Stream;
using tasks::Task;
using time::Clock;

namespace {

// #region together
Task<> brew(std::string_view what, Clock::time_point ready) {
    println("  {}: begins", what);
    co_await tasks::sleep_until(ready);
    println("  {}: is ready", what);
}

Task<> have_breakfast() {
    auto const begin = Clock::now();
    co_await tasks::when_all(brew("tea", begin + 300ms), brew("an egg", begin + 600ms),
                             brew("toast", begin + 100ms));
    auto const took = Clock::now() - begin;
    println("  all three together took {}",
            took >= 600ms ? "as long as the longest" : "less than the longest?");
}
// #endregion together

// #region streams
// Every tick, numbered: a stream made of another.
Stream<unsigned> counted(Stream<Clock::time_point> ticks) {
    for (unsigned number = 1; co_await ticks.next(); ++number) co_yield number;
}

Task<> count_to_three() {
    auto ticks = counted(tasks::every(10ms));
    while (auto const number = co_await ticks.next()) {
        println("  tick {}", *number);
        if (*number == 3) break;
    }
}
// #endregion streams

// #region channel
using Letters = tasks::Channel<char, 2>;

Task<> write(Letters& to, std::string_view text) {
    for (char const letter : text) co_await to.send(letter);
    to.close();
}

Task<> read(Letters& from) {
    std::string text;
    while (auto const letter = co_await from.receive()) text.push_back(*letter);
    println("  through a channel with room for two letters: {}", text);
}
// #endregion channel

// #region cancelling
struct Guest {
    explicit Guest(std::string_view name) : name{name} {}
    ~Guest() { println("  {} has left", name); }
    Guest(Guest const&)            = delete;
    Guest& operator=(Guest const&) = delete;

    std::string_view name;
};

Task<int> think() {
    Guest const guest{"who thinks for an hour"};
    co_await tasks::sleep_for(1h);
    co_return 42;
}

Task<> lose_patience() {
    auto const answer = co_await tasks::with_timeout(think(), 20ms);
    println("  after 20 ms there is {}", answer ? "an answer" : "no answer");
}
// #endregion cancelling

// #region lines
Task<> read_a_line() {
    for (auto const* const key : {"h", "e", "y", "ret"}) println("MONITOR sendkey {} 20", key);
    auto typed      = input::lines(input::keys(), "  type a line: ");
    auto const line = co_await tasks::with_timeout(
        [](Stream<std::string>& from) -> Task<std::string> {
            co_return (co_await from.next()).value_or("");
        }(typed),
        60s);
    println("  it says \"{}\"", line.value_or("nothing"));
}
// #endregion lines

// #region do-all
Task<> do_all() {
    println("\nThree at once:");
    co_await have_breakfast();
    println("\nStreams:");
    co_await count_to_three();
    println("\nFrom one task to another:");
    Letters letters;
    co_await tasks::when_all(write(letters, "hello"), read(letters));
    println("\nGiving up:");
    co_await lose_patience();
    println("\nKeys:");
    co_await read_a_line();
}
// #endregion do-all

// #region naive
// What comes between the look and HLT wakes nobody: it has been served by then, and the processor falls
// asleep.
[[noreturn]] void run_naively(tasks::Executor& executor) {
    executor.spawn("sleeper", brew("tea", Clock::now() + 100ms));
    while (true) {
        while (executor.run_next()) {
        }
        if (executor.has_ready()) continue;
        cpu::enable_interrupts();
        while (!executor.has_ready()) cpu::pause();  // here it comes, a moment too early
        cpu::halt_until_interrupt();
    }
}
// #endregion naive

// #region main
Task<> fail() {
    co_await tasks::sleep_for(1ms);
    console::panic("this task was meant to fail");
}

void start_machine(boot::Start start) {
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    static auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    acpi::start(handoff);
    interrupts::start(acpi::tables());
    time::start(acpi::tables());
    input::start();
    if (handoff.command_line.contains("naive")) run_naively(tasks::kernel_executor());
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    start_machine(start);
    tasks::run_until_end(tasks::spawn("everything", do_all()));
    println("\nThe processor slept while all of them waited. One more task:");
    tasks::run_until_end(tasks::spawn("unlucky", fail()));
    cpu::halt_forever();
}
// #endregion main
