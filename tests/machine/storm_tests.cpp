// Interrupts as fast as they come, while the kernel prints: no line is torn, and no timer is lost.
#include "base/fixed_text.hpp"
#include "console/console.hpp"
#include "console/print.hpp"
#include "cpu/interrupts.hpp"
#include "exceptions/handlers.hpp"
#include "start_time.hpp"
#include "suites.hpp"
#include "time/clock.hpp"

#include <atomic>
#include <deque>

using namespace pith;
using namespace std::chrono_literals;
using testing::check_equal;
using time::Clock;
using time::Timer;

namespace {

// Who printed a line stands before this.
constexpr std::string_view pattern = " the quick brown fox jumps over the lazy dog 0123456789 .";

// One more sink of the console: is each line one that somebody printed?
class LineReader final : public console::Sink {
public:
    void write(std::string_view text) override {
        for (char const letter : text) {
            if (letter != '\n') {
                line_.push_back(letter);
                continue;
            }
            count(line_.view());
            line_ = {};
        }
    }

    unsigned by_kernel = 0, by_timers = 0, by_nmis = 0, torn = 0;

private:
    void count(std::string_view line) {
        auto const who = line.substr(0, line.find(' '));
        if (line.substr(who.size()) == pattern)
            ++(who == "kernel" ? by_kernel : who == "timer" ? by_timers : who == "NMI" ? by_nmis : torn);
        else if (line != "MONITOR nmi")
            ++torn;
    }

    FixedText<256> line_;
};

// A timer that sets itself again as soon as it was called, until the storm is over.
struct Wind : Timer {
    Wind() : Timer{blow} {}

    static void blow(Timer& timer) {
        constexpr unsigned calls_a_line = 64;
        if (Clock::since_start() < timer.deadline()) ++early;
        if (++calls % calls_a_line == 0) {
            console::println("timer{}", pattern);
            ++lines;
        }
        if (!is_over)
            time::set_after(timer, 200us);
        else
            ++ended;
    }

    static inline std::atomic<unsigned> calls = 0, early = 0, lines = 0, ended = 0;
    static inline std::atomic<bool> is_over = false;
};

constinit std::atomic<unsigned> nmis = 0, lines_of_nmis = 0;

exceptions::Resolution count_nmi(exceptions::ExceptionFrame&) {
    ++nmis;
    if (console::try_println("NMI{}", pattern)) ++lines_of_nmis;
    return exceptions::Resolution::resumed;
}

void start() {
    tests::start_time();
    console::println("");
}

// Prints until there were enough lines, calls and, if they are wanted, NMIs. How many lines it printed.
// (NMIs that come at once are one: so it asks for more until there were enough.)
unsigned print_in_the_storm(unsigned wanted_nmis) {
    constexpr unsigned wanted_lines = 300, wanted_calls = 2000, lines_an_nmi = 20;
    unsigned printed = 0;
    while (printed < wanted_lines || Wind::calls < wanted_calls || nmis < wanted_nmis) {
        console::println("kernel{}", pattern);
        if (++printed % lines_an_nmi == 0 && nmis < wanted_nmis) console::println("MONITOR nmi");
    }
    return printed;
}

// Until nobody blows any more.
void end_storm(std::deque<Wind> const& winds) {
    Wind::is_over = true;
    while (Wind::ended < winds.size()) time::halt_for(1ms);
}

void weather(unsigned wanted_nmis) {
    start();
    std::deque<Wind> winds(4);
    LineReader reader;
    console::the_console.with(
        [&](console::Console& console) { console.attach(reader, console::SinkKind::line); });
    for (auto& wind : winds) time::set_after(wind, 1ms);
    cpu::enable_interrupts();
    auto const printed = print_in_the_storm(wanted_nmis);
    end_storm(winds);
    cpu::disable_interrupts();
    unsigned by_nmis = 0;  // a last one may strike when nobody reads any more
    console::the_console.with([&](console::Console& console) {
        by_nmis = lines_of_nmis;
        console.detach(reader);
    });

    check_equal(reader.torn, 0U);
    check_equal(reader.by_kernel, printed);
    check_equal(reader.by_timers, Wind::lines.load());
    check_equal(reader.by_nmis, by_nmis);
    check_equal(Wind::early.load(), 0U);
    check_equal(time::description().waiting, 0U);
}

void timers_tear_no_line() { weather(0); }

void nmis_tear_no_line() {
    exceptions::set_handler<exceptions::Vector::nmi>(count_nmi);
    weather(10);
}

constexpr testing::Test list[] = {
    {"storm.timers_tear_no_line", timers_tear_no_line},
    {"storm.nmis_tear_no_line", nmis_tear_no_line},
};

}  // namespace

constinit testing::Suite const tests::storm_suite = list;
