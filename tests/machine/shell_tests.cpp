// The commands that only look: what they answer about the machine that they run on.
#include "shell/commands.hpp"

#include "boot/image.hpp"
#include "console/print.hpp"
#include "cpu/cpuid.hpp"
#include "cpu/fixup.hpp"
#include "frames/start.hpp"
#include "heap/start.hpp"
#include "input/start.hpp"
#include "log/log.hpp"
#include "own_map.hpp"
#include "paging/kernel_regions.hpp"
#include "shell/faults.hpp"
#include "shell/request.hpp"
#include "start_time.hpp"
#include "suites.hpp"
#include "tasks/start.hpp"
#include "time/clock.hpp"

#include <array>
#include <memory>

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

void start() {
    tests::start_time();
    input::start();
    shell::know_handoff(tests::handoff());
}

// The commands that only look.
constexpr std::array<std::string_view, 11> looking{"help", "memory",     "frames", "pages", "heap", "cpu",
                                                   "acpi", "interrupts", "clock",  "tasks", "log"};

shell::Answer answer_to(std::string_view line) {
    shell::Answer answer;
    auto request      = shell::parse_request(line);
    auto const asking = [](shell::Request wanted, shell::Answer& to) -> tasks::Task<> {
        to = co_await shell::answer(std::move(wanted));
    };
    tasks::run_until_end(tasks::spawn("asking", asking(std::move(request), answer)));
    return answer;
}

std::string json_of(std::string_view line) {
    auto const answer = answer_to(line);
    check(answer.has_value());
    return answer ? answer->json() : "";
}

std::string problem_of(std::string_view line) {
    auto const answer = answer_to(line);
    check(!answer.has_value());
    return answer ? "" : answer.error();
}

// How many rows a table has that begin with `key`.
unsigned rows_with(std::string_view key, std::string_view json) {
    auto const begin = std::format("{{\"{}\": ", key);
    unsigned count   = 0;
    for (auto at = json.find(begin); at != std::string_view::npos; at = json.find(begin, at + 1)) ++count;
    return count;
}

// The test's harness looks at what stands there.
void every_command_answers() {
    start();
    log::keep(log::Level::warning, "test", "{}", "an \"odd\" \x1b text \xff");
    console::println("");
    for (auto const name : looking) {
        auto const answer = answer_to(name);
        check(answer.has_value());
        console::println("{}: {}", name, answer->json());
        console::print("{}", answer->for_people());
    }
}

void every_command_refuses_what_it_does_not_know() {
    start();
    for (auto const& command : shell::all_commands()) {
        auto const name = std::string{command.name};
        check(problem_of(name + " --nonsense").starts_with("there is no option --nonsense. Usage: " + name));
        check(problem_of(name + " far too much").contains("is one word too many. Usage: " + name));
    }
}

void memory_is_what_the_frames_have() {
    start();
    auto const json  = json_of("memory");
    auto const bytes = frames::totals().all * page_bytes;
    check(json.starts_with(std::format("{{\"usable\": {}, \"free\": ", bytes)));
}

void frames_lists_map_reservations_and_zones() {
    start();
    auto const json = json_of("frames");
    check_equal(rows_with("start", json),
                tests::handoff().memory_map.size() +
                    frames::reservations_of(tests::handoff(), boot::image_after_boot()).size() +
                    frames::zones().size());
    check(json.contains("\"owner\": \"the kernel\"}"));
}

void pages_lists_every_region() {
    start();
    std::size_t count = 0;
    paging::for_each_kernel_region([&](paging::Region const&) { ++count; });
    auto const json = json_of("pages");
    check_equal(rows_with("start", json), count);
    for (auto const* const owner : {"code", "constants", "data", "a stack", "direct map"})
        check(json.contains(std::format("\"owner\": \"{}\"", owner)));
}

