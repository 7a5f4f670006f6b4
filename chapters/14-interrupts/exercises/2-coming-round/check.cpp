// Checks exercise 14.2: lets a counter go on for weeks, which takes no time, since it is only a number.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using std::chrono::nanoseconds;

namespace {

constexpr std::uint64_t rate = 3'579'545, bits_24 = 0xff'ffff;

nanoseconds right_time(std::uint64_t steps) {
    return nanoseconds{
        static_cast<std::int64_t>(static_cast<unsigned __int128>(steps) * 1'000'000'000 / rate)};
}

// Looks so many times, with so many steps between two looks.
bool is_right(std::uint32_t first, std::uint64_t steps_between, std::uint64_t looks, char const* what) {
    exercise::begin(first);
    std::uint64_t steps = 0;
    nanoseconds before{0};
    for (std::uint64_t look = 0; look < looks; ++look) {
        steps += steps_between;
        auto const told  = exercise::now(static_cast<std::uint32_t>((first + steps) & bits_24));
        auto const right = right_time(steps);
        if (told < before) {
            println("{}: after {} ns the clock went back, from {} to {} ns", what, right.count(),
                    before.count(), told.count());
            return false;
        }
        if (told > right || right - told > nanoseconds{2}) {
            println("{}: after {} looks the clock tells {} ns, and {} ns have passed", what, look + 1,
                    told.count(), right.count());
            return false;
        }
        before = told;
    }
    println("{}: right", what);
    return true;
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    console::adopt_handoff(start);
    bool const is_solved = is_right(0, 1000, 100, "within one round") &&
                           is_right(0xff'fff0, 7, 100, "over the end of a round") &&
                           is_right(0x12'3456, bits_24 / 2, 20, "twenty looks, two a round") &&
                           is_right(1, bits_24, 1'000'000, "54 days, a look every 4.7 seconds") &&
                           is_right(5, 3, 2'000'000, "two million looks, three steps apart");
    if (is_solved) println("solved");
    cpu::halt_forever();
}
