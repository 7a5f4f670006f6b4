// Return addresses that were overwritten, and all that the kernel does with its stacks besides calling and returning.
#include "returns.hpp"

#include "console/panic.hpp"
#include "cpu/fixup.hpp"
#include "cpu/hidden.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/segments.hpp"
#include "exceptions/shadow_returns.hpp"
#include "exceptions/task_state.hpp"
#include "memory/layout.hpp"
#include "own_map.hpp"
#include "paging/audit.hpp"
#include "testing/test.hpp"

using namespace pith;
using exceptions::ExceptionFrame;
using exceptions::InterruptStack;
using exceptions::Resolution;
using exceptions::Vector;
using testing::check;
using testing::check_equal;

extern "C" {
extern std::byte const nmi_entry_stack_top[], behind_nmi[];
// The first of the instructions that may fault: a distance from here (cpu/fixup.hpp).
extern std::int32_t const fixups_start;
void machine_check_on_stack(std::uint64_t rsp, std::uint64_t pushed, std::uint32_t has_left_shadow);
extern std::byte const kernel_shadow_bottom[];
}

namespace {

// Runs `body` with a shadow stack, and returns without one: where this function was called is not on it.
template <typename Body>
void with_shadow_stack(boot::Handoff const& handoff, Body body) {
    tests::move_into_own_map(handoff);
    exceptions::use_shadow_stacks();
    check(cpu::read_shadow_stack_pointer() != 0);
    body();
    cpu::write_msr(cpu::Msr::control_flow, cpu::control_flow_end_branch);
}

// ---- What goes on ----------------------------------------------------------------------------------------

std::uint64_t token_address(InterruptStack stack) {
    constexpr std::uint64_t word = 8;
    auto const table             = cpu::read_msr(cpu::Msr::shadow_stack_table);
    return cpu::try_read<std::uint64_t>(VirtAddr{table + word * static_cast<std::uint8_t>(stack)})
        .value_or(0);
}

void check_all_are_free() {
    for (auto const stack : {InterruptStack::double_fault, InterruptStack::nmi, InterruptStack::machine_check,
                             InterruptStack::debug}) {
        auto const token = token_address(stack);
        check_equal(cpu::try_read<std::uint64_t>(VirtAddr{token}).value_or(0), token);
    }
}

[[gnu::noinline]] unsigned count_down(unsigned depth) {  // NOLINT(misc-no-recursion): that is what is tried
    return depth == 0 ? 0 : 1 + count_down(cpu::hidden(depth) - 1);
}

constinit unsigned handled = 0;
Resolution count(ExceptionFrame&) {
    ++handled;
    return Resolution::resumed;
}
// From inside of a handler, where the interrupted program's stack goes on.
Resolution count_what_is_below(ExceptionFrame& frame) {
    asm volatile("int3" : : : "memory");
    check_equal(count_down(50), 50U);
    return count(frame);
}

void vectors_with_stacks_return() {
    exceptions::set_handler<Vector::breakpoint>(count);
    exceptions::set_handler<Vector::debug>(count_what_is_below);
    exceptions::set_handler<Vector::nmi>(count_what_is_below);
    exceptions::set_handler<Vector::machine_check>(count_what_is_below);
    handled = 0;
    for (int times = 0; times < 3; ++times) asm volatile("int3\n int 1\n int 2\n int 18" : : : "memory");
    check_equal(handled, 3U * (1 + 2 * 3));
    check_all_are_free();
}

// With `pushed` words on the NMI's small stack.
void interrupt_nmi(unsigned pushed, std::uint32_t has_left_shadow) {
    auto const top = VirtAddr{nmi_entry_stack_top}.value();
    handled        = 0;
    ExceptionFrame nmi{};
    nmi.vector_number = static_cast<std::uint64_t>(Vector::nmi);
    nmi.rip           = VirtAddr{behind_nmi}.value();
    nmi.cs            = exceptions::kernel_code.raw();
    nmi.rsp           = top;  // whatever: what comes back there does not use it
    nmi.ss            = exceptions::kernel_data.raw();
    // SAFETY: because this layer's stacks are free while no exception is under way.
    *std::bit_cast<ExceptionFrame*>(top - sizeof nmi) = nmi;
    auto const shadow = token_address(InterruptStack::nmi) - sizeof(exceptions::ShadowReturn);
    machine_check_on_stack(top - 8 * pushed, shadow, has_left_shadow);
    check_equal(handled, 4U);
    check_all_are_free();
}

// Wherever in the NMI's entry: from the processor's five words to the last moment, when SSP has left and RSP has not.
void an_nmi_that_is_interrupted_returns() {
    constexpr unsigned pushed_by_processor = 5, words = sizeof(ExceptionFrame) / 8;
    for (auto pushed = pushed_by_processor; pushed <= words; ++pushed) interrupt_nmi(pushed, 0);
    interrupt_nmi(words, 1);
}

void shadow_stacks_cannot_be_written(std::uint64_t pointer) {
    constexpr std::uint32_t present_and_write = 3;
    auto const written                        = cpu::try_write<std::uint64_t>(VirtAddr{pointer}, 0);
    check(!written.has_value());
    if (!written) check_equal(written.error().error_code(), present_and_write);
    auto const memory = paging::with_kernel_space([&](paging::KernelSpace& space, paging::KernelFrames&) {
        return space.translate(VirtAddr{pointer});
    });
    check(memory.has_value());
    if (memory) check(!cpu::try_read<std::uint64_t>(in_direct_map(*memory)).has_value());
}

[[gnu::noinline]] void all_goes_on() {
    auto const pointer = cpu::read_shadow_stack_pointer();
    check(pointer != 0);
    check_equal(count_down(500), 500U);
    auto const missing = cpu::try_read<std::uint64_t>(VirtAddr{0x1000});
    check(!missing.has_value());
    if (!missing) check_equal(missing.error().vector(), static_cast<std::uint8_t>(Vector::page_fault));
    check(!cpu::try_read_msr(0xdead'beef).has_value());
    vectors_with_stacks_return();
    an_nmi_that_is_interrupted_returns();
    shadow_stacks_cannot_be_written(pointer);
    check_equal(paging::audit_kernel(), 0U);
    check_equal(cpu::read_shadow_stack_pointer(), pointer);
}

// ---- What is stopped -------------------------------------------------------------------------------------

[[gnu::noinline]] void open_the_door() { console::println("the attacker is in"); }

[[gnu::noinline]] void return_to_the_door() {
    auto const above_callers_rbp = std::bit_cast<std::uint64_t>(__builtin_frame_address(0)) + 8;
    // SAFETY: because it is the attack: there stands where this function returns to.
    *std::bit_cast<std::uint64_t volatile*>(above_callers_rbp) = std::bit_cast<std::uint64_t>(&open_the_door);
}

Resolution resume_at_the_door(ExceptionFrame& frame) {
    frame.rip = std::bit_cast<std::uint64_t>(&open_the_door);
    return Resolution::resumed;
}

// As if a declared instruction had faulted, so that the kernel itself changes where the program goes on.
Resolution forge(ExceptionFrame& frame) {
    frame.vector_number = static_cast<std::uint64_t>(Vector::general_protection);
    frame.rip = VirtAddr{&fixups_start}.value() + static_cast<std::uint64_t>(std::int64_t{fixups_start});
    return Resolution::not_mine;
}

exceptions::Never fault_again(ExceptionFrame&, exceptions::OtherError) {
    if (++handled == 1) asm volatile("int 8");
    console::panic("{} double faults have come", handled);
}

}  // namespace

void tests::compared_returns_go_on(boot::Handoff const& handoff) { with_shadow_stack(handoff, all_goes_on); }

void tests::an_overwritten_return_is_stopped(boot::Handoff const& handoff) {
    with_shadow_stack(handoff, return_to_the_door);
}

void tests::an_overwritten_exception_return_is_stopped(boot::Handoff const& handoff) {
    exceptions::set_handler<Vector::breakpoint>(resume_at_the_door);
    with_shadow_stack(handoff, [] { asm volatile("int3" : : : "memory"); });
}

void tests::a_forged_frame_is_stopped(boot::Handoff const& handoff) {
    exceptions::set_handler<Vector::breakpoint>(forge);
    with_shadow_stack(handoff, [] { asm volatile("int3" : : : "memory"); });
}

void tests::a_double_fault_may_come_twice(boot::Handoff const& handoff) {
    exceptions::set_handler<Vector::double_fault>(fault_again);
    with_shadow_stack(handoff, [] { asm volatile("int 8" : : : "memory"); });
}

// With room for ten returns.
void tests::a_full_shadow_stack_is_named(boot::Handoff const& handoff) {
    with_shadow_stack(handoff, [] {
        auto const token = VirtAddr{kernel_shadow_bottom}.value() + 80;
        asm volatile("lea rax, [%0 + 9]\n"
                     "wrssq [%0], rax\n"
                     "rstorssp [%0]\n"
                     "mov eax, 1\n"
                     "incsspq rax"
                     :
                     : "r"(token)
                     : "rax", "memory");
        count_down(50);
    });
}

void tests::a_full_stack_is_found_before_its_shadow(boot::Handoff const& handoff) {
    with_shadow_stack(handoff, [] { count_down(100'000); });
}
