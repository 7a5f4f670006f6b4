// Checks exercise 15.2.
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
#include "tasks/sleep.hpp"
#include "tasks/start.hpp"

#include <algorithm>
#include <vector>

using namespace pith;
using namespace std::chrono_literals;
using console::println;
using exercise::Gate;
using tasks::Task;
using tasks::TaskHandle;

namespace {

bool expect(bool is_so, std::string_view otherwise) {
    if (!is_so) println("{}", otherwise);
    return is_so;
}

struct Room {
    Gate gate;
    unsigned inside = 0, most = 0, visits = 0;
};

Task<> visit(Room& room, std::chrono::milliseconds stay) {
    co_await room.gate.enter();
    room.most = std::max(room.most, ++room.inside);
    ++room.visits;
    co_await tasks::sleep_for(stay);
    --room.inside;
    room.gate.leave();
}

Task<> sleep(std::chrono::milliseconds duration) { co_await tasks::sleep_for(duration); }
void let_pass(std::chrono::milliseconds duration) {
    tasks::run_until_end(tasks::spawn("the check sleeps", sleep(duration)));
}

bool have_ended(std::vector<TaskHandle> const& tasks) {
    return std::ranges::all_of(tasks, &TaskHandle::is_done);
}

bool lets_in_as_many_as_there_are_places() {
    Room room{.gate = Gate{2}};
    std::vector<TaskHandle> visitors;
    visitors.reserve(7);
    for (int number = 0; number < 7; ++number) visitors.push_back(tasks::spawn("visitor", visit(room, 5ms)));
    for (int often = 0; often < 100 && !have_ended(visitors); ++often) let_pass(20ms);
    bool const all_in =
        expect(have_ended(visitors) && room.visits == 7, "seven came, and some wait for ever");
    for (auto const& visitor : visitors) visitor.cancel();
    return all_in && expect(room.most <= 2, "there are two places, and three were inside") &&
           expect(room.most == 2, "there are two places, and they were never both taken") &&
           expect(room.gate.free() == 2, "all have left, and the places are not free");
}

bool waits_without_asking() {
    Room room{.gate = Gate{1}};
    auto const first  = tasks::spawn("first", visit(room, 50ms));
    auto const second = tasks::spawn("second", visit(room, 1ms));
    tasks::run_until_end(second);
    static_cast<void>(first);
    auto const runs = second.task().runs();
    if (runs > 10) println("who waits at the gate was resumed {} times in 50 ms", runs);
    return expect(runs <= 10, "it should be resumed when somebody leaves, and not before");
}

// The place is given back while somebody waits who is cancelled before it runs.
bool loses_no_place_to_who_is_cancelled() {
    Room room{.gate = Gate{1}};
    auto const holder =
        tasks::spawn("holder", [](Gate& gate) -> Task<> { co_await gate.enter(); }(room.gate));
    tasks::run_until_end(holder);
    auto const impatient = tasks::spawn("impatient", visit(room, 1ms));
    auto const patient   = tasks::spawn("patient", visit(room, 1ms));
    let_pass(5ms);
    bool const both_wait = room.visits == 0;
    room.gate.leave();
    impatient.cancel();
    for (int often = 0; often < 50 && !patient.is_done(); ++often) let_pass(10ms);
    bool const came_in = patient.is_done();
    patient.cancel();
    return expect(both_wait, "somebody went in, and there was no place") &&
           expect(came_in,
                  "a place was given back, and who waits does not get it: another was cancelled just then") &&
           expect(room.gate.free() == 1, "nobody is inside, and the place is not free");
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
    if (lets_in_as_many_as_there_are_places() && waits_without_asking() &&
        loses_no_place_to_who_is_cancelled())
        println("solved");
    cpu::halt_forever();
}
