// Chapter 3: C++ on bare metal. libc++ works in the kernel: what needs no heap, works now.
// #region includes
#include "base/fail.hpp"
#include "boot/start.hpp"
#include "cpu/halt.hpp"
#include "runtime/stack_protector.hpp"
#include "screen.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <expected>
#include <numeric>
#include <optional>
#include <ranges>
#include <span>
#include <string_view>
#include <variant>
// #endregion includes

namespace {

// #region library
std::expected<int, std::string_view> divide(int dividend, int divisor) {
    if (divisor == 0) return std::unexpected{"division by zero"};
    return dividend / divisor;
}

std::string_view name_of(std::variant<int, char> value) {
    return std::holds_alternative<int>(value) ? "a number" : "a letter";
}

void show_library(Screen& screen) {
    constexpr std::array primes{2, 3, 5, 7, 11};
    show(screen, "array, span      {} numbers, the last is {}", primes.size(), std::span{primes}.back());
    show(screen, "algorithm        the first above 4 is {}",
         *std::ranges::find_if(primes, [](int p) { return p > 4; }));

    auto odd_squares = primes | std::views::filter([](int p) { return p % 2 == 1; }) |
                       std::views::transform([](int p) { return p * p; });
    show(screen, "ranges           the odd ones, squared, add up to {}",
         std::accumulate(odd_squares.begin(), odd_squares.end(), 0));

    std::optional<int> const nothing;
    show(screen, "optional         {} when there is nothing", nothing.value_or(-1));
    show(screen, "expected         42 / 0: {}", divide(42, 0).error());
    show(screen, "variant          'p' is {}", name_of('p'));
    show(screen, "string_view      {}", std::string_view{"Pith is small"}.substr(0, 4));

    std::atomic<int> counter = 41;
    ++counter;
    show(screen, "atomic           {}", counter.load());
    show(screen, "bit              {:#x} has {} bits set", 0xf00f, std::popcount(0xf00fU));
    show(screen, "format           [{:>6}] [{:<6}] [{:^6}] [{:#08b}]", "right", "left", "mid", 13);
}
// #endregion library

// #region failure
constinit Screen* screen_for_failures = nullptr;

// Until there is a console (chapter 4), failing means: say why, and stop.
void report_failure(pith::Failure const& failure) {
    // libc++ says "FILE:LINE: assertion CONDITION failed: REASON".
    auto const reason = failure.message.substr(failure.message.rfind("failed: "));
    show(*screen_for_failures, "");
    show(*screen_for_failures, "{}", reason);
    pith::cpu::halt_forever();
}

// An index that the compiler cannot know.
int out_of_range(std::span<int const> numbers) { return numbers[numbers.size()]; }
// #endregion failure

}  // namespace

// #region main
void kernel_main(pith::boot::Start) {
    pith::runtime::choose_stack_guard();
    Screen screen;
    screen_for_failures = &screen;
    pith::set_failure_handler(report_failure);

    show_library(screen);

    constexpr std::array numbers{1, 2, 3};
    show(screen, "never shown: {}", out_of_range(numbers));
    pith::cpu::halt_forever();
}
// #endregion main
