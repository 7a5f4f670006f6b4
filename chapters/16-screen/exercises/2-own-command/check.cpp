// Runs the command as the prompt would, and reads both forms of its answer.
#include "console/print.hpp"
#include "console/stacks.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <format>

using namespace pith;
using namespace pith::shell;
using console::println;

namespace {

constinit console::KnownStack small{.name = "small", .bottom = VirtAddr{0x7000}, .top = VirtAddr{0x9000}};
constinit console::KnownStack odd{
    .name = "odd \"one\"", .bottom = VirtAddr{0x1'0000}, .top = VirtAddr{0x1'1800}};

constinit bool is_right = true;

void expect(std::string_view what, std::string_view found, std::string_view wanted) {
    if (found == wanted) return;
    println("wrong: {}\n  is      {}\n  should be {}", what, found, wanted);
    is_right = false;
}

void expect(bool condition, std::string_view otherwise) {
    if (condition) return;
    println("wrong: {}", otherwise);
    is_right = false;
}

Answer answer(std::string_view line) { return stacks(*Arguments::parse(line)); }

std::string json_of(console::KnownStack const& stack) {
    std::string name;
    append_json_string(stack.name, name);
    return std::format("{{\"name\": {}, \"bottom\": \"{:#x}\", \"top\": \"{:#x}\", \"size\": {}}}", name,
                       stack.bottom.value(), stack.top.value(), stack.top - stack.bottom);
}

std::string json_of_all() {
    std::string all = "[";
    for (auto const* stack = console::first_known_stack(); stack != nullptr; stack = stack->next)
        all += (stack == console::first_known_stack() ? "" : ", ") + json_of(*stack);
    return all + "]";
}

void try_all() {
    auto const all = answer("stacks");
    if (!all) return expect(false, "there is an error in place of the table");
    expect("all of them as JSON", all->json(), json_of_all());
    auto const text = all->for_people();
    console::print("{}", text);
    expect(text.contains("boot"), "people are not told of the stack that the kernel booted on");
    expect(text.contains("32 KiB"), "people are told of a size as a bare number");
}

void try_one() {
    auto const one = answer("stacks small");
    expect(one.has_value(), "the stack that is called \"small\" is not found");
    if (one) expect("one as JSON", one->json(), "[" + json_of(small) + "]");
    auto const quoted = answer("stacks \"odd \\\"one\\\"\"");
    expect(quoted.has_value(), "a stack with a blank and quotes in its name is not found");
    auto const none = answer("stacks smal");
    expect(!none.has_value(), "part of a name is taken for a name");
    if (!none) expect(none.error().contains("smal"), "the error does not say which stack there isn't");
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
    console::register_stack(small);
    console::register_stack(odd);
    try_all();
    try_one();
    if (is_right) println("solved");
    cpu::halt_forever();
}
