// Checks exercise 10.1: cases that firmware has been seen to bring, then random maps, whose pages are looked
// at eighth by eighth.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exercise::MemoryArea;
using exercise::MemoryKind;

namespace {

constexpr auto usable = MemoryKind::usable, reserved = MemoryKind::reserved;

struct Case {
    std::string_view what;
    std::array<MemoryArea, 3> areas;
    std::uint64_t page;
    bool answer;
};

constexpr std::uint64_t to_the_top = ~std::uint64_t{0};
constexpr std::array cases{
    Case{"an area that has exactly the page", {{{0x3000, 0x1000, usable}}}, 0x3000, true},
    Case{"no area at all", {}, 0x3000, false},
    Case{"the first page", {{{0, 0x10'0000, usable}}}, 0, false},
    Case{"an area that ends in the middle of the page", {{{0, 0x3800, usable}}}, 0x3000, false},
    Case{"an area that begins in the middle", {{{0x3200, 0x10'0000, usable}}}, 0x3000, false},
    Case{"two areas that have one half each",
         {{{0x3800, 0x800, usable}, {0x3000, 0x800, usable}}},
         0x3000,
         true},
    Case{"two areas that overlap", {{{0x3400, 0x1000, usable}, {0x2000, 0x1800, usable}}}, 0x3000, true},
    Case{"two areas with one byte missing between them",
         {{{0x2000, 0x17ff, usable}, {0x3800, 0x800, usable}}},
         0x3000,
         false},
    Case{"one byte in the middle that somebody reserves",
         {{{0, 0x10'0000, usable}, {0x3fff, 1, reserved}}},
         0x3000,
         false},
    Case{"an area around it that somebody reserves",
         {{{0x3000, 0x1000, usable}, {0x1000, 0x8000, reserved}}},
         0x3000,
         false},
    Case{"an empty area that is reserved", {{{0, 0x10'0000, usable}, {0x3800, 0, reserved}}}, 0x3000, true},
    Case{"reserved memory right before and right behind",
         {{{0x2000, 0x1000, reserved}, {0, 0x10'0000, usable}, {0x4000, 0x1000, reserved}}},
         0x3000,
         true},
    Case{"an area so large that its end wraps around", {{{0x1000, to_the_top, usable}}}, 0x3000, true},
    Case{"a reserved area that would wrap around to the page",
         {{{to_the_top - 0xfff, 0x8000, reserved}, {0, 0x10'0000, usable}}},
         0x3000,
         true},
    Case{"a reserved area so large that its end wraps around",
         {{{0, 0x10'0000, usable}, {0x3000, to_the_top, reserved}}},
         0x3000,
         false},
};

bool cases_are_right() {
    for (auto const& one : cases) {
        if (exercise::may_be_given_out(one.areas, one.page) == one.answer) continue;
        println("{}: the page {} be given out", one.what, one.answer ? "may" : "must not");
        return false;
    }
    return true;
}

// Areas begin and end at multiples of this; so one byte of such a piece stands for all.
constexpr std::uint64_t piece = 512;

bool answer_by_pieces(std::span<MemoryArea const> areas, std::uint64_t page) {
    if (page == 0) return false;
    for (auto address = page; address < page + 4096; address += piece) {
        bool is_usable = false;
        for (auto const& area : areas) {
            if (address < area.start || address >= area.start + area.size) continue;
            if (area.kind != usable) return false;
            is_usable = true;
        }
        if (!is_usable) return false;
    }
    return true;
}

bool random_maps_are_right() {
    std::uint64_t seed = 10;
    auto const random  = [&](std::uint64_t below) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        return (seed >> 33) % below;
    };
    std::array<MemoryArea, 6> areas{};
    for (int round = 0; round < 3000; ++round) {
        for (auto& area : areas) {
            area = {.start = random(64) * piece,
                    .size  = random(24) * piece,
                    .kind  = random(4) == 0 ? reserved : usable};
        }
        for (std::uint64_t page = 0; page < 0x8000; page += 0x1000) {
            if (exercise::may_be_given_out(areas, page) == answer_by_pieces(areas, page)) continue;
            println("the page at {:#x} {} be given out; the areas are", page,
                    answer_by_pieces(areas, page) ? "may" : "must not");
            for (auto const& area : areas)
                println("  {:#x}, {:#x} bytes: {}", area.start, area.size, boot::name_of(area.kind));
            return false;
        }
    }
    return true;
}

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    if (cases_are_right() && random_maps_are_right()) println("solved");
    cpu::halt_forever();
}