void heap_counts_what_is_in_use() {
    start();
    auto const before = heap::statistics();
    auto const take   = [](std::size_t size) {
        return heap::the_heap.with([=](auto& heap) { return heap.allocate(size); });
    };
    std::array const blocks{take(100), take(10'000)};
    auto const now = heap::statistics();
    check_equal(now.used_blocks, before.used_blocks + 2);
    check_equal(now.large_blocks, before.large_blocks + 1);
    auto const json = json_of("heap");
    check(json.contains("{\"block_bytes\": 112, \"blocks\": 1, \"slabs\": 1, \"is_aligned\": false}"));
    check(
        json.contains(std::format("\"large_blocks\": {}, \"large\": {}", now.large_blocks, now.large_bytes)));
    for (auto* const block : blocks) heap::the_heap.with([&](auto& heap) { heap.free(block); });
}

void cpu_names_the_processor() {
    start();
    auto const json = json_of("cpu");
    check(json.contains("\"nx\"") && json.contains("\"lm\"") && json.contains("\"apic\""));
    check(json.starts_with(std::format("{{\"name\": \"{}\"", cpu::ProcessorName{}.text())));
}

void acpi_lists_the_tables() {
    start();
    auto const json = json_of("acpi");
    for (auto const* const name : {"APIC", "FACP", "DSDT"})
        check(json.contains(std::format("{{\"signature\": \"{}\", \"address\": \"0x", name)));
}

void acpi_without_tables_is_an_empty_table() {
    tests::move_into_own_map();
    check_equal(json_of("acpi"), "[]");
}

void log_can_be_filtered() {
    start();
    auto const first = log::next_number();
    for (auto const level : {log::Level::debug, log::Level::info, log::Level::warning, log::Level::error}) {
        log::keep(level, "one", "text");
        log::keep(level, "two", "text");
    }
    auto const count = [&](std::string_view options) {
        return rows_with("number", json_of(std::format("log --since={} {}", first, options)));
    };
    check_equal(count(""), 8U);
    check_equal(count("--level=warning"), 4U);
    check_equal(count("--source=one"), 4U);
    check_equal(count("--source=one --level=error"), 1U);
    check_equal(count("--last=3"), 3U);
    check_equal(count("--last=3 --level=error"), 2U);
    check_equal(count("--last=0"), 0U);
    check(json_of("log --last=1").contains("\"level\": \"error\", \"source\": \"two\", \"text\": \"text\"}"));
    check(problem_of("log --level=loud").starts_with("there is no level \"loud\". Usage: log "));
    check(problem_of("log --last=many").starts_with("--last wants a number, not \"many\". Usage: log "));
    check(problem_of("log --source").starts_with("the option --source needs a value. Usage: log "));
}

void every_fault_that_can_be_survived_is() {
    start();
    unsigned survived = 0;
    for (auto const& kind : shell::fault_kinds()) {
        if (kind.how == shell::Raised::into_panic) continue;
        check(json_of(std::format("fault {}", kind.name)).contains("\"survived\": true"));
        ++survived;
    }
    check(survived > 20);
    // And none of them has left a handler behind.
    check(!cpu::try_read<std::uint64_t>(VirtAddr{}));
}

void wrong_lines_are_answered() {
    start();
    check_equal(problem_of("\"\" memory"), "there is no command ''; 'help' lists them");
    check_equal(problem_of("help --json --json"), "the option --json is there twice");
    check_equal(problem_of("help --json=1"), "the option --json has no value");
    check(problem_of("fault divide --panic=no").starts_with("the option --panic has no value. Usage: fault"));
    check(problem_of("log --level").starts_with("the option --level needs a value. Usage: log"));
    check_equal(problem_of("memroy"), "there is no command 'memroy'; did you mean 'memory'?");
    check(shell::parse_request("help \" --json").form == shell::Form::json);
    check_equal(problem_of("\"\""), "there is no command ''; 'help' lists them");
    check(shell::is_blank("  ") && !shell::is_blank("\"\" --json"));
}

void words_are_completed() {
    tests::move_into_own_map();
    using Words = std::vector<std::string>;
    check(shell::completions("").size() == shell::all_commands().size());
    check(shell::completions("mem") == Words{"memory"});
    check(shell::completions("  cl") == Words{"clock", "clear"});
    check(shell::completions("log --le") == Words{"--level="});
    check(shell::completions("memory ") == Words{"--json"});
    check(shell::completions("fault brea") == Words{"breakpoint"});
    check(shell::completions("nonsense ").empty());
}

void nobody_said_what_the_loader_told() {
    tests::move_into_own_map();
    check(!answer_to("frames").has_value());
}

constexpr testing::Test tests_of_shell[] = {
    {"shell.every_command_answers", every_command_answers},
    {"shell.every_command_refuses_what_it_does_not_know", every_command_refuses_what_it_does_not_know},
    {"shell.memory_is_what_the_frames_have", memory_is_what_the_frames_have},
    {"shell.frames_lists_map_reservations_and_zones", frames_lists_map_reservations_and_zones},
    {"shell.pages_lists_every_region", pages_lists_every_region},
    {"shell.heap_counts_what_is_in_use", heap_counts_what_is_in_use},
    {"shell.cpu_names_the_processor", cpu_names_the_processor},
    {"shell.acpi_lists_the_tables", acpi_lists_the_tables},
    {"shell.acpi_without_tables_is_an_empty_table", acpi_without_tables_is_an_empty_table},
    {"shell.log_can_be_filtered", log_can_be_filtered},
    {"shell.every_fault_that_can_be_survived_is", every_fault_that_can_be_survived_is},
    {"shell.wrong_lines_are_answered", wrong_lines_are_answered},
    {"shell.words_are_completed", words_are_completed},
    {"shell.nobody_said_what_the_loader_told", nobody_said_what_the_loader_told,
     "what the loader told, and nobody said"},
};

}  // namespace

constinit testing::Suite const tests::shell_suite = tests_of_shell;
