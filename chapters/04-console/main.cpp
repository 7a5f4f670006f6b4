// Chapter 4: the console and panic. Text on every screen there is, and an end that explains itself.
#include "boot/handoff.hpp"
#include "boot/image.hpp"
#include "console/ansi.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

// A type of our own. Its formatter prints a line while it is being printed: no lock is held then, so it may.
struct Talkative {};

// Calls itself until the fish run out, so that the backtrace has something to show.
[[gnu::noinline]] void feed(unsigned fish) {
    if (fish == 0) console::panic("the penguin has {} fish left, and wants {} more", fish, 3);
    println("fed a fish");
    feed(fish - 1);
}

}  // namespace

template <>
struct std::formatter<Talkative> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(Talkative, auto& context) const {
        println("(this line comes first)");
        return std::format_to(context.out(), "and this one second");
    }
};

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    println("Hello from chapter {}!", 4);
    println("{}red{}, {}green{} and {}blue{}", console::ansi::red, console::ansi::reset, console::ansi::green,
            console::ansi::reset, console::ansi::blue, console::ansi::reset);
    println("{}", Talkative{});
    println("Unicode: \u00e9\u2026 and a broken byte: \xff");

    auto const handoff = boot::read_handoff(start, boot_window(), boot::image());
    if (!handoff) console::panic("{}", handoff.error());
    console::adopt(*handoff);
    feed(2);
    cpu::halt_forever();
}
