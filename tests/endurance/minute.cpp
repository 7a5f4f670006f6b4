#include "minute.hpp"

#include "findings.hpp"
#include "frames/start.hpp"
#include "heap/start.hpp"
#include "interrupts/start.hpp"
#include "lines.hpp"
#include "log/log.hpp"
#include "nmis.hpp"
#include "paging/audit.hpp"
#include "strange_memory.hpp"
#include "tasks/start.hpp"
#include "weather.hpp"

#include <deque>
#include <vector>

namespace pith::endurance {
namespace {

struct Load {
    std::string_view name;
    Task<> (*work)(Work&);
};
constexpr Load loads[] = {
    {"timers", work_with_timers}, {"faults", work_with_faults},       {"vectors", work_with_vectors},
    {"blocks", work_with_blocks}, {"frames", work_with_frames},       {"keys", work_with_keys},
    {"lines", work_with_lines},   {"registers", work_with_registers}, {"messages", work_with_messages},
};

// What must be the same before and after.
struct Balance {
    std::uint64_t frames, blocks, bytes, timers, tasks;
};
Balance balance() {
    heap::the_heap.with([](auto& heap) { heap.trim(); });
    auto const heap     = heap::statistics();
    std::uint64_t tasks = 0;
    tasks::kernel_executor().for_each([&](tasks::Spawned const&) { ++tasks; });
    return {.frames = frames::totals().free,
            .blocks = heap.used_blocks,
            .bytes  = heap.used_bytes,
            .timers = time::description().waiting,
            .tasks  = tasks};
}
void compare(Balance const& before, Balance const& after) {
    expect_equal("frames that are free", after.frames, before.frames);
    expect_equal("blocks in use", after.blocks, before.blocks);
    expect_equal("bytes in use", after.bytes, before.bytes);
    expect_equal("timers that wait", after.timers, before.timers);
    expect_equal("tasks", after.tasks, before.tasks);
    expect_equal("pages that are not as they should be", paging::audit_kernel(), std::uint64_t{0});
    expect_equal("interrupts that nobody wanted", interrupts::spurious_count(), std::uint64_t{0});
    expect_equal("errors of the local APIC", interrupts::local_apic_errors(), 0U);
    expect_equal("entries that the log missed", log::lost().missed, std::uint64_t{0});
}

// All loads at once, until all have ended.
Task<> work_at_once(Minute minute, Line& done) {
    constexpr auto rest = 3s;  // for what is under way at the end
    std::deque<Work> works;
    std::vector<tasks::TaskHandle> handles;
    for (auto const& [name, work] : loads) {
        works.push_back({.chance = Chance{{minute.seed, minute.number, works.size()}},
                         .end    = minute.start + 1min - rest});
        handles.push_back(tasks::spawn(std::string{name}, work(works.back())));
    }
    begin_weather({minute.seed, minute.number, 0});
    for (auto const& handle : handles) co_await handle.end();
    end_weather();
    std::uint64_t exhaustion = 0;
    for (std::size_t number = 0; number < works.size(); ++number) {
        std::format_to(std::back_inserter(done), " {} {}", std::span{loads}[number].name, works[number].done);
        exhaustion += works[number].exhaustion;
    }
    std::format_to(std::back_inserter(done), " exhaustions {}", exhaustion);
}

void print_counts(Minute minute, Balance const& after, Line const& done) {
    auto const weather = weather_counts();
    say("minute {} at {} ns:{}", minute.number, Clock::since_start().count(), done.view());
    say("so far: gusts {} nmis {} vectors {} breakpoints {} page-faults {} idle {}", weather.gusts,
        nmi_count(), weather.vectors_taken, weather.breakpoints, page_faults(), tasks::idle_count());
    say("left: frames {} blocks {} timers {} tasks {}; lines: task {} timer {} nmi {}", after.frames,
        after.blocks, after.timers, after.tasks, task_speaker.lines, timer_speaker.lines, nmi_speaker.lines);
}

}  // namespace

Task<> pass(Minute minute) {
    auto const before = balance();
    Line done;
    co_await work_at_once(minute, done);
    auto const after = balance();
    compare(before, after);
    print_counts(minute, after, done);
    co_await tasks::sleep_until(minute.start + 1min);
}

}  // namespace pith::endurance
