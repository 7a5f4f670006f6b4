// What the system does just now: clock, interrupts, tasks. And what it is to do: keys, screen, power,
// waiting.
#include "acpi/power.hpp"
#include "console/print.hpp"
#include "input/start.hpp"
#include "interrupts/start.hpp"
#include "shell/commands.hpp"
#include "shell/duration.hpp"
#include "tasks/sleep.hpp"
#include "tasks/start.hpp"
#include "time/clock.hpp"

#include <format>

namespace pith::shell::commands {
namespace {

using namespace std::chrono_literals;

std::string date_and_time(std::chrono::sys_seconds at) {
    auto const day = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const clock{at - day};
    return std::format("{}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

Report note(std::string text) { return Report{Note{std::move(text)}}; }

std::string layout_names() {
    std::string list;
    for (auto const& name : names_of(input::layouts())) list += (list.empty() ? "" : ", ") + name;
    return list;
}

Report layouts() {
    Table table{
        "layouts", "Keyboard layouts", {{"name", "name"}, {"description", "keyboard"}, {"in_use", "in use"}}};
    for (auto const& layout : input::layouts())
        table.add(layout.name, layout.description, &layout == &input::layout());
    return Report{std::move(table)};
}

}  // namespace

// #region clock
Answer clock(Arguments const&) {
    auto const about = time::description();
    auto const date  = time::wall_clock();
    return Report{Record{"clock", "Clock"}
                      .add("date", "date and time (UTC)", date ? Value{date_and_time(*date)} : Value{})
                      .add("up", "since the start", Moment{time::Clock::since_start()})
                      .add("counter", "counter", about.counter)
                      .add("rate", "its steps a second", about.rate)
                      .add("rate_may_change", "its rate may change", about.may_change)
                      .add("rate_was_measured", "a rate was measured", about.was_measured)
                      .add("alarm", "alarm", about.alarm)
                      .add("timers", "timers that wait", about.waiting)};
}
// #endregion clock

Answer interrupts(Arguments const&) {
    Table table{"sources",
                "Interrupts",
                {{"vector", "vector"}, {"line", "line"}, {"count", "count"}, {"name", "who"}}};
    pith::interrupts::for_each_source([&](pith::interrupts::Source const& source) {
        table.add(source.vector, source.line.transform([](auto line) { return static_cast<unsigned>(line); }),
                  source.count, source.name);
    });
    return Report{std::move(table),
                  Record{"all", ""}.add("spurious", "spurious", pith::interrupts::spurious_count())};
}

Answer tasks(Arguments const&) {
    Table table{"tasks",
                "Tasks",
                {{"number", "number"},
                 {"name", "name"},
                 {"state", "state"},
                 {"runs", "runs"},
                 {"steps", "processor steps"}}};
    pith::tasks::kernel_executor().for_each([&](pith::tasks::Spawned const& task) {
        table.add(task.number(), task.name(), &task == pith::tasks::Executor::running() ? "runs" : "waits",
                  task.runs(), task.steps());
    });
    return Report{std::move(table), Record{"processor", ""}.add("idle", "times the processor fell asleep",
                                                                pith::tasks::idle_count())};
}

Answer layout(Arguments const& arguments) {
    if (arguments.words().empty()) return layouts();
    auto const* const wanted = input::find_layout(arguments.words().front());
    if (wanted == nullptr)
        return std::unexpected{
            std::format("there is no layout '{}': there are {}", arguments.words().front(), layout_names())};
    input::use_layout(*wanted);
    return note(std::format("The keyboard is now {}.", wanted->description));
}

Answer clear(Arguments const&) {
    console::print("\x1b[2J\x1b[H");
    return Report{};
}

pith::tasks::Task<Answer> sleep(Arguments arguments) {
    auto const wait = arguments.words().empty() ? std::optional<std::chrono::nanoseconds>{}
                                                : duration_of(arguments.words().front());
    if (!wait) co_return std::unexpected{"how long? '2', '1.5s' or '20ms'"};
    if (!time::can_wake()) co_return std::unexpected{"this machine has no timer that could wake anybody"};
    auto const begin = time::Clock::now();
    co_await pith::tasks::sleep_until(begin + *wait);
    co_return Report{
        Record{"sleep", ""}.add("wanted", "wanted", *wait).add("slept", "slept", time::Clock::now() - begin)};
}

Answer reboot(Arguments const&) {
    console::println("The machine starts anew.");
    pith::acpi::restart();
}

Answer poweroff(Arguments const&) {
    console::println("The machine switches off.");
    return std::unexpected{std::string{pith::acpi::explain(pith::acpi::power_off())}};
}

}  // namespace pith::shell::commands
