// The benchmark kernel of growth: what the same costs, in instructions of the guest, the more there is of it.
//
// Run by `./pith bench growth`. A figure's name ends with how much there was.
#include "acpi/start.hpp"
#include "chance.hpp"
#include "console/start.hpp"
#include "cpu/interrupts.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "interrupts/start.hpp"
#include "measure.hpp"
#include "moved_timers.hpp"
#include "paging/kernel_map.hpp"
#include "range_in_hand.hpp"
#include "time/clock.hpp"

#include <array>
#include <memory>
#include <vector>

using namespace pith;

namespace {

void figure(std::string_view what, std::size_t amount, std::uint64_t value) {
    console::println("FIGURE {}-{} {}", what, amount, value);
}

// A range is mapped, its tables included, unmapped and flushed. Its memory is nobody's, and does not lie as large pages
// would need it.
void ranges(std::size_t pages) {
    constexpr PhysAddr memory{0x10'0000'0000};
    constexpr VirtAddr start{0xffff'c000'4000'3000};
    paging::AddressSpace<paging::DirectMapAccess> space{
        paging::DirectMapAccess{PhysAddr{cpu::read_cr3() & paging::bits::address}}};
    bench::RangeInHand range{PhysRange{memory, memory + pages * page_bytes}};
    auto const before = cpu::unordered_time_stamp();
    bench::map_and_unmap(space, start, range);
    figure("range", pages, cpu::unordered_time_stamp() - before);
}

// Blocks of the heap, each there or not.
class Blocks {
public:
    explicit Blocks(std::size_t count) : blocks_(count) {}

    void fill() {
        for (auto& block : blocks_) block = std::make_unique_for_overwrite<Block>();
    }
    // One that is there is given back, one that is not is taken.
    void change_any() {
        auto& block = any();
        if (block != nullptr) {
            block.reset();
        } else {
            block = std::make_unique_for_overwrite<Block>();
        }
    }
    void replace_any() {
        auto& block = any();
        block.reset();
        block = std::make_unique_for_overwrite<Block>();
    }

private:
    struct Block {
        std::array<std::byte, 64> bytes;
    };
    std::unique_ptr<Block>& any() { return blocks_[bench::random_below(blocks_.size())]; }

    std::vector<std::unique_ptr<Block>> blocks_;
};

// What one round costs: the mean, since what one postpones another has to do.
std::uint64_t mean_of(auto&& action) {
    auto const before = cpu::unordered_time_stamp();
    for (std::size_t round = 0; round < bench::rounds; ++round) action();
    return (cpu::unordered_time_stamp() - before) / bench::rounds;
}

// About half of so many blocks are there, and of them any one is given back or taken, after all have changed often.
void changing_heap(std::size_t count) {
    Blocks blocks{count};
    for (std::size_t change = 0; change < 4 * count; ++change) blocks.change_any();
    figure("heap", count, mean_of([&] { blocks.change_any(); }));
}

// All are there, and nearly no slab has a hole: the worst that can happen.
void full_heap(std::size_t count) {
    Blocks blocks{count};
    blocks.fill();
    figure("full-heap", count, mean_of([&] { blocks.replace_any(); }));
}

}  // namespace

void kernel_main(boot::Start start) {
    console::start();
    exceptions::start();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    for (std::size_t const pages : {8UZ, 64UZ, 512UZ, 4096UZ, 32'768UZ, 262'144UZ}) ranges(pages);
    paging::start(handoff);
    for (std::size_t const count : {10UZ, 100UZ, 1000UZ, 10'000UZ, 100'000UZ, 1'000'000UZ}) {
        changing_heap(count);
        full_heap(count);
    }
    acpi::start(handoff);
    interrupts::start(acpi::tables());
    time::start(acpi::tables());
    cpu::enable_interrupts();
    for (std::size_t const waiting : {2UZ, 10UZ, 100UZ, 1000UZ, 10'000UZ, 100'000UZ})
        figure("timers", waiting, bench::cost_of_moving_one_of(waiting));
    bench::finish();
}
