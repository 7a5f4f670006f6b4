// Leaving the small stacks on which NMI, machine check and debug exceptions arrive.
//
// The frame goes to the critical stack; or, if that or the double fault stack was in use, to right below
// where it was used up to. Where that is, the interrupted RSP itself says: there is nothing to keep count of,
// so nothing can get out of step.
//
// Another such exception may strike on the way, when the first one's frame is still on its small stack:
//
//   the NMI's small stack:      ss rsp rflags cs rip error vector rax rbx rc|      a machine check strikes
//   here the machine check's:        ss rsp rflags cs rip error vector rax ... r15       its RSP: on the
//   NMI's
//
// If its handler's IRET let NMIs through before the first NMI is off its stack, the next one would overwrite
// it. So the second one makes the first one's way to its end: it moves both frames, and goes back to where
// the first one is handled. For that, nothing on a small stack is ever changed; whoever is interrupted here
// can be done again.
//
// Where there are shadow stacks, the processor has also switched to a small one of these. What it pushed there goes to
// where the interrupted SSP is (shadow_returns.hpp): that is always a shadow stack, whatever RSP is.
//
// GS may still be a user program's here (stubs.S swaps it later), and CR2 somebody's: nothing here uses GS or
// faults.
#include "console/stacks.hpp"
#include "exceptions/frame.hpp"
#include "exceptions/shadow_returns.hpp"

#include <algorithm>
#include <array>
#include <span>

// stubs.S has these. They are addresses; what stands there is code, or a stack.
extern "C" {
extern std::byte const exception_left_entry_stack[];
extern std::byte const double_fault_stack_bottom[], double_fault_stack_top[], critical_stack_top[];
extern std::byte const nmi_entry_stack_bottom[], nmi_entry_stack_top[];
extern std::byte const machine_check_entry_stack_bottom[], machine_check_entry_stack_top[];
extern std::byte const debug_entry_stack_bottom[], debug_entry_stack_top[];

// An exception that has left its small stack, as stubs.S finds it in RAX and RDX.
struct LeftEntryStack {
    pith::exceptions::ExceptionFrame* frame;
    std::uint64_t shadow_return;  // where the processor finds what it compares; 0 without shadow stacks
};

// `entry` lies at the top of its vector's small stack. Returns its copy on a large one; as a double fault if
// that is full.
LeftEntryStack exception_leave_entry_stack(pith::exceptions::ExceptionFrame const& entry);
}

namespace pith::exceptions {
namespace {

struct EntryStack {
    Vector vector;
    InterruptStack number;
    std::byte const *bottom, *top;

    bool holds(std::uint64_t address) const {
        return VirtAddr{bottom}.value() <= address && address < VirtAddr{top}.value();
    }
};

constexpr std::array entry_stacks{
    EntryStack{Vector::nmi, InterruptStack::nmi, nmi_entry_stack_bottom, nmi_entry_stack_top},
    EntryStack{Vector::machine_check, InterruptStack::machine_check, machine_check_entry_stack_bottom,
               machine_check_entry_stack_top},
    EntryStack{Vector::debug, InterruptStack::debug, debug_entry_stack_bottom, debug_entry_stack_top},
};

// From the double fault stack's guard page to the critical stack's top: both are used for one exception after
// the other, each below the one that it interrupted.
bool is_on_large_stack(std::uint64_t address) {
    return VirtAddr{double_fault_stack_bottom}.value() - console::KnownStack::guard_size <= address &&
           address <= VirtAddr{critical_stack_top}.value();
}

ExceptionFrame& frame_below(std::uint64_t top) {
    // SAFETY: because `top` is on one of this layer's stacks, and what lies below it there is not in use.
    return *std::bit_cast<ExceptionFrame*>((top & ~std::uint64_t{15}) - sizeof(ExceptionFrame));
}

// The frame of an exception that was interrupted by `second` while it was still saving registers to `stack`.
// What it had not pushed yet, `second` has, the error code's 0 as well.
ExceptionFrame interrupted_entry(EntryStack const& stack, ExceptionFrame const& second) {
    using Words       = std::array<std::uint64_t, sizeof(ExceptionFrame) / 8>;
    auto const& entry = frame_below(VirtAddr{stack.top}.value());
    auto words        = std::bit_cast<Words>(entry);
    auto const unsaved =
        second.rsp > VirtAddr{&entry}.value() ? (second.rsp - VirtAddr{&entry}.value()) / 8 : 0;
    std::ranges::copy_n(std::bit_cast<Words>(second).begin(), static_cast<std::ptrdiff_t>(unsaved),
                        words.begin());
    auto frame          = std::bit_cast<ExceptionFrame>(words);
    frame.vector_number = static_cast<std::uint64_t>(stack.vector);
    return frame;
}

ExceptionFrame& move_to(std::uint64_t top, ExceptionFrame frame) {
    constexpr std::uint64_t call = 16;
    auto* place                  = &frame_below(top);
    if (console::stack_guarded_at(VirtAddr{place}.value() - call) != nullptr ||
        console::stack_guarded_at(top - 1) != nullptr) {  // its top is the next one's guard page
        frame.vector_number = static_cast<std::uint64_t>(Vector::double_fault);
        place               = &frame_below(VirtAddr{double_fault_stack_top}.value());
    }
    *place = frame;
    return *place;
}

// A copy of `frame`, of an exception that arrived on `arrived_on`, on a large stack.
LeftEntryStack leave(ExceptionFrame frame, EntryStack const& arrived_on) {
    // What a user program has in RSP says nothing: the stacks are free then.
    if (frame.is_from_user()) return {&move_to(VirtAddr{critical_stack_top}.value(), frame), 0};
    auto const pushed = shadow_return_on(arrived_on.number);
    free_shadow_stack(arrived_on.number);
    auto const* const interrupted =
        std::ranges::find_if(entry_stacks, [&](EntryStack const& known) { return known.holds(frame.rsp); });
    if (interrupted == entry_stacks.end()) {
        auto const top = is_on_large_stack(frame.rsp) ? frame.rsp : VirtAddr{critical_stack_top}.value();
        return {&move_to(top, frame), pushed ? put_shadow_return(*pushed) : 0};
    }
    auto const first = leave(interrupted_entry(*interrupted, frame), *interrupted);
    if (first.frame->vector() == Vector::double_fault) return first;
    constexpr std::uint64_t no_flags = 2;  // bit 1 is always set
    frame.rip                        = VirtAddr{exception_left_entry_stack}.value();
    frame.rflags                     = no_flags;
    frame.rsp                        = VirtAddr{first.frame}.value();
    ShadowReturn const to_first{.pointer = first.shadow_return, .rip = frame.rip, .cs = frame.cs};
    return {&move_to(frame.rsp, frame), first.shadow_return != 0 ? put_shadow_return(to_first) : 0};
}

}  // namespace
}  // namespace pith::exceptions

LeftEntryStack exception_leave_entry_stack(pith::exceptions::ExceptionFrame const& entry) {
    using namespace pith::exceptions;
    auto const* const stack = std::ranges::find(entry_stacks, entry.vector(), &EntryStack::vector);
    pith::require(stack != entry_stacks.end(), "this vector has no small stack");
    return leave(entry, *stack);
}
