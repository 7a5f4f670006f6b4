// What the language itself leans on.
#include "cpu/hidden.hpp"
#include "suites.hpp"

#include <array>
#include <bit>
#include <compare>
#include <concepts>
#include <coroutine>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <source_location>
#include <stdatomic.h>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>
#include <version>

using namespace pith;
using cpu::hidden;
using testing::check;
using testing::check_equal;

namespace {

void bit() {
    check_equal(std::popcount(hidden(0xf0f0U)), 8);
    check_equal(std::countl_zero(hidden(std::uint64_t{1})), 63);
    check_equal(std::countr_zero(hidden(0x80U)), 7);
    check_equal(std::bit_ceil(hidden(33U)), 64U);
    check_equal(std::bit_width(hidden(33U)), 6);
    check_equal(std::rotl(hidden(std::uint8_t{0x81}), 1), 3);
    check_equal(std::byteswap(hidden(0x12345678U)), 0x78563412U);
    check_equal(std::bit_cast<std::uint32_t>(hidden(1.0F)), 0x3f800000U);
    static_assert(std::endian::native == std::endian::little);
}

struct Version {
    int major, minor;
    std::string name                       = {};
    auto operator<=>(Version const&) const = default;
};

void compare() {
    check(Version{1, 2, "a"} < Version{1, 2, "b"} && Version{2, 0} > Version{1, 9});
    check((Version{1, 2} <=> Version{1, 2}) == std::strong_ordering::equal);
    check((hidden(0.0F) / hidden(0.0F) <=> 1.0F) == std::partial_ordering::unordered);
    check(std::is_lt(std::compare_three_way{}(hidden(1), 2)));
    check(std::strong_order(hidden(-0.0F), 0.0F) < 0);
}

template <typename Type>
concept Sized = requires(Type const& object) {
    { object.size() } -> std::convertible_to<std::size_t>;
};

std::size_t size_of(Sized auto const& object) { return object.size(); }
std::size_t size_of(std::integral auto number) { return sizeof(number); }

void concepts() {
    check_equal(size_of(std::string{"four"}), 4U);
    check_equal(size_of('c'), 1U);
    static_assert(std::regular<std::string> && !std::copyable<std::coroutine_handle<>&>);
    static_assert(std::invocable<decltype(hidden<int>), int>);
    static_assert(std::derived_from<std::true_type, std::integral_constant<bool, true>>);
}

// A sequence of numbers, each made when it is asked for.
class Numbers {
public:
    // NOLINTNEXTLINE(readability-identifier-naming): the compiler looks for this name
    struct promise_type {
        unsigned current = 0;

        Numbers get_return_object() {
            return Numbers{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(unsigned number) {
            current = number;
            return {};
        }
        void return_void() {}
        void unhandled_exception() {}
    };

    explicit Numbers(std::coroutine_handle<promise_type> handle) : handle_{handle} {}
    ~Numbers() { handle_.destroy(); }
    Numbers(Numbers const&)            = delete;
    Numbers& operator=(Numbers const&) = delete;

    bool advance() {
        handle_.resume();
        return !handle_.done();
    }
    unsigned current() const { return handle_.promise().current; }

private:
    std::coroutine_handle<promise_type> handle_;
};

Numbers squares(unsigned count) {
    for (unsigned number = 0; number < count; ++number) co_yield number* number;
}

void coroutine() {
    auto numbers = squares(1000);
    auto others  = squares(3);
    unsigned sum = 0, count = 0;
    for (; numbers.advance(); ++count) sum += numbers.current();
    check_equal(count, 1000U);
    check_equal(sum, 332'833'500U);
    check(others.advance());
}

unsigned sum_of(std::initializer_list<unsigned> numbers) {
    unsigned sum = 0;
    for (auto const number : numbers) sum += number;
    return sum;
}

void initializer_list() {
    check_equal(sum_of({1, 2, hidden(3U)}), 6U);
    check_equal((std::vector<std::string>{"a", "b"}.size()), 2U);
    check_equal(std::initializer_list<int>{}.size(), 0U);
}

void limits() {
    check_equal(hidden(std::numeric_limits<int>::max()), 2'147'483'647);
    check_equal(std::numeric_limits<std::uint64_t>::digits10, 19);
    check(hidden(std::numeric_limits<double>::max()) * 2 == std::numeric_limits<double>::infinity());
    check(1.0F + hidden(std::numeric_limits<float>::epsilon()) > 1.0F);
    check(1.0F + hidden(std::numeric_limits<float>::epsilon()) / 2 == 1.0F);
    check(hidden(std::numeric_limits<double>::denorm_min()) > 0);
    static_assert(std::numeric_limits<long double>::digits == 53);
}

std::source_location here(std::source_location place = std::source_location::current()) { return place; }

void source_location() {
    auto const first  = here();
    auto const second = here();
    check_equal(second.line(), first.line() + 1);
    check(std::string_view{first.file_name()}.ends_with("language_tests.cpp"));
    check(std::string_view{first.function_name()}.contains("source_location"));
}

template <typename Value>
std::string_view kind_of(Value const&) {
    if constexpr (std::is_pointer_v<Value>)
        return "pointer";
    else if constexpr (std::is_floating_point_v<Value>)
        return "floating point";
    else if constexpr (std::is_trivially_copyable_v<Value>)
        return "trivial";
    else
        return "other";
}

void type_traits() {
    int number = 1;
    check_equal(kind_of(&number), "pointer");
    check_equal(kind_of(1.0), "floating point");
    check_equal(kind_of(number), "trivial");
    check_equal(kind_of(std::string{}), "other");
    check(!std::is_constant_evaluated());
    static_assert(std::is_same_v<std::common_type_t<char, long>, long>);
    static_assert(
        std::is_same_v<std::invoke_result_t<decltype(here), std::source_location>, std::source_location>);
}

void version() {
    static_assert(__cpp_lib_expected >= 202211L && __cpp_lib_mdspan >= 202207L);
    check(hidden(__cpp_lib_ranges) >= 202207L);
#ifdef __cpp_lib_generator
    check(false);  // then <generator> is there, and the table has to say so
#endif
}

void stdatomic() {
    atomic_int number = 5;
    check_equal(atomic_fetch_add(&number, 2), 5);
    check_equal(atomic_load_explicit(&number, memory_order_acquire), 7);
}

constexpr testing::Test language_tests[] = {
    {"bit", bit},
    {"compare", compare},
    {"concepts", concepts},
    {"coroutine", coroutine},
    {"initializer_list", initializer_list},
    {"limits", limits},
    {"source_location", source_location},
    {"type_traits", type_traits},
    {"version", version},
    {"stdatomic.h", stdatomic},
};

}  // namespace

constinit testing::Suite const tests::language_suite{language_tests};
