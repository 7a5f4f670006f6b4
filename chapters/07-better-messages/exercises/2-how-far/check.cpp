// Exercise 7.2: a page that is not mapped, the ends of the address space, and a gigabyte.
#include "boot/boot_map.hpp"
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "memory/layout.hpp"
#include "runtime/stack_protector.hpp"

#include <array>

using namespace pith;
using console::println;

namespace {

constexpr std::uint64_t page_size = 4096;
alignas(page_size) constinit std::array<std::array<std::byte, page_size>, 5> pages{};

void expect(std::string_view what, VirtAddr from, std::uint64_t most, std::uint64_t wanted) {
    constexpr std::uint64_t last_fault = 0x1234;
    cpu::write_cr2(last_fault);
    auto const found = readable(from, most);
    if (found != wanted) {
        println("{}: of {} bytes from {}, {} can be read; yours says {}", what, most, from, wanted, found);
        cpu::halt_forever();
    }
    if (cpu::read_cr2() == last_fault) return;
    println("{}: CR2 is not what it was before", what);
    cpu::halt_forever();
}

void check_around_a_hole() {
    VirtAddr const start{&pages};
    auto const hole = start + 2 * page_size;
    boot::forbid_page(hole);
    expect("before the hole", start, page_size, page_size);
    expect("up to the hole", VirtAddr{hole.value() - 100}, 100, 100);
    expect("into the hole", VirtAddr{hole.value() - 100}, 200, 100);
    expect("into the hole, by one", VirtAddr{hole.value() - 1}, 2, 1);
    expect("over the hole", start + 10, 4 * page_size, 2 * page_size - 10);
    expect("in the hole", hole + 5, 100, 0);
    expect("behind the hole", hole + page_size, 2 * page_size, 2 * page_size);
    expect("nothing at all, in the hole", hole, 0, 0);
    boot::allow_page(hole);
    expect("where the hole was", start + 10, 4 * page_size, 4 * page_size);
}

void check_ends() {
    expect("a null pointer", VirtAddr{}, 100, 0);
    expect("the end of the lower half", VirtAddr{0x0000'7fff'ffff'ffff}, 100, 0);
    expect("the end of all addresses", VirtAddr{0xffff'ffff'ffff'fff0}, 100, 0);
}

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    check_around_a_hole();
    println("around a page that is not mapped: right");
    check_ends();
    println("at the ends of the address space: right");
    println("a gigabyte (if this takes long, think of what all bytes of a page have in common) ...");
    expect("a gigabyte", layout::direct_map_start, std::uint64_t{1} << 30, std::uint64_t{1} << 30);
    println("solved");
    cpu::halt_forever();
}
