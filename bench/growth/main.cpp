// The benchmark kernel of growth: what the same costs, in instructions of the guest, the more there is of it.
//
// Run by `./pith bench growth`. A figure's name ends with how much there was.
#include "acpi/start.hpp"
#include "chance.hpp"
#include "console/start.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "interrupts/start.hpp"
#include "measure.hpp"
#include "moved_timers.hpp"
#include "paging/kernel_map.hpp"
#include "range_in_hand.hpp"
#include "testing/emulator_exit.hpp"
#include "time/clock.hpp"

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
    auto const before = cpu::read_time_stamp();
    bench::map_and_unmap(space, start, range);
    figure("range", pages, cpu::read_time_stamp() - before);
}

// Of so many blocks any one is given back, and another taken: the mean.
void heap(std::size_t live) {
    struct Block {
        std::array<std::byte, 64> bytes;
    };
    std::vector<std::unique_ptr<Block>> blocks(live);
    for (auto& block : blocks) block = std::make_unique_for_overwrite<Block>();
    std::uint64_t sum = 0;
    for (std::size_t round = 0; round < bench::rounds; ++round) {
        auto& block       = blocks[bench::random_below(live)];
        auto const before = cpu::read_time_stamp();
        block.reset();
        block = std::make_unique_for_overwrite<Block>();
        sum += cpu::read_time_stamp() - before;
    }
    figure("heap", live, sum / bench::rounds);
}

}  // namespace

void kernel_main(boot::Start start) {
    console::start();
    exceptions::start();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    for (std::size_t const pages : {8UZ, 64UZ, 512UZ, 4096UZ, 32'768UZ, 262'144UZ}) ranges(pages);
    paging::start(handoff);
    for (std::size_t const live : {1UZ, 16UZ, 256UZ, 4096UZ, 65'536UZ, 262'144UZ}) heap(live);
    acpi::start(handoff);
    interrupts::start(acpi::tables());
    time::start(acpi::tables());
    for (std::size_t const waiting : {2UZ, 10UZ, 100UZ, 1000UZ, 10'000UZ, 100'000UZ})
        figure("timers", waiting, bench::cost_of_moving_one_of(waiting));
    testing::exit_emulator(testing::Outcome::passed);
}
