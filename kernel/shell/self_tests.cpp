#include "shell/self_tests.hpp"

#include "cpu/fixup.hpp"
#include "cpu/raise.hpp"
#include "frames/start.hpp"
#include "paging/audit.hpp"
#include "paging/kernel_map.hpp"
#include "tasks/channel.hpp"
#include "tasks/sleep.hpp"
#include "time/clock.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <memory>
#include <new>
#include <numeric>
#include <vector>

namespace pith::shell {
namespace {

using namespace std::chrono_literals;
using tasks::Task;

template <typename... Arguments>
Outcome wrong(std::format_string<Arguments...> format, Arguments&&... arguments) {
    return std::unexpected{std::format(format, std::forward<Arguments>(arguments)...)};
}

// ---- Memory ----------------------------------------------------------------------------------------------

constexpr auto block_sizes = [] {
    std::array<std::size_t, 27> sizes{1};
    for (std::size_t index = 1; index < sizes.size(); ++index) sizes[index] = sizes[index - 1] * 3 / 2 + 1;
    return sizes;
}();
static_assert(block_sizes.back() == 92'168);

// Blocks of all sizes, those for which there is memory: filled, and found as they were filled.
Task<Outcome> heap() {
    std::array<std::unique_ptr<std::uint8_t[]>, block_sizes.size()> blocks;
    for (std::size_t index = 0; index < blocks.size(); ++index) {
        blocks[index].reset(new (std::nothrow) std::uint8_t[block_sizes[index]]);
        if (blocks[index] != nullptr)
            std::fill_n(blocks[index].get(), block_sizes[index], static_cast<std::uint8_t>(index));
    }
    for (std::size_t index = 0; index < blocks.size(); ++index) {
        for (std::size_t byte = 0; blocks[index] != nullptr && byte < block_sizes[index]; ++byte) {
            if (blocks[index][byte] != index)
                co_return wrong("a block of {} bytes was changed", block_sizes[index]);
        }
    }
    co_return blocks[0] != nullptr ? Outcome{} : wrong("there is no memory for a single byte");
}

Task<Outcome> frames() {
    auto one = frames::take<PageSize::kib_4>(), other = frames::take<PageSize::kib_4>();
    bool const differ = one && other && one->start() != other->start();
    if (one) frames::give(*std::move(one));
    if (other) frames::give(*std::move(other));
    co_return differ ? Outcome{} : wrong("two frames were not to be had, or were one");
}

Task<Outcome> address_space() {
    auto const surprises = paging::audit_kernel();
    co_return surprises == 0 ? Outcome{} : wrong("{} pages are not as they should be", surprises);
}

// ---- Exceptions ------------------------------------------------------------------------------------------

Task<Outcome> unmapped_memory() {
    constexpr std::uint8_t page_fault = 14;
    auto const read                   = cpu::try_read<std::uint64_t>(VirtAddr{});
    co_return !read && read.error().vector() == page_fault ? Outcome{} : wrong("address 0 can be read");
}

Task<Outcome> read_only_code() {
    // SAFETY: because only the address is wanted; what is written there faults.
    VirtAddr const code{reinterpret_cast<void*>(&read_only_code)};
    auto const written = cpu::try_write<std::uint8_t>(code, 0xc3);
    co_return !written ? Outcome{} : wrong("code can be written to");
}

// ---- Time and tasks --------------------------------------------------------------------------------------

Task<Outcome> clock() {
    auto last = time::Clock::now();
    for (int look = 0; look < 1000; ++look) {
        auto const now = time::Clock::now();
        if (now < last) co_return wrong("the clock went back by {} ns", (last - now).count());
        last = now;
    }
    co_return Outcome{};
}

Task<> note_at(std::vector<int>& order, int number, time::Clock::time_point at) {
    co_await tasks::sleep_until(at);
    order.push_back(number);
}
Task<> note_time(time::Clock::time_point& now) {
    now = time::Clock::now();
    co_return;
}

Outcome no_timer() { return wrong("this machine has no timer that could wake anybody"); }

Task<Outcome> timers() {
    if (!time::can_wake()) co_return no_timer();
    auto const begin = time::Clock::now();
    time::Clock::time_point all_are_set;
    std::vector<int> order;
    co_await tasks::when_all(note_at(order, 3, begin + 15ms), note_at(order, 1, begin + 5ms),
                             note_at(order, 2, begin + 10ms), note_time(all_are_set));
    auto const passed = time::Clock::now() - begin;
    if (passed < 15ms) co_return wrong("a timer came after {} ns", passed.count());
    // One that is due when it is set has no order.
    if (all_are_set >= begin + 5ms) std::ranges::sort(order);
    co_return order == std::vector{1, 2, 3} ? Outcome{} : wrong("timers came in another order");
}

using Numbers = tasks::Channel<int, 4>;

Task<> send_numbers(Numbers& to, int last) {
    for (int number = 1; number <= last; ++number) static_cast<void>(co_await to.send(number));
    to.close();
}
Task<int> add_numbers(Numbers& from) {
    int sum = 0;
    while (auto const number = co_await from.receive()) sum += *number;
    co_return sum;
}

Task<Outcome> channels() {
    Numbers channel;
    auto const [sent, sum] = co_await tasks::when_all(send_numbers(channel, 100), add_numbers(channel));
    co_return sum == 5050 ? Outcome{} : wrong("100 numbers have the sum {}", sum);
}

Task<Outcome> cancelling() {
    if (!time::can_wake()) co_return no_timer();
    auto const end = co_await tasks::with_timeout([]() -> Task<> { co_await tasks::sleep_for(1h); }(), 1ms);
    co_return !end ? Outcome{} : wrong("an hour passed in a millisecond");
}

constexpr std::array<SelfTest, 9> all_tests{{
    {"heap", heap},
    {"frames", frames},
    {"address-space", address_space},
    {"unmapped-memory", unmapped_memory},
    {"read-only-code", read_only_code},
    {"clock", clock},
    {"timers", timers},
    {"channels", channels},
    {"cancelling", cancelling},
}};

}  // namespace

std::span<SelfTest const> self_tests() { return all_tests; }

}  // namespace pith::shell
