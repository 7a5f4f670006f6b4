// Containers, on the kernel's heap.
#include "suites.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <deque>
#include <format>
#include <forward_list>
#include <list>
#include <map>
#include <mdspan>
#include <numeric>
#include <queue>
#include <ranges>
#include <set>
#include <span>
#include <stack>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

constexpr unsigned many = 10'000;

// Long enough to need memory of its own.
std::string name_of(unsigned number) { return std::format("the name of the number {}", number); }

// The numbers below `many`, in an order that looks random: 7919 is a prime.
unsigned shuffled(unsigned index) { return index * 7919 % many; }

void array() {
    std::array numbers{5, 3, 4};
    std::ranges::sort(numbers);
    check((numbers == std::array{3, 4, 5}));
    check_equal(std::get<1>(numbers), 4);
    std::array<std::string, 3> names{};
    names.fill(name_of(3));
    check_equal(names.back(), name_of(3));
    check(std::to_array<short>({1, 2}).size() == 2);
}

void vector() {
    std::vector<std::string> names;
    // NOLINTNEXTLINE(performance-inefficient-vector-operation): it has to grow
    for (unsigned index = 0; index < many; ++index) names.push_back(name_of(index));
    names.erase(names.begin() + 1, names.end() - 1);
    names.insert(names.begin(), 3, "first");
    check((names == std::vector<std::string>{"first", "first", "first", name_of(0), name_of(many - 1)}));
    names.resize(1);
    names.shrink_to_fit();
    check_equal(names.capacity(), 1U);

    std::vector<bool> bits(many);
    for (std::size_t index = 0; index < many; index += 3) bits[index] = true;
    check_equal(std::ranges::count(bits, true), 3334);
}

void a_vector_checks_its_index() {
    std::vector<int> const numbers(3);
    std::size_t const volatile beyond = 3;
    check_equal(numbers[beyond], 0);
}

void deque() {
    std::deque<std::string> names;
    for (unsigned index = 0; index < many; ++index) {
        names.push_back(name_of(index));
        names.push_front(name_of(index));
    }
    check_equal(names.size(), 2 * many);
    check_equal(names[many - 1], name_of(0));
    while (names.size() > 2) {
        check(names.front() == names.back());
        names.pop_front();
        names.pop_back();
    }
}

void list() {
    std::list<unsigned> numbers, others{1, 3, 5};
    for (unsigned index = 0; index < many; ++index) numbers.push_back(shuffled(index));
    numbers.sort();
    check(std::ranges::equal(numbers, std::views::iota(0U, many)));
    numbers.merge(others);
    check(others.empty());
    numbers.unique();
    numbers.remove_if([](unsigned number) { return number % 2 == 0; });
    numbers.reverse();
    check_equal(numbers.size(), many / 2);
    check_equal(numbers.front(), many - 1);
    others.splice(others.begin(), numbers, numbers.begin());
    check_equal(others.front(), many - 1);
}

void forward_list() {
    std::forward_list<unsigned> numbers;
    for (unsigned index = 0; index < many; ++index) numbers.push_front(shuffled(index));
    numbers.sort();
    check(std::ranges::equal(numbers, std::views::iota(0U, many)));
    check_equal(numbers.remove_if([](unsigned number) { return number > 9; }), many - 10);
    numbers.insert_after(numbers.before_begin(), 77);
    check_equal(numbers.front(), 77U);
}

void map() {
    std::map<std::string, unsigned> numbers;
    for (unsigned index = 0; index < many; ++index) numbers[name_of(shuffled(index))] = shuffled(index);
    check_equal(numbers.size(), many);
    check(std::ranges::is_sorted(numbers | std::views::keys));
    for (unsigned index = 0; index < many; index += 97) check_equal(numbers.at(name_of(index)), index);
    check_equal(std::erase_if(numbers, [](auto const& entry) { return entry.second % 2 == 0; }), many / 2);
    check(!numbers.contains(name_of(42)));
    auto node  = numbers.extract(name_of(43));
    node.key() = "forty-three";
    numbers.insert(std::move(node));
    check_equal(numbers["forty-three"], 43U);

    std::multimap<int, char> several{{1, 'a'}, {1, 'b'}, {2, 'c'}};
    check_equal(several.count(1), 2U);
}

void set() {
    std::set<std::string, std::less<>> names;
    for (unsigned index = 0; index < many; ++index) names.insert(name_of(index % 100));
    check_equal(names.size(), 100U);
    check(names.contains(std::string_view{"the name of the number 99"}));
    std::set<std::string, std::less<>> others{"another", name_of(1)};
    others.merge(names);
    check_equal(others.size(), 101U);
    check_equal(names.size(), 1U);
    std::multiset<int> const several{3, 1, 3};
    check_equal(several.count(3), 2U);
    check_equal(*several.lower_bound(2), 3);
}

