// Checks exercise 11.2: all frames come back, and neighbours stay.
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

namespace {

bool is_so(bool fact, std::string_view complaint) {
    if (!fact) println("{}", complaint);
    return fact;
}

void map_with_number(Number page) {
    map(page, take_frame(), writable);
    number_at(page) = page;
}

bool is_readable(Number page) { return cpu::try_read<Number>(VirtAddr{page}).has_value(); }

void unmap_and_give(Number page) {
    auto const frame = exercise::unmap_all(page);
    frames::give(frames::Frame<PageSize::kib_4>::own(PhysAddr{frame}));
}

// One page alone, whose three tables are all its own.
bool leaves_nothing_of(Number page) {
    auto const before = frames::totals().free;
    map_with_number(page);
    auto const frame    = *translate(page);
    auto const returned = exercise::unmap_all(page);
    if (!is_so(returned == frame, "not the page's frame came back")) return false;
    bool const is_there = is_readable(page);
    frames::give(frames::Frame<PageSize::kib_4>::own(PhysAddr{frame}));
    auto const left = before - frames::totals().free;
    if (left != 0) println("{} frames did not come back", left);
    return left == 0 && is_so(!is_there, "the page can still be read") &&
           is_so(table_at(root)[index_of(page, 4)] == 0, "the root still has an entry for the page");
}

// Two pages that share tables down to `level`.
bool spares_neighbour(Number page, Number neighbour, int level) {
    auto const before = frames::totals().free;
    map_with_number(page);
    map_with_number(neighbour);
    unmap_and_give(page);
    if (!is_readable(neighbour) || number_at(neighbour) != neighbour) {
        println("a neighbour is gone that shares the table of level {}", level);
        return false;
    }
    unmap_and_give(neighbour);
    return is_so(frames::totals().free == before, "of two pages, not all frames came back");
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    frames::start(console::adopt_handoff(start));
    make_root_recursive();
    constexpr Number page = 0x1234'5678'9000;
    if (leaves_nothing_of(page) && leaves_nothing_of(0xffff'c000'0000'0000) &&
        spares_neighbour(page, page + 0x1000, 1) && spares_neighbour(page, page + 0x20'0000, 2) &&
        spares_neighbour(page, page + 0x4000'0000, 3))
        println("solved");
    cpu::halt_forever();
}
