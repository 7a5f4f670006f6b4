// Channels, signals and cancelling: what is sent arrives once and in order, whoever is cancelled; no wake-up is
// lost, and nothing is left of whoever was cancelled.
#include "findings.hpp"
#include "load.hpp"
#include "plant.hpp"
#include "tasks/channel.hpp"
#include "tasks/start.hpp"

#include <memory>

namespace pith::endurance {
namespace {

// ---- Channels --------------------------------------------------------------------------------------------

using Numbers = tasks::Channel<std::uint64_t, 4>;

Task<> send_numbers(Numbers& to, Work& work, std::uint64_t last) {
    for (std::uint64_t number = 1; number <= last; ++number) {
        if (work.chance.once_in(2)) co_await tasks::sleep_for(work.up_to(1ms));
        if (is_planted(Plant::message)) continue;
        expect("a channel takes a number", co_await to.send(number));
    }
    to.close();
}
// Who receives is cancelled again and again, and loses nothing.
Task<> receive_numbers(Numbers& from, Work& work, std::uint64_t last) {
    for (std::uint64_t expected = 1;;) {
        auto const received = co_await tasks::with_timeout(from.receive(), work.up_to(1ms) + 1us);
        if (!received) continue;
        if (!*received) co_return expect_equal("numbers that were received", expected - 1, last);
        expect_equal("a number from a channel", **received, expected++);
    }
}
Task<> exchange(Work& work) {
    Numbers channel;
    auto const last = work.chance.between(1, 30);
    co_await tasks::when_all(send_numbers(channel, work, last), receive_numbers(channel, work, last));
}

// ---- Signals ---------------------------------------------------------------------------------------------

struct Bell : time::Timer {
    Bell()
        : Timer{[](Timer& timer) {
              if (!is_planted(Plant::wake_up)) static_cast<Bell&>(timer).signal.raise();
          }} {}
    Bell(Bell const&)            = delete;
    Bell& operator=(Bell const&) = delete;
    ~Bell() { time::cancel(*this); }

    tasks::Signal signal;
};
Task<> await(tasks::Signal& signal) { co_await signal; }

// Each comes at another moment between the look and the sleep.
Task<> await_a_bell(Work& work) {
    Bell bell;
    time::set_after(bell, work.up_to(100us));
    auto const woken = co_await tasks::with_timeout(await(bell.signal), 1s);
    expect("whoever waits for a signal is woken", woken.has_value());
}

// ---- Cancelling ------------------------------------------------------------------------------------------

Task<> sleep_with_memory(std::unique_ptr<std::uint64_t> memory) {
    co_await tasks::sleep_for(1h);
    find("an hour passes in a minute", *memory, 0);
}
Task<> cancel_a_sleeper(Work& work) {
    auto const sleeper = tasks::spawn("sleeper", sleep_with_memory(std::make_unique<std::uint64_t>(1)));
    co_await tasks::sleep_for(work.up_to(5ms));
    if (is_planted(Plant::task)) co_return;
    sleeper.cancel();
    expect("who is cancelled has ended so", co_await sleeper.end() == tasks::End::cancelled);
}

}  // namespace

Task<> work_with_messages(Work& work) {
    while (!work.is_over()) {
        co_await tasks::sleep_for(work.up_to(500ms));
        switch (work.chance.below(3)) {
            case 0:  co_await exchange(work); break;
            case 1:  co_await await_a_bell(work); break;
            default: co_await cancel_a_sleeper(work); break;
        }
        ++work.done;
    }
}

}  // namespace pith::endurance