void unordered_map() {
    std::unordered_map<std::string, unsigned> numbers;
    for (unsigned index = 0; index < many; ++index) numbers.emplace(name_of(index), index);
    check_equal(numbers.size(), many);
    check(numbers.bucket_count() >= many);
    for (unsigned index = 0; index < many; ++index) check_equal(numbers.at(name_of(index)), index);
    for (unsigned index = 0; index < many; index += 2) check_equal(numbers.erase(name_of(index)), 1U);
    check(!numbers.contains(name_of(42)) && numbers.contains(name_of(43)));

    numbers.max_load_factor(0.5F);
    numbers.rehash(0);
    check(numbers.load_factor() <= 0.5F && numbers.load_factor() > 0.1F);
    check(numbers.bucket_count() >= many);
    numbers.max_load_factor(4);
    numbers.rehash(0);
    check(numbers.load_factor() > 2 && numbers.load_factor() <= 4);

    std::unordered_multimap<int, int> several{{1, 2}, {1, 3}};
    check_equal(several.count(1), 2U);
}

void unordered_set() {
    std::unordered_set<unsigned> numbers;
    numbers.reserve(many);
    auto const buckets = numbers.bucket_count();
    for (unsigned index = 0; index < many; ++index) numbers.insert(shuffled(index));
    check_equal(numbers.bucket_count(), buckets);
    check_equal(std::accumulate(numbers.begin(), numbers.end(), 0U), many * (many - 1) / 2);
    check(!numbers.insert(77).second);
    std::unordered_set<std::string> const names{"a", "b", "a"};
    check((names == std::unordered_set<std::string>{"b", "a"}));
    std::unordered_multiset<int> const several{7, 7};
    check_equal(several.count(7), 2U);
}

void stack() {
    std::stack<std::string> names;
    for (unsigned index = 0; index < many; ++index) names.push(name_of(index));
    for (unsigned index = many; index-- > 0; names.pop()) check(names.top() == name_of(index));
    check(names.empty());
}

void queue() {
    std::queue<std::string> names;
    for (unsigned index = 0; index < many; ++index) names.push(name_of(index));
    for (unsigned index = 0; index < many; ++index, names.pop()) check(names.front() == name_of(index));
    check(names.empty());

    std::priority_queue<unsigned> numbers;
    for (unsigned index = 0; index < many; ++index) numbers.push(shuffled(index));
    for (unsigned index = many; index-- > 0; numbers.pop()) check_equal(numbers.top(), index);
}

void bitset() {
    std::bitset<200> bits;
    for (std::size_t index = 0; index < bits.size(); index += 3) bits.set(index);
    check_equal(bits.count(), 67U);
    check_equal((bits & bits << 3).count(), 66U);
    check_equal(std::bitset<8>{0b1010'0001}.to_string(), "10100001");
    check_equal((~std::bitset<64>{}).to_ullong(), ~0ULL);
}

void span() {
    std::vector<int> numbers(100);
    std::iota(numbers.begin(), numbers.end(), 0);
    std::span<int> const all{numbers};
    std::ranges::fill(all.subspan(10, 80), 7);
    check_equal(std::accumulate(numbers.begin(), numbers.end(), 0), 45 + 560 + 945);
    check_equal(std::as_bytes(all.first<2>()).size(), 8U);
}

void mdspan() {
    std::vector<int> numbers(6);
    std::iota(numbers.begin(), numbers.end(), 0);
    std::mdspan const matrix{numbers.data(), std::extents<std::size_t, 2, 3>{}};
    check_equal((matrix[1, 2]), 5);
    matrix[0, 1] = 70;
    check_equal(numbers[1], 70);
    std::mdspan const columns{numbers.data(), std::layout_left::mapping{std::extents{2, 3}}};
    check_equal((columns[1, 2]), 5);
    check_equal((columns[1, 0]), 70);
}

constexpr testing::Test containers_tests[] = {
    {"array", array},
    {"vector", vector},
    {"vector.checks_its_index", a_vector_checks_its_index, "vector[] index out of bounds"},
    {"deque", deque},
    {"list", list},
    {"forward_list", forward_list},
    {"map", map},
    {"set", set},
    {"unordered_map", unordered_map},
    {"unordered_set", unordered_set},
    {"stack", stack},
    {"queue", queue},
    {"bitset", bitset},
    {"span", span},
    {"mdspan", mdspan},
};

}  // namespace

constinit testing::Suite const tests::containers_suite{containers_tests};
