#include "strange_memory.hpp"

#include "cpu/fixup.hpp"
#include "demand.hpp"
#include "exceptions/handlers.hpp"
#include "findings.hpp"
#include "plant.hpp"

#include <array>
#include <atomic>
#include <optional>
#include <utility>

namespace pith::endurance {
namespace {

using exceptions::ExceptionFrame;
using exceptions::PageFaultError;
using exceptions::Resolution;

constexpr std::uint8_t page_fault  = 14;
constexpr std::uint64_t levels     = 3;
constexpr std::uint64_t area_bytes = std::uint64_t{1} << 30;
constexpr std::uint64_t write_bit  = 2;
constexpr VirtAddr strange_memory{0xffff'f100'0000'0000};

constexpr VirtAddr area_of(Level level) { return strange_memory + std::to_underlying(level) * area_bytes; }

// What a level expects, and how often it came.
struct Expected {
    std::atomic<std::uint64_t> address = 0, error = 0;
    std::atomic<unsigned> hits = 0;
};
constinit std::array<Expected, levels> expected;
constinit std::atomic<std::uint64_t> all_faults = 0;

Expected* whose(std::uint64_t address) {
    for (auto& level : expected) {
        if (level.address == address) return &level;
    }
    return nullptr;
}

Resolution on_page_fault(ExceptionFrame&, PageFaultError error) {
    auto const address = cpu::read_cr2();
    ++all_faults;
    if (auto* const level = whose(address)) {
        ++level->hits;
        expect_equal("the error code of a page fault", error.raw(), level->error.load());
        return Resolution::not_mine;  // the instruction is declared
    }
    if (map_on_demand(address, error)) return Resolution::resumed;
    find("a page fault that nobody expects", address, 0);
    return Resolution::not_mine;
}

void expect_fault(Level level, VirtAddr address, std::uint64_t error, auto&& touch) {
    auto& mine         = expected[std::to_underlying(level)];
    mine.hits          = 0;
    mine.error         = error;
    mine.address       = address.value();
    auto const touched = touch();
    mine.address       = 0;
    expect("strange memory faults", !touched && touched.error().vector() == page_fault);
    expect_equal("page faults at the address that was touched", mine.hits.load(), 1U);
}

}  // namespace

void install_page_faults() { exceptions::set_handler<exceptions::Vector::page_fault>(on_page_fault); }

void touch_strange_memory(Level level, Chance& chance) {
    auto const address = area_of(level) + chance.below(area_bytes - sizeof(std::uint64_t));
    if (chance.once_in(2)) {
        expect_fault_at(level, address);
    } else {
        expect_fault(level, address, write_bit, [&] { return cpu::try_write<std::uint8_t>(address, 1); });
    }
    // One that no level expects: in the first page of the upper half's last area.
    if (level == Level::task && is_planted(Plant::page_fault))
        expect("memory of no level faults",
               !cpu::try_read<std::uint8_t>(strange_memory + levels * area_bytes));
}

void expect_fault_at(Level level, VirtAddr address) {
    expect_fault(level, address, 0, [&] { return cpu::try_read<std::uint8_t>(address); });
}

void expect_refused_write(Level level, VirtAddr address) {
    constexpr std::uint64_t present_bit = 1;
    expect_fault(level, address, write_bit | present_bit,
                 [&] { return cpu::try_write<std::uint8_t>(address, 1); });
}

std::uint64_t page_faults() { return all_faults; }

}  // namespace pith::endurance
