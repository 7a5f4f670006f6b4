// Algorithms and ranges.
#include "suites.hpp"

#include <algorithm>
#include <iterator>
#include <list>
#include <map>
#include <numeric>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

constexpr unsigned many = 10'000;

// The numbers below `many`, in an order that looks random: 7919 is a prime.
std::vector<unsigned> shuffled() {
    std::vector<unsigned> numbers(many);
    for (unsigned index = 0; index < many; ++index) numbers[index] = index * 7919 % many;
    return numbers;
}

struct Person {
    std::string name;
    unsigned group;
};

void sorting() {
    auto numbers = shuffled();
    std::nth_element(numbers.begin(), numbers.begin() + 5000, numbers.end());
    check_equal(numbers[5000], 5000U);
    std::sort(numbers.begin(), numbers.end(), std::greater{});
    check(std::is_sorted(numbers.rbegin(), numbers.rend()));

    std::vector<Person> people;
    for (unsigned number = 0; number < 1000; ++number)
        // NOLINTNEXTLINE(performance-inefficient-vector-operation): it has to grow
        people.push_back({std::to_string(number + 1000), number % 7});
    std::stable_sort(people.begin(), people.end(),
                     [](auto const& a, auto const& b) { return a.group < b.group; });
    auto const in_order = [](auto const& a, auto const& b) {
        return a.group != b.group ? a.group < b.group : a.name < b.name;
    };
    check(std::is_sorted(people.begin(), people.end(), in_order));

    auto heap = shuffled();
    std::ranges::make_heap(heap);
    std::ranges::sort_heap(heap);
    check(std::ranges::is_sorted(heap));
    auto part = shuffled();
    std::ranges::partial_sort(part, part.begin() + 3);
    check(part[0] == 0 && part[2] == 2);
}

void algorithm() {
    sorting();
    std::vector numbers{1, 2, 3, 4, 5, 6};
    std::rotate(numbers.begin(), numbers.begin() + 2, numbers.end());
    check((numbers == std::vector{3, 4, 5, 6, 1, 2}));
    auto const odd = std::ranges::stable_partition(numbers, [](int number) { return number % 2 == 0; });
    check((std::vector(odd.begin(), odd.end()) == std::vector{3, 5, 1}));
    check(std::ranges::binary_search(std::vector{1, 3, 5}, 3));
    std::string letters = "abc";
    int permutations    = 1;
    while (std::ranges::next_permutation(letters).found) ++permutations;
    check_equal(permutations, 6);
    std::vector<int> common;
    std::ranges::set_intersection(std::vector{1, 2, 3}, std::vector{2, 3, 4}, std::back_inserter(common));
    check((common == std::vector{2, 3}));
    check_equal(std::ranges::fold_left(common, 10, std::plus{}), 15);
    check_equal(std::clamp(12, 0, 10), 10);
    auto const [least, greatest] = std::ranges::minmax(shuffled());
    check(least == 0 && greatest == many - 1);
    check(std::ranges::starts_with(std::string_view{"kernel"}, std::string_view{"ker"}));
}

void ranges() {
    namespace views   = std::views;
    auto const result = views::iota(1) | views::filter([](int number) { return number % 3 == 0; }) |
                        views::transform([](int number) { return number * number; }) | views::take(4) |
                        std::ranges::to<std::vector>();
    check((result == std::vector{9, 36, 81, 144}));

    std::string_view const text = "one two three";
    std::vector<std::string> words;
    for (auto const word : text | views::split(' ')) words.emplace_back(std::string_view{word});
    check((words == std::vector<std::string>{"one", "two", "three"}));
    check(std::ranges::equal(words | views::join, std::string_view{"onetwothree"}));

    std::map<std::string, int> const ages{{"a", 3}, {"b", 5}};
    check(std::ranges::equal(ages | views::values | views::reverse, std::vector{5, 3}));
    for (auto const [number, word] : views::zip(views::iota(0U), words)) check(words[number] == word);
    check_equal(std::ranges::distance(views::iota(0, 10) | views::drop_while([](int n) { return n < 4; })),
                6);
    check_equal(std::ranges::max_element(words, {}, &std::string::size)->size(), 5U);
}

void iterator() {
    std::vector numbers{1, 2, 3};
    std::vector<int> copy;
    std::copy(numbers.rbegin(), numbers.rend(), std::back_inserter(copy));
    std::copy(numbers.begin(), numbers.end(), std::inserter(copy, copy.begin() + 1));
    check((copy == std::vector{3, 1, 2, 3, 2, 1}));
    std::list<std::string> names{"a", "b", "c"};
    check_equal(*std::next(names.begin(), 2), "c");
    check_equal(std::distance(names.begin(), names.end()), 3);
    std::vector<std::string> const moved(std::move_iterator{names.begin()}, std::move_iterator{names.end()});
    check_equal(moved.size(), 3U);
    std::counted_iterator const counted{numbers.begin(), 2};
    check_equal(std::accumulate(counted, std::counted_iterator{numbers.begin() + 2, 0}, 0), 3);
    static_assert(std::contiguous_iterator<decltype(numbers)::iterator>);
}

void numeric() {
    auto const numbers = shuffled();
    check_equal(std::accumulate(numbers.begin(), numbers.end(), 0U), many * (many - 1) / 2);
    check_equal(std::reduce(numbers.begin(), numbers.end()), many * (many - 1) / 2);
    check_equal(std::inner_product(numbers.begin(), numbers.begin() + 2, numbers.begin(), 0U), 7919U * 7919);
    std::vector<unsigned> sums(5);
    std::iota(sums.begin(), sums.end(), 1);
    std::inclusive_scan(sums.begin(), sums.end(), sums.begin());
    check((sums == std::vector{1U, 3U, 6U, 10U, 15U}));
    std::adjacent_difference(sums.begin(), sums.end(), sums.begin());
    check_equal(sums.back(), 5U);
    check_equal(std::gcd(5040, 7 * 11 * 13), 7);
    check_equal(std::lcm(21, 6), 42);
    check_equal(std::midpoint(1U, 4'000'000'001U), 2'000'000'001U);
}

constexpr testing::Test ranges_tests[] = {
    {"algorithm", algorithm},
    {"ranges", ranges},
    {"iterator", iterator},
    {"numeric", numeric},
};

}  // namespace

constinit testing::Suite const tests::ranges_suite{ranges_tests};
