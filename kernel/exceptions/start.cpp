#include "exceptions/start.hpp"

#include "base/sealed.hpp"
#include "boot/boot_map.hpp"
#include "boot/image.hpp"
#include "console/backtrace.hpp"
#include "console/stacks.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/fixup.hpp"
#include "cpu/msr.hpp"
#include "exceptions/frame.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/machine_check.hpp"
#include "exceptions/segments.hpp"
#include "exceptions/stubs.inc"
#include "exceptions/task_state.hpp"

#include <array>
#include <optional>

// stubs.S has these. They are addresses; what stands there is code, or a stack.
extern "C" {
extern std::byte const exception_stubs[], exception_entry[], exception_entries_end[];
extern std::byte const page_fault_call_return[];
extern std::byte const double_fault_stack_bottom[], double_fault_stack_top[];
extern std::byte const critical_stack_bottom[], critical_stack_top[];
extern std::byte const nmi_entry_stack_bottom[], nmi_entry_stack_top[];
extern std::byte const machine_check_entry_stack_bottom[], machine_check_entry_stack_top[];
extern std::byte const debug_entry_stack_bottom[], debug_entry_stack_top[];

// And it knows this by name: GS points here while the kernel runs.
PITH_SEALED constinit pith::exceptions::TaskState kernel_task_state;
}

