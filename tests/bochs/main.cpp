// What QEMU never raises, raised in Bochs. Those that panic run alone, named on the command line.
//
// Not here, but in every context of the fault matrix (tests/faults): #XM, #SS, and #AC, which the processor
// raises in ring 3 only ("Interrupt 17 - Alignment Check Exception", Intel SDM vol. 3A).
#include "boot/handoff.hpp"
#include "branches.hpp"
#include "console/start.hpp"
#include "cpu/descriptor_tables.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/report.hpp"
#include "exceptions/start.hpp"
#include "raise.hpp"
#include "returns.hpp"
#include "runtime/stack_protector.hpp"
#include "shadow_stack.hpp"

using namespace pith;
using namespace pith::tests;
using exceptions::ExceptionFrame;
using exceptions::Vector;
using testing::check;
using testing::check_equal;

namespace {

// -- What has to happen ------------------------------------------------------------------------------------

struct Expected {
    std::uint64_t error_code;
    std::string_view explanation;
};

struct {
    Raise const* raise;
    Expected const* expected;
    unsigned count;
} constinit current{};

// The handler of every vector here: looks at the exception, and goes on behind it.
exceptions::Resolution look(ExceptionFrame& frame) {
    exceptions::Explanation const explanation{frame};
    console::println("\n{}", explanation.text());
    check(explanation.text().contains(current.expected->explanation));
    check_equal(frame.error_code, current.expected->error_code);
    bool const is_trap = frame.vector() == Vector::debug;
    check_equal(frame.rip, is_trap ? current.raise->behind : current.raise->at);
    ++current.count;
    frame.rip = current.raise->behind;
    return exceptions::Resolution::resumed;
}

// Runs a piece of assembly, which has no type that the compiler could look for.
[[clang::no_sanitize("kcfi")]] void run(Raise const& raise, std::uint64_t argument = 0) {
    raise.run(argument);
}

// `raise` has to raise `vector`, once.
template <Vector vector>
void raises(Raise const& raise, Expected const& expected, std::uint64_t argument = 0) {
    current = {.raise = &raise, .expected = &expected, .count = 0};
    exceptions::set_handler<vector>([](ExceptionFrame& frame, auto...) { return look(frame); });
    run(raise, argument);
    exceptions::clear_handler(vector);
    check_equal(current.count, 1U);
}

// The same for what a checked kernel raises: the processor enters it by `entry`, which begins with ENDBR64.
class CheckedEntry {
public:
    CheckedEntry(Vector vector, void (*entry)()) : gate_{&gate_of(vector)}, before_{*gate_} {
        // SAFETY: because it is only made a number.
        VirtAddr const address{reinterpret_cast<void const*>(entry)};
        *gate_ = exceptions::Gate::interrupt(address, exceptions::InterruptStack::none);
    }
    ~CheckedEntry() { *gate_ = before_; }
    CheckedEntry(CheckedEntry const&)            = delete;
    CheckedEntry& operator=(CheckedEntry const&) = delete;

private:
    static exceptions::Gate& gate_of(Vector vector) {
        auto const slot = cpu::interrupt_table().base + std::size_t{16} * static_cast<std::uint8_t>(vector);
        // SAFETY: because it is the processor's own table, and the vector lies inside it.
        return *reinterpret_cast<exceptions::Gate*>(slot);
    }

