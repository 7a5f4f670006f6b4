#include "weather.hpp"

#include "cpu/interrupts.hpp"
#include "cpu/raise.hpp"
#include "exceptions/handlers.hpp"
#include "findings.hpp"
#include "interrupts/start.hpp"
#include "lines.hpp"
#include "load.hpp"
#include "nmis.hpp"
#include "plant.hpp"
#include "strange_memory.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <optional>

namespace pith::endurance {
namespace {

using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;

constexpr std::uint64_t gust_stream = 101;

// Atomics on one processor: an NMI must not come between the load and the store of a counter.
constinit std::atomic<std::uint64_t> gusts = 0, vectors_raised = 0, vectors_taken = 0, breakpoints = 0;
constinit std::optional<Chance> gust_chance;

// ---- Vectors of our own ----------------------------------------------------------------------------------

constinit std::array<std::uint8_t, own_vectors> vectors{};
constinit std::atomic<std::uint64_t> expected_vectors = 0;  // raised, and not taken

template <std::uint64_t index>
void on_vector() {
    auto const before = expected_vectors.fetch_and(~(std::uint64_t{1} << index));
    expect_equal("the highest of these vectors comes first",
                 static_cast<std::uint64_t>(std::bit_width(before)), index + 1);
    ++vectors_taken;
}

template <std::uint64_t... indices>
void take_vectors(std::integer_sequence<std::uint64_t, indices...>) {
    ((vectors[indices] = interrupts::take_vector("endurance", on_vector<indices>).value()), ...);
}

void send_vectors(std::uint64_t which) {
    expected_vectors |= which;
    for (std::uint64_t index = 0; index < own_vectors; ++index) {
        if ((which >> index & 1) == 0) continue;
        ++vectors_raised;
        if (!is_planted(Plant::vector)) interrupts::local_apic()->raise(vectors[index]);
    }
}

// ---- Breakpoints -----------------------------------------------------------------------------------------

Resolution on_breakpoint(ExceptionFrame& frame) {
    ++breakpoints;
    if (is_planted(Plant::clobber)) ++frame.r12;
    return Resolution::resumed;
}

// ---- Gusts -----------------------------------------------------------------------------------------------

void do_anything(Chance& chance) {
    ++gusts;
    switch (chance.below(6)) {
        case 0: return send_nmi();
        // They come when the timers' handler is done.
        case 1:
            if (expected_vectors == 0) send_vectors(chance.below(std::uint64_t{1} << own_vectors));
            return;
        case 2:  return speak(timer_speaker, chance);
        case 3:  return touch_strange_memory(Level::interrupt, chance);
        case 4:  return cpu::breakpoint();
        default: return;
    }
}

struct Gust : time::Timer {
    Gust() : Timer{blow} {}

    // Mostly after a while, sometimes several times in a row.
    static void blow(Timer& timer) {
        do_anything(*gust_chance);
        auto const longest = gust_chance->once_in(3) ? Clock::duration{200us} : Clock::duration{800ms};
        time::set_after(timer,
                        Clock::duration{gust_chance->below(static_cast<std::uint64_t>(longest.count()))});
    }
};
struct Strike : time::Timer {
    Strike() : Timer{[](Timer&) { do_anything(*gust_chance); }} {}
};
[[clang::no_destroy]] constinit std::array<std::optional<Gust>, 4> the_gusts;
[[clang::no_destroy]] constinit std::optional<Strike> the_strike;

}  // namespace

void install_weather() {
    take_vectors(std::make_integer_sequence<std::uint64_t, own_vectors>{});
    install_nmis();
    exceptions::set_handler<Vector::breakpoint>(on_breakpoint);
}

void begin_weather(ChanceOf what) {
    begin_nmis(what);
    gust_chance.emplace(ChanceOf{what.seed, what.minute, gust_stream});
    the_strike.emplace();
    for (auto& gust : the_gusts) time::set_after(gust.emplace(), 1ms);
}

void end_weather() {
    for (auto& gust : the_gusts) {
        time::cancel(*gust);
        gust.reset();
    }
    time::cancel(*the_strike);
    the_strike.reset();
    comes([] { return expected_vectors == 0; });
    expect_equal("vectors taken", vectors_taken.load(), vectors_raised.load());
    end_nmis();
}

void strike_soon(Chance& chance) {
    if (chance.once_in(2)) return send_nmi_soon(chance);
    time::set_after(*the_strike, Clock::duration{chance.below(50'000)});
}

void raise_vectors(std::uint64_t which) {
    {
        cpu::InterruptGuard const guard;
        if (expected_vectors != 0) return;
        send_vectors(which);
        for (unsigned turn = 0; turn < 10; ++turn) cpu::pause();
        expect_equal("vectors that wait for interrupts to be on", expected_vectors.load(), which);
    }
    expect("vectors come", comes([] { return expected_vectors == 0; }));
}

WeatherCounts weather_counts() {
    return {.gusts          = gusts,
            .vectors_raised = vectors_raised,
            .vectors_taken  = vectors_taken,
            .breakpoints    = breakpoints};
}

Task<> work_with_vectors(Work& work) {
    while (!work.is_over()) {
        co_await tasks::sleep_for(work.up_to(1s));
        strike_soon(work.chance);
        if (work.chance.once_in(2))
            send_nmi();
        else
            raise_vectors(work.chance.between(1, (std::uint64_t{1} << own_vectors) - 1));
        ++work.done;
    }
}

}  // namespace pith::endurance
