// Values and functions put together.
#include "suites.hpp"

#include <any>
#include <array>
#include <atomic>
#include <chrono>
#include <expected>
#include <functional>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

void any() {
    std::any anything = 42;
    check(std::any_cast<int>(&anything) != nullptr && std::any_cast<long>(&anything) == nullptr);
    anything = std::string(100, 'x');
    check_equal(std::any_cast<std::string const&>(anything).size(), 100U);
    auto const copy = anything;
    anything.reset();
    check(!anything.has_value() && copy.has_value());
}

void optional() {
    std::optional<std::string> name;
    check(!name && name.value_or("none") == "none");
    name = "some";
    check_equal(name.transform([](auto const& text) { return text.size(); }).value(), 4U);
    check(name.and_then([](auto const&) { return std::optional<int>{}; }) == std::nullopt);
    name.reset();
    check(name.or_else([] { return std::optional<std::string>{"other"}; }) == "other");
}

std::expected<int, std::string> half_of(int number) {
    if (number % 2 != 0) return std::unexpected{std::to_string(number) + " is odd"};
    return number / 2;
}

void expected() {
    check_equal(half_of(42).and_then(half_of).error(), "21 is odd");
    check_equal(half_of(8).and_then(half_of).value(), 2);
    check_equal(half_of(3).transform_error([](auto const& text) { return text.size(); }).error(), 8U);
    check_equal(half_of(3).or_else([](auto const&) { return half_of(10); }).value(), 5);
    std::expected<void, int> const done;
    check(done.has_value());
}

void an_expected_value_that_is_not_there() {
    int volatile odd = 3;
    check_equal(*half_of(odd), 1);
}

template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

void variant() {
    std::vector<std::variant<int, std::string, std::vector<int>>> const things{7, "seven", std::vector{1, 2}};
    int sum = 0;
    for (auto const& thing : things) {
        sum += std::visit(Overloaded{[](int number) { return number; },
                                     [](auto const& sized) { return static_cast<int>(sized.size()); }},
                          thing);
    }
    check_equal(sum, 14);
    check(std::holds_alternative<std::string>(things[1]) && std::get_if<int>(&things[1]) == nullptr);
    check_equal(things[2].index(), 2U);
    check(things[0] < things[1]);
}

void tuple() {
    auto const entry                   = std::tuple{1, std::string{"one"}, 'a'};
    auto const& [number, name, letter] = entry;
    check(number == 1 && name == "one" && letter == 'a');
    check_equal(std::apply([](auto const&... parts) { return sizeof...(parts); }, entry), 3U);
    check(std::tie(number, letter) < std::tuple(1, 'b'));
    check_equal(std::get<2>(std::tuple_cat(std::tuple{2}, entry)), "one");
}

int difference(int left, int right) { return left - right; }

struct Counter {
    int step;
    int after(int times) const { return step * times; }
};

void functional() {
    std::array<int, 20> large{};
    large[19]                               = 5;
    std::function<int(int)> const of_object = [large](int number) { return number + large[19]; };
    auto const copy                         = of_object;
    check_equal(copy(1), 6);
    check(!std::function<void()>{});
    check_equal(std::bind(difference, std::placeholders::_2, 10)(0, 17), 7);
    check_equal(std::bind_front(difference, 10)(3), 7);
    check_equal(std::invoke(&Counter::after, Counter{6}, 7), 42);
    check_equal(std::mem_fn(&Counter::step)(Counter{6}), 6);
    int number      = 1;
    auto reference  = std::ref(number);
    reference.get() = 5;
    check_equal(number, 5);
    check(std::not_fn(std::less{})(2, 1));
    std::string_view const text = "find the needle in it", needle = "needle";
    check_equal(
        std::boyer_moore_horspool_searcher(needle.begin(), needle.end())(text.begin(), text.end()).first -
            text.begin(),
        9);
    check(std::hash<int>{}(1) != std::hash<int>{}(2));
}

enum class Colour : std::uint8_t { red = 3 };

void utility() {
    std::pair first{1, std::string{"one"}};
    auto second = std::pair{2, std::string{"two"}};
    std::swap(first, second);
    check(first > second);
    check_equal(std::exchange(first.second, "new"), "two");
    check_equal(std::to_underlying(Colour::red), 3);
    check(std::cmp_less(-1, 1U) && !std::in_range<std::uint8_t>(256));
    auto const sum = []<std::size_t... Indices>(std::index_sequence<Indices...>) { return (Indices + ...); };
    check_equal(sum(std::make_index_sequence<5>{}), 10U);
    check(std::as_const(first).first == 2);
}

void chrono() {
    using namespace std::chrono_literals;
    using namespace std::chrono;
    check((1h + 30min) / 1s == 5400);
    check(floor<minutes>(-1s) == -1min && duration_cast<milliseconds>(1999us) == 1ms);
    hh_mm_ss const clock{3661s};
    check(clock.hours() == 1h && clock.minutes() == 1min && clock.seconds() == 1s);

    constexpr auto leap_day = 2024y / February / last;
    check(year_month_day{leap_day} == 2024y / 2 / 29);
    check(weekday{sys_days{2000y / January / 1}} == Saturday);
    check((sys_days{2026y / 1 / 1} - sys_days{1970y / 1 / 1}).count() == 20'454);
    check(!(2023y / February / 29).ok());
    check(year_month_day{sys_days{2026y / May / Sunday[2]}} == 2026y / 5 / 10);
}

void ratio() {
    using Sum                                = std::ratio_add<std::ratio<1, 3>, std::ratio<1, 6>>;
    std::intmax_t const volatile denominator = Sum::den;
    check(Sum::num == 1 && denominator == 2);
    static_assert(std::ratio_less_v<std::milli, std::centi>);
    static_assert(std::ratio_divide<std::kilo, std::micro>::num == 1'000'000'000);
}

void atomic() {
    std::atomic<int> number{5};
    check_equal(number.fetch_add(3), 5);
    int wanted = 7;
    check(!number.compare_exchange_strong(wanted, 9) && wanted == 8);
    check(number.compare_exchange_strong(wanted, 9) && number.load() == 9);
    std::atomic_flag flag;
    check(!flag.test_and_set() && flag.test());
    int plain = 1;
    std::atomic_ref{plain}.fetch_or(6);
    check_equal(plain, 7);
    std::atomic<std::uint64_t> bits{0xff};
    check_equal(bits.fetch_and(0xf0), 0xffU);
    std::atomic_thread_fence(std::memory_order::seq_cst);
    static_assert(std::atomic<void*>::is_always_lock_free);
}

constexpr testing::Test utilities_tests[] = {
    {"any", any},
    {"optional", optional},
    {"expected", expected},
    {"expected.checks_itself", an_expected_value_that_is_not_there, "expected::operator* requires"},
    {"variant", variant},
    {"tuple", tuple},
    {"functional", functional},
    {"utility", utility},
    {"chrono", chrono},
    {"ratio", ratio},
    {"atomic", atomic},
};

}  // namespace

constinit testing::Suite const tests::utilities_suite{utilities_tests};
