// A console with the lock that one writes first, and three ways in which it waits for itself.
//
//   (nothing)    a tick of the timer comes while a line is written, and its handler prints
//   talkative    an argument prints a line while it is printed itself
//   panic        a panic, while the console is locked
//   cure         as the first, with interrupts off while the lock is held
#include "../timer.hpp"
#include "boot/handoff.hpp"
#include "boot/image.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "runtime/stack_protector.hpp"

#include <atomic>
#include <optional>

using namespace pith;

namespace {

constinit console::Console screens;

// #region lock
class PlainLock {
public:
    void lock() {
        for (std::uint32_t look = 0; held_.exchange(true, std::memory_order_acquire); ++look) {
            if (look == patience) give_up();
            cpu::pause();
        }
    }
    void unlock() { held_.store(false, std::memory_order_release); }

private:
    // A lock of this kind waits for ever. This one gives up, so that there is something to see.
    static constexpr std::uint32_t patience = 1'000'000;
    [[noreturn]] static void give_up() {
        screens.write("\nlooked a million times: who holds the lock is below us on this stack\n");
        cpu::halt_forever();
    }

    std::atomic<bool> held_ = false;
};
// #endregion lock

constinit PlainLock console_lock;

// #region print
template <typename... Arguments>
void println(std::format_string<Arguments...> format, Arguments&&... arguments) {
    console_lock.lock();
    {
        console::BufferedWriter writer{[](std::string_view piece) { screens.write(piece); }};
        std::format_to(std::back_inserter(writer), format, std::forward<Arguments>(arguments)...);
        writer.push_back('\n');
    }
    console_lock.unlock();
}
// #endregion print

// #region tick
constinit std::atomic<bool> are_ticks_told = false;
constinit std::atomic<unsigned> ticks      = 0;

[[gnu::interrupt]] void on_tick(timer::Frame*) {
    if (are_ticks_told) println("tick {}", ++ticks);
    timer::served();
}
// #endregion tick

// #region long-line
void wait_a_little() {
    for (unsigned turn = 0; turn < 100'000; ++turn) cpu::pause();
}

// Ten dots; or with interrupts on as many as it takes until one comes.
void write_long_line() {
    console_lock.lock();
    are_ticks_told = true;
    screens.write("a line that takes its time ");
    for (unsigned dot = 0; dot < 10 || cpu::are_interrupts_enabled(); ++dot) {
        screens.write(".");
        wait_a_little();
    }
    screens.write(" done\n");
    console_lock.unlock();
}
// #endregion long-line

// #region panic
[[noreturn]] void plain_panic(std::string_view why) {
    println("PANIC: {}", why);
    cpu::halt_forever();
}

void find_out_while_writing() {
    console_lock.lock();
    screens.write("the penguins have ");
    plain_panic("the number of fish is negative");
}
// #endregion panic

struct Talkative {};

}  // namespace

// #region talkative
template <>
struct std::formatter<Talkative> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(Talkative, auto& context) const {
        println("(this line comes first)");
        return std::format_to(context.out(), "and this one second");
    }
};
// #endregion talkative

// #region main
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::attach_devices(screens);
    auto const handoff = boot::read_handoff(start, boot_window(), boot::image());
    auto const word    = handoff ? handoff->command_line : std::string_view{};
    println("a console with a plain lock");
    if (word.contains("talkative")) println("{}", Talkative{});
    if (word.contains("panic")) find_out_while_writing();

    timer::start(on_tick);
    {
        std::optional<cpu::InterruptGuard> guard;
        if (word.contains("cure")) guard.emplace();
        write_long_line();
    }
    while (ticks < 3) cpu::pause();
    cpu::disable_interrupts();
    println("and nobody waited for itself");
    cpu::halt_forever();
}
// #endregion main