namespace pith::exceptions {
namespace {

// #region shared
static_assert(FRAME_VECTOR == offsetof(ExceptionFrame, vector_number));
static_assert(FRAME_ERROR == offsetof(ExceptionFrame, error_code) &&
              FRAME_RIP == offsetof(ExceptionFrame, rip) && FRAME_CS == offsetof(ExceptionFrame, cs));
static_assert(IA32_GS_BASE == static_cast<std::uint32_t>(cpu::Msr::gs_base));
// #endregion shared
static_assert(GUARD_SIZE == console::KnownStack::guard_size);

// LTR sets the busy bit of the task state's descriptor; so it runs before this is sealed.
struct Segments {
    std::array<SegmentDescriptor, 5> code_and_data{SegmentDescriptor{}, SegmentDescriptor::code(0),
                                                   SegmentDescriptor::data(0), SegmentDescriptor::data(3),
                                                   SegmentDescriptor::code(3)};
    TaskStateDescriptor task{};
    SegmentDescriptor absent = SegmentDescriptor::absent_data();
};
static_assert(offsetof(Segments, task) == 8 * task_state.index());
static_assert(offsetof(Segments, absent) == 8 * absent_data.index());
PITH_SEALED constinit Segments segments;

PITH_SEALED constinit std::array<Gate, vector_count> gates{};

// The stacks that belong to this layer. Their entries are the hardware's; the critical one is ours alone.
constinit std::array<console::KnownStack, 5> stacks{};

template <typename Table>
cpu::TablePointer pointer_to(Table const& table) {
    return {.limit = sizeof table - 1, .base = VirtAddr{&table}.value()};
}

// #region guards
void add_stack(console::KnownStack& stack, std::string_view name, void const* bottom, void const* top) {
    stack = {.name = name, .bottom = VirtAddr{bottom}, .top = VirtAddr{top}};
    console::register_stack(stack);
    boot::forbid_page(VirtAddr{stack.bottom.value() - GUARD_SIZE});
}

void prepare_stacks() {
    add_stack(stacks[0], "double fault", double_fault_stack_bottom, double_fault_stack_top);
    add_stack(stacks[1], "critical", critical_stack_bottom, critical_stack_top);
    add_stack(stacks[2], "NMI entry", nmi_entry_stack_bottom, nmi_entry_stack_top);
    add_stack(stacks[3], "machine check entry", machine_check_entry_stack_bottom,
              machine_check_entry_stack_top);
    add_stack(stacks[4], "debug entry", debug_entry_stack_bottom, debug_entry_stack_top);
    boot::forbid_page(VirtAddr{boot::boot_stack_bottom().value() - GUARD_SIZE});
}
// #endregion guards

// #region segments
void load_segments() {
    kernel_task_state.set_interrupt_stack(InterruptStack::double_fault, stacks[0].top);
    kernel_task_state.set_interrupt_stack(InterruptStack::nmi, stacks[2].top);
    kernel_task_state.set_interrupt_stack(InterruptStack::machine_check, stacks[3].top);
    kernel_task_state.set_interrupt_stack(InterruptStack::debug, stacks[4].top);
    segments.task = TaskStateDescriptor::of(VirtAddr{&kernel_task_state}, sizeof kernel_task_state);
    cpu::load_segments(pointer_to(segments), kernel_code.raw(), kernel_data.raw());
    cpu::load_task(task_state.raw());
}
// #endregion segments

// The stubs have to tell the kernel's GS from a user program's, wherever they are entered (stubs.S).
void load_gs() {
    cpu::write_msr(cpu::Msr::gs_base, VirtAddr{&kernel_task_state}.value());
    cpu::write_msr(cpu::Msr::kernel_gs_base, 0);
}

// #region stack-of
constexpr InterruptStack stack_of(Vector vector) {
    switch (vector) {
        case Vector::double_fault:  return InterruptStack::double_fault;
        case Vector::nmi:           return InterruptStack::nmi;
        case Vector::machine_check: return InterruptStack::machine_check;
        case Vector::debug:         return InterruptStack::debug;
        default:                    return InterruptStack::none;
    }
}
// #endregion stack-of

// Who may raise it by `int`. INT3 and INTO are made for programs; whatever else they ask for so is a #GP.
constexpr unsigned privilege_of(Vector vector) {
    return vector == Vector::breakpoint || vector == Vector::overflow ? 3 : 0;
}

// #region gates
void load_gates() {
    VirtAddr const stubs{exception_stubs};
    for (unsigned number = 0; number < vector_count; ++number) {
        auto const vector = static_cast<Vector>(number);
        gates[number] = Gate::interrupt(stubs + number * STUB_SIZE, stack_of(vector), privilege_of(vector));
    }
    cpu::load_interrupt_table(pointer_to(gates));
}
// #endregion gates

// #region interrupted
// What the stub that called had on top of the stack: the call and the callee's RBP lie below it. Nothing if
// the stack ends before.
template <typename OnTop>
OnTop const* left_by_stub(std::uint64_t frame_pointer) {
    constexpr std::uint64_t call = 16;
    auto const* const stack      = console::stack_with(frame_pointer);
    if (stack == nullptr || stack->top.value() - frame_pointer < call + sizeof(OnTop)) return nullptr;
    // SAFETY: because it lies on a known stack, and any bytes are an OnTop, which has numbers only.
    return reinterpret_cast<OnTop const*>(frame_pointer + call);
}

// A handler's frame right below what its stub left: the backtrace goes on with what was interrupted.
std::optional<console::Interrupted> find_interrupted(std::uint64_t address, std::uint64_t frame_pointer) {
    if (address == VirtAddr{page_fault_call_return}.value()) {
        auto const* const fault = left_by_stub<PageFault>(frame_pointer);
        auto const rbp          = cpu::try_read<std::uint64_t>(VirtAddr{frame_pointer});
        if (fault == nullptr || !rbp) return std::nullopt;
        return console::Interrupted{.rip = fault->rip, .rsp = fault->rsp, .rbp = *rbp};
    }
    if (address < VirtAddr{exception_entry}.value() || address >= VirtAddr{exception_entries_end}.value()) {
        return std::nullopt;
    }
    auto const* const frame = left_by_stub<ExceptionFrame>(frame_pointer);
    if (frame == nullptr) return std::nullopt;
    return console::Interrupted{.rip = frame->rip, .rsp = frame->rsp, .rbp = kernel_frame_pointer(*frame)};
}
// #endregion interrupted

}  // namespace

std::uint64_t kernel_frame_pointer(ExceptionFrame const& frame) {
    return frame.is_from_user() ? 0 : frame.rbp;
}

cpu::Registers registers_of(ExceptionFrame const& frame) {
    return {.rax    = frame.rax,
            .rbx    = frame.rbx,
            .rcx    = frame.rcx,
            .rdx    = frame.rdx,
            .rsi    = frame.rsi,
            .rdi    = frame.rdi,
            .rbp    = frame.rbp,
            .rsp    = frame.rsp,
            .r8     = frame.r8,
            .r9     = frame.r9,
            .r10    = frame.r10,
            .r11    = frame.r11,
            .r12    = frame.r12,
            .r13    = frame.r13,
            .r14    = frame.r14,
            .r15    = frame.r15,
            .rip    = frame.rip,
            .rflags = frame.rflags,
            .cr0    = cpu::read_cr0(),
            .cr2    = cpu::read_cr2(),
            .cr3    = cpu::read_cr3(),
            .cr4    = cpu::read_cr4(),
            .cs     = frame.cs,
            .ss     = frame.ss};
}

// #region start
void start() {
    prepare_stacks();
    load_segments();
    load_gs();
    load_gates();
    cpu::write_cr4(cpu::read_cr4() | cpu::cr4_machine_check);
    start_machine_checks();
    console::set_interrupted_finder(find_interrupted);
}
// #endregion start

void set_kernel_stack(VirtAddr top) {
    require_unsealed("the task state is sealed: the kernel's stack is set before");
    kernel_task_state.set_kernel_stack(top);
}

// #region forget
void forget_stack_of(Vector vector) {
    require_unsealed("the gates are sealed, and can be changed no more");
    auto& gate = gates.at(static_cast<std::size_t>(vector));
    gate       = Gate::interrupt(gate.entry(), InterruptStack::none);
}
// #endregion forget

}  // namespace pith::exceptions
