// Checks exercise 12.2: the stack is there and its guard is not; nothing is lost, not even when frames run
// out.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "paging/audit.hpp"
#include "paging/seal.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exercise::Stack;

namespace {

constexpr VirtAddr where{0xffff'c000'0001'0000};
constexpr std::uint64_t pages = 8;

bool is_so(bool fact, std::string_view complaint) {
    if (!fact) println("{}", complaint);
    return fact;
}

bool is_mapped(VirtAddr address) { return cpu::try_read<std::uint64_t>(address).has_value(); }

bool all_can_be_written(Stack stack) {
    for (auto address = stack.bottom; address < stack.top; address = address + page_bytes) {
        if (!cpu::try_write<std::uint64_t>(address, address.value())) return false;
    }
    for (auto address = stack.bottom; address < stack.top; address = address + page_bytes) {
        if (cpu::try_read<std::uint64_t>(address) != address.value()) return false;
    }
    return true;
}

bool is_a_stack(Stack stack) {
    return is_so(stack.top.value() - stack.bottom.value() == pages * page_bytes,
                 "the stack has not as many pages as it should") &&
           is_so(stack.bottom == where + page_bytes, "the stack does not begin behind its guard page") &&
           is_so(all_can_be_written(stack), "not all of the stack can be written, or pages share a frame") &&
           is_so(!is_mapped(where), "the guard page is mapped") &&
           is_so(!is_mapped(stack.top), "something is mapped above the stack") &&
           is_so(paging::audit_kernel() == 0, "the kernel's map has a page that it should not have");
}

std::uint64_t free_count() { return frames::totals().free; }

bool comes_and_goes() {
    auto const before = free_count();
    auto const stack  = exercise::make_stack(where, pages);
    if (!is_so(stack.has_value(), "no stack was made, and there was memory enough")) return false;
    if (!is_a_stack(*stack)) return false;
    exercise::give_back(*stack);
    return is_so(!is_mapped(where + page_bytes), "the stack is still there after it was given back") &&
           is_so(free_count() == before, "not all frames came back");
}

// All frames but `left` are taken. Each holds the address of the one before.
PhysAddr take_all_but(std::uint64_t left) {
    PhysAddr last;
    while (free_count() > left) {
        auto frame                                  = frames::take<PageSize::kib_4>();
        auto const address                          = std::move(*frame).disown();
        physical_span<PhysAddr>(address, 1).front() = std::exchange(last, address);
    }
    return last;
}
void give_all(PhysAddr last) {
    while (last != PhysAddr{}) {
        auto const address = std::exchange(last, physical_span<PhysAddr>(last, 1).front());
        frames::give(frames::Frame<PageSize::kib_4>::own(address));
    }
}

bool fails_cleanly_with(std::uint64_t left) {
    auto const taken  = take_all_but(left);
    auto const stack  = exercise::make_stack(where, pages);
    auto const after  = free_count();
    bool const exists = is_mapped(where + page_bytes);
    give_all(taken);
    if (!stack && !exists && after == left) return true;
    println("with {} frames left: {}, {} frames are left after it", left,
            stack    ? "a stack was made"
            : exists ? "some of it is mapped"
                     : "no stack was made",
            after);
    return false;
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    paging::seal();
    bool is_right = comes_and_goes();
    is_right      = is_right && comes_and_goes();  // nothing of the first may be in its way
    if (is_right && fails_cleanly_with(0) && fails_cleanly_with(3) && fails_cleanly_with(6) &&
        fails_cleanly_with(10))
        println("solved");
    cpu::halt_forever();
}