    exceptions::Gate* gate_;
    exceptions::Gate before_;
};

struct CheckedKernel {
    CheckedEntry control_protection{Vector::control_protection, checked_control_protection_entry};
    CheckedEntry page_fault{Vector::page_fault, checked_page_fault_entry};
};

// -- What returns ------------------------------------------------------------------------------------------

void simd() { raises<Vector::simd_floating_point>(raise_simd, {0, "SIMD floating-point exception"}); }

void stack_segment() {
    raises<Vector::stack_segment>(raise_stack_segment, {0, "(#SS), error code 0x0: no selector"});
}

void int1() { raises<Vector::debug>(raise_int1, {0, "debug exception: an INT1 instruction"}); }

void unknown_register() {
    auto const value = cpu::try_read_msr(0xdead'beef);
    check(!value.has_value());
    if (!value) check_equal(value.error().vector(), 13);
}

void missing_endbranch() {
    CheckedKernel const kernel;
    raises<Vector::control_protection>(raise_missing_endbranch,
                                       {3, "an indirect branch does not lead to an ENDBR"});
}

void near_return() {
    CheckedKernel const kernel;
    ShadowStack const stack;
    raises<Vector::control_protection>(raise_near_return, {1, "a return does not match the shadow stack"});
}

void far_return() {
    CheckedKernel const kernel;
    ShadowStack const stack;
    raises<Vector::control_protection>(raise_far_return, {2, "a far return does not match the shadow stack"});
}

void wrong_token() {
    CheckedKernel const kernel;
    ShadowStack const stack;
    raises<Vector::control_protection>(raise_wrong_token, {4, "a shadow stack token is wrong"},
                                       stack.no_token());
}

void busy_token() {
    CheckedKernel const kernel;
    ShadowStack const stack;
    raises<Vector::control_protection>(raise_busy_token, {5, "a shadow stack is used twice"});
}

// Present (1), and an access of the shadow stack's kind (0x40), to a page that is none.
void no_shadow_stack() {
    alignas(8) static constinit std::uint64_t ordinary = 0;
    CheckedKernel const kernel;
    ShadowStack const stack;
    raises<Vector::page_fault>(raise_no_shadow_stack, {0x41, "it is, or is not, a shadow stack"},
                               VirtAddr{&ordinary}.value());
}

void what_is_in_order() {
    CheckedKernel const kernel;
    ShadowStack const stack;
    run(keep_to_endbranch);
    run(keep_to_shadow_stack);
}

// An ordinary store to a shadow stack: a page that must not be written.
void store_to_shadow_stack() {
    ShadowStack const stack;
    auto const written = cpu::try_write<std::uint64_t>(VirtAddr{stack.token()}, 0);
    check(!written.has_value());
    if (!written) check_equal(written.error().error_code(), 3U);
}

// -- What does not -----------------------------------------------------------------------------------------

void unhandled_simd() { run(raise_simd); }
void unhandled_stack_segment() { run(raise_stack_segment); }
void double_fault() { run(raise_double_fault); }
void unhandled_endbranch() {
    CheckedKernel const kernel;
    run(raise_missing_endbranch);
}
void unhandled_return() {
    CheckedKernel const kernel;
    ShadowStack const stack;
    run(raise_near_return);
}

// -- Branches that are tracked all the time ----------------------------------------------------------------

constinit boot::Handoff const* current_handoff = nullptr;

void tracked_branches() { tracked_branches_go_on(*current_handoff); }
void stopped_branch() { a_tracked_call_is_stopped(*current_handoff); }
void stopped_virtual_call() { a_tracked_virtual_call_is_stopped(*current_handoff); }
void stopped_resumption() { a_tracked_resumption_is_stopped(*current_handoff); }

// -- Returns that are compared all the time ----------------------------------------------------------------

void compared_returns() { compared_returns_go_on(*current_handoff); }
void stopped_return() { an_overwritten_return_is_stopped(*current_handoff); }
void stopped_exception_return() { an_overwritten_exception_return_is_stopped(*current_handoff); }
void stopped_fixup() { a_forged_frame_is_stopped(*current_handoff); }
void double_fault_twice() { a_double_fault_may_come_twice(*current_handoff); }
void full_shadow_stack() { a_full_shadow_stack_is_named(*current_handoff); }
void full_stack() { a_full_stack_is_found_before_its_shadow(*current_handoff); }

constexpr testing::Test bochs_tests[] = {
    {"simd", simd},
    {"stack_segment", stack_segment},
    {"int1", int1},
    {"unknown_register", unknown_register},
    {"missing_endbranch", missing_endbranch},
    {"near_return", near_return},
    {"far_return", far_return},
    {"wrong_token", wrong_token},
    {"busy_token", busy_token},
    {"no_shadow_stack", no_shadow_stack},
    {"store_to_shadow_stack", store_to_shadow_stack},
    {"what_is_in_order", what_is_in_order},
    {"tracked_branches", tracked_branches},
    {"compared_returns", compared_returns},
    {"stopped_return", stopped_return, "a return does not match the shadow stack"},
    {"stopped_exception_return", stopped_exception_return, "a far return does not match the shadow stack"},
    {"stopped_fixup", stopped_fixup, "the shadow stack knows nothing of an exception"},
    {"double_fault_twice", double_fault_twice, "2 double faults have come"},
    {"full_shadow_stack", full_shadow_stack, "kernel stack overflow: the stack \"kernel's shadow\""},
    {"full_stack", full_stack, "kernel stack overflow: the stack \"boot\""},
    {"stopped_branch", stopped_branch, "control protection exception: an indirect branch"},
    {"stopped_virtual_call", stopped_virtual_call, "control protection exception: an indirect branch"},
    {"stopped_resumption", stopped_resumption, "control protection exception: an indirect branch"},
    {"unhandled_simd", unhandled_simd, "SIMD floating-point exception"},
    {"unhandled_stack_segment", unhandled_stack_segment, "stack-segment fault"},
    {"unhandled_endbranch", unhandled_endbranch, "control protection exception"},
    {"unhandled_return", unhandled_return, "control protection exception"},
    {"double_fault", double_fault, "double fault: the stack pointer 0x8000000000000000 is not canonical"},
};

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    auto const handoff            = console::adopt_handoff(start);
    current_handoff               = &handoff;
    testing::Suite const suites[] = {bochs_tests};
    testing::run(handoff.command_line, suites);
}
