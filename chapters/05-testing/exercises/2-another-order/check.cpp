// Is it an order, is it the same for the same seed, and does each come as often as any other?
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

#include <algorithm>
#include <array>

using namespace pith;
using console::println;

namespace {

constexpr std::size_t most = 60;

constinit bool is_right = true;

void expect(bool condition, std::string_view otherwise) {
    if (condition) return;
    println("wrong: {}", otherwise);
    is_right = false;
}

void try_size(std::size_t size, std::uint64_t seed) {
    std::array<unsigned, most + 1> first{}, second{};
    std::ranges::fill(first, 12'345U);
    shuffle(std::span{first}.first(size), seed);
    shuffle(std::span{second}.first(size), seed);
    expect(first[size] == 12'345U, "it writes behind the end");
    expect(std::ranges::equal(std::span{first}.first(size), std::span{second}.first(size)),
           "the same seed gives another order the second time");
    std::ranges::sort(std::span{first}.first(size));
    for (std::size_t index = 0; index < size; ++index) {
        if (first[index] != index) return expect(false, "not every number is there once");
    }
}

// How often each of the 24 orders of four comes.
void count_orders() {
    constexpr unsigned seeds = 24'000, expected = seeds / 24, tolerance = expected * 15 / 100;
    std::array<unsigned, 256> counts{};
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        std::array<unsigned, 4> order{};
        shuffle(order, seed);
        ++counts[((order[0] * 4 + order[1]) * 4 + order[2]) * 4 + order[3]];
    }
    auto const orders     = std::ranges::count_if(counts, [](unsigned count) { return count != 0; });
    auto const most_often = std::ranges::max(counts);
    unsigned least_often  = seeds;
    for (auto const count : counts) {
        if (count != 0) least_often = std::min(least_often, count);
    }
    println("with {} seeds: {} orders of four; the rarest came {} times, the most frequent {} times", seeds,
            orders, least_often, most_often);
    expect(orders == 24, "there are 24 orders of four, and each should come");
    expect(most_often < expected + tolerance && least_often > expected - tolerance,
           "some orders come more often than others");
}

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    for (std::size_t const size : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{7}, most}) {
        for (std::uint64_t const seed : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}})
            try_size(size, seed);
    }
    count_orders();
    if (is_right) println("solved");
    cpu::halt_forever();
}
