// The benchmark kernel of tasks: what it costs that one waits and another goes on, in instructions of the
// guest, beside a switch of stacks by hand.
//
// Run by `./pith bench tasks`.
#include "cpu/hidden.hpp"
#include "measure.hpp"
#include "start_memory.hpp"
#include "tasks/executor.hpp"

using namespace pith;
using bench::figure;
using bench::report;
using cpu::hidden;
using tasks::Task;

extern "C" {
// floor.S: switches to the other stack, whose top is kept where `other` points, and keeps our own there.
void floor_switch(std::uint64_t* other);
// Where a fresh stack of the floor's begins: it switches back, again and again.
void floor_partner();
std::uint64_t floor_call(std::uint64_t value);
}

namespace {

// -- Switching ---------------------------------------------------------------------------------------------

Task<> yield_for_ever() {
    while (true) co_await tasks::yield();
}

Task<> measure_switch(std::uint32_t& there_and_back) {
    for (auto& sample : bench::samples) {
        auto const before = cpu::unordered_time_stamp();
        co_await tasks::yield();
        sample = static_cast<std::uint32_t>(cpu::unordered_time_stamp() - before);
    }
    there_and_back = bench::median(bench::samples);
}

// -- Calling -----------------------------------------------------------------------------------------------

Task<std::uint64_t> same(std::uint64_t value) { co_return value; }

Task<> measure_call(std::uint32_t& call) {
    for (auto& sample : bench::samples) {
        auto const before = cpu::unordered_time_stamp();
        static_cast<void>(hidden(co_await same(hidden(std::uint64_t{1}))));
        sample = static_cast<std::uint32_t>(cpu::unordered_time_stamp() - before);
    }
    call = bench::median(bench::samples);
}

// The median that `measure` finds, less that of rounds in which nothing happens.
void run(std::string_view name, Task<> (*measure)(std::uint32_t&)) {
    tasks::Executor executor;
    std::uint32_t found = 0;
    auto const task     = executor.spawn("measure", measure(found));
    executor.spawn("other", yield_for_ever());
    while (!task.is_done()) executor.run_next();
    figure(name, found - bench::median_of(bench::nothing));
}

// -- The floor ---------------------------------------------------------------------------------------------

void floors() {
    constinit static std::array<std::uint64_t, 64> stack{};
    constexpr std::size_t saved = 6;  // RBX, RBP, R12 to R15: what a function may not change
    stack.back()                = std::bit_cast<std::uint64_t>(&floor_partner);
    auto other                  = std::bit_cast<std::uint64_t>(&stack[stack.size() - 1 - saved]);
    report("switch-floor", [&] { floor_switch(&other); });
    report("call-floor", [] { static_cast<void>(hidden(floor_call(hidden(std::uint64_t{1})))); });
}

}  // namespace

void kernel_main(boot::Start start) {
    bench::start_memory(start);
    run("switch", measure_switch);
    run("call", measure_call);
    floors();
    bench::finish();
}
