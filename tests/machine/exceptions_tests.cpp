// Exceptions beyond the fault matrix (tests/faults): declared faults, pages mapped on demand, stacks.
#include "base/fixed_text.hpp"
#include "boot/boot_map.hpp"
#include "boot/image.hpp"
#include "console/panic.hpp"
#include "console/stacks.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/fixup.hpp"
#include "cpu/interrupts.hpp"
#include "cpu/raise.hpp"
#include "exceptions/decode.hpp"
#include "exceptions/fixups.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/report.hpp"
#include "exceptions/segments.hpp"
#include "exceptions/start.hpp"
#include "exceptions/stubs.inc"
#include "memory/layout.hpp"
#include "suites.hpp"

using namespace pith;
using exceptions::PageFaultError;
using exceptions::Resolution;
using exceptions::Vector;
using testing::check;
using testing::check_equal;

extern "C" {
extern std::array<std::array<std::uint8_t, STUB_SIZE>, exceptions::vector_count> const exception_stubs;
extern std::array<std::int32_t, 2> const fixups_start;
extern std::byte const exception_call_return[];
extern std::byte const double_fault_stack_bottom[], critical_stack_bottom[], critical_stack_top[];
extern std::byte const nmi_entry_stack_bottom[], nmi_entry_stack_top[];
extern std::byte const machine_check_entry_stack_bottom[], debug_entry_stack_bottom[];
extern std::byte const come_back[];  // entering.S
extern std::array<exceptions::InterruptHandler, exceptions::vector_count> exception_handlers;
exceptions::ExceptionFrame* exception_leave_entry_stack(exceptions::ExceptionFrame const& entry);
}

namespace {

constexpr std::uint64_t unmapped = 0xdead'b000;

// -- Declared faults ---------------------------------------------------------------------------------------

void a_declared_load_gives_the_value() {
    static constinit std::uint32_t number = 0x1234'5678;
    check_equal(cpu::try_read<std::uint32_t>(VirtAddr{&number}).value_or(0), 0x1234'5678U);
    check_equal(cpu::try_read<std::uint8_t>(VirtAddr{&number}).value_or(0), 0x78);
    check(cpu::try_write<std::uint16_t>(VirtAddr{&number}, 0xabcd).has_value());
    check_equal(number, 0x1234'abcdU);
}

void a_declared_load_gives_the_fault() {
    auto const read = cpu::try_read<std::uint64_t>(VirtAddr{unmapped});
    check(!read.has_value());
    check_equal(read.error().vector(), 14);
    check_equal(read.error().error_code(), 0U);
    auto const written = cpu::try_write<std::uint8_t>(VirtAddr{unmapped}, 1);
    check(!written.has_value());
    check_equal(written.error().error_code(), 2U);
}

// Protected mode's SDM says that unknown registers fault; this one is reserved for ever (AMD and Intel:
// 0xC0000000).
void a_declared_register_gives_the_value() {
    constexpr std::uint32_t efer = 0xc000'0080;
    auto const value             = cpu::try_read_msr(efer);
    check(value.has_value());
    check((*value & (1U << 11)) != 0);  // NXE
    check(cpu::try_write_msr(efer, *value).has_value());
}

// The upper half of IA32_PKRS is reserved: the one write that faults both in the manual and in QEMU's TCG.
void a_declared_register_gives_the_fault() {
    constexpr std::uint32_t protection_key_rights = 0x6e1;
    auto const written = cpu::try_write_msr(protection_key_rights, ~std::uint64_t{0});
    check(!written.has_value());
    if (!written) check_equal(written.error().vector(), 13);
}

// -- Raised on purpose -------------------------------------------------------------------------------------

void check_raised(std::expected<void, cpu::Fault> const& outcome, Vector vector,
                  std::uint16_t error_code = 0) {
    check(!outcome.has_value());
    if (outcome) return;
    check_equal(outcome.error().vector(), static_cast<std::uint8_t>(vector));
    check_equal(outcome.error().error_code(), std::uint32_t{error_code});
}

// Twice: the first must leave nothing behind.
void what_any_machine_can_is_raised_for_real() {
    constexpr auto absent = exceptions::absent_data.raw();
    auto const cr0        = cpu::read_cr0();
    for (unsigned time = 0; time < 2; ++time) {
        check_raised(cpu::try_x87_switched_off(), Vector::device_not_available);
        check_raised(cpu::try_load_data_segment(absent), Vector::segment_not_present, absent);
        check_raised(cpu::try_load_stack_segment(absent), Vector::stack_segment, absent);
        check_raised(cpu::try_x87_division_by_zero(), Vector::x87_floating_point);
    }
    check_equal(cpu::read_cr0(), cr0);
}

// -- Entries -----------------------------------------------------------------------------------------------

// The list of vectors with an error code stands in C++ and in assembly. `push 0` is 6A 00; ENDBR64 is before it.
void the_stubs_agree_on_error_codes() {
    for (unsigned number = 0; number < exceptions::vector_count; ++number) {
        auto const vector     = static_cast<Vector>(number);
        auto const& stub      = exception_stubs[number];
        bool const pushes_one = stub[4] == 0x6a && stub[5] == 0 && number != 0;
        bool const is_special = vector == Vector::page_fault;  // its stub is a jump
        if (number == 0 || is_special) continue;
        check_equal(!pushes_one, has_error_code(vector));
    }
}

// `int 13` pushes no error code, and a fault of vector 13 does: the stub puts a 0 there.
constinit std::uint64_t error_of_interrupt = 1;

void an_exception_raised_by_number_has_error_code_0() {
    exceptions::set_handler<Vector::general_protection>(
        [](exceptions::ExceptionFrame& frame, exceptions::SelectorError error) {
            error_of_interrupt = error.raw();
            check_equal(frame.error_code, 0U);
            check_equal(frame.vector_number, 13U);
            return Resolution::resumed;
        });
    asm volatile("int 13");
    exceptions::clear_handler(Vector::general_protection);
    check_equal(error_of_interrupt, 0U);
}

// -- Pages on demand ---------------------------------------------------------------------------------------

// Any page of ours will do, as long as it is taken out of the map first.
alignas(4096) constinit std::array<std::uint64_t, 512> on_demand{};

PITH_PAGE_FAULT_RESOLVER Resolution map_on_demand(exceptions::PageFault const& fault) {
    auto const page = VirtAddr{on_demand.data()};
    if (fault.error.is_present() || cpu::read_cr2() - page.value() >= sizeof on_demand)
        return Resolution::not_mine;
    boot::allow_page(page);
    return Resolution::resumed;
}

Resolution map_on_demand_slowly(exceptions::ExceptionFrame&, PageFaultError error) {
    if (error.is_present()) return Resolution::not_mine;
    boot::allow_page(VirtAddr{on_demand.data()});
    return Resolution::resumed;
}

void touch_on_demand() {
    boot::forbid_page(VirtAddr{on_demand.data()});
    auto volatile& number = on_demand[17];
    number                = 4711;
    check_equal(+number, 4711U);
}

void a_resolver_maps_a_page() {
    exceptions::set_page_fault_resolver(map_on_demand);
    touch_on_demand();
    exceptions::clear_page_fault_resolver();
}

void a_handler_maps_a_page() {
    exceptions::set_handler<Vector::page_fault>(map_on_demand_slowly);
    touch_on_demand();
    exceptions::clear_handler(Vector::page_fault);
}

void what_no_resolver_wants_panics() {
    exceptions::set_page_fault_resolver(map_on_demand);
    // SAFETY: because it faults, which is what is tested.
    *reinterpret_cast<std::uint8_t volatile*>(unmapped) = 1;
}

// -- Stacks ------------------------------------------------------------------------------------------------

// Larger than the stack that is left: without -fstack-clash-protection its first access would be far behind
// the guard page, in somebody else's memory.
[[gnu::noinline]] void use_a_big_frame() {
    std::array<char, 256 * 1024> large;
    asm volatile("" : : "r"(large.data()) : "memory");
    large[0] = 1;
    asm volatile("" : : "r"(large.data()) : "memory");
}

// Each register stands under its own name.
void a_panic_shows_the_interrupted_registers() {
    asm volatile(
        "mov rax, 0xa1\n mov rbx, 0xb2\n mov rcx, 0xc3\n mov rdx, 0xd4\n mov rsi, 0xe5\n mov rdi, 0xf6\n"
        "mov r8, 0x88\n mov r9, 0x99\n mov r10, 0x1010\n mov r11, 0x1111\n mov r12, 0x1212\n"
        "mov r13, 0x1313\n mov r14, 0x1414\n mov r15, 0x1515\n ud2"
        :
        :
        : "memory");
}

// A handler for double faults runs on their stack, and does not return.
void a_double_fault_has_a_handler() {
    exceptions::set_handler<Vector::double_fault>(
        [](exceptions::ExceptionFrame&, exceptions::OtherError) -> exceptions::Never {
            console::panic("mine");
        });
    asm volatile("int 8");
}

// With interrupts of our own kind: the handler's frames lie on the same stack, and the backtrace goes
// through.
[[gnu::noinline]] void interrupted_function() { asm volatile("int 0x90"); }

void a_panic_in_a_handler_shows_who_was_interrupted() {
    exceptions::set_interrupt_handler(
        0x90, [](exceptions::ExceptionFrame&) -> Resolution { console::panic("inside"); });
    interrupted_function();
}

void the_first_page_is_not_mapped() { check(!cpu::try_read<std::uint8_t>(VirtAddr{std::uint64_t{8}})); }

void an_exception_number_is_no_interrupt() {
    exceptions::set_interrupt_handler(14, [](exceptions::ExceptionFrame&) { return Resolution::resumed; });
}

// -- What the reviewers broke ------------------------------------------------------------------------------

std::uint64_t first_declared_instruction() {
    auto const& field = fixups_start[0];
    return std::bit_cast<std::uint64_t>(&field) + static_cast<std::uint64_t>(std::int64_t{field});
}

// A machine check that strikes at a declared instruction is not that instruction's fault.
void only_faults_are_fixed_up() {
    for (auto const vector : {Vector::nmi, Vector::machine_check, Vector::debug, Vector::breakpoint}) {
        exceptions::ExceptionFrame frame{};
        frame.vector_number = static_cast<std::uint64_t>(vector);
        frame.rip           = first_declared_instruction();
        check(!exceptions::apply_fixup(frame));
    }
}

void every_fault_of_an_instruction_is_fixed_up() {
    for (auto const vector : {Vector::device_not_available, Vector::segment_not_present,
                              Vector::stack_segment, Vector::general_protection, Vector::page_fault,
                              Vector::x87_floating_point, Vector::alignment_check}) {
        exceptions::ExceptionFrame frame{};
        frame.vector_number = static_cast<std::uint64_t>(vector);
        frame.rip           = first_declared_instruction();
        check(exceptions::apply_fixup(frame));
    }
}

// Nor is a program's fault, which may jump to a declared instruction.
void only_the_kernels_faults_are_fixed_up() {
    exceptions::ExceptionFrame frame{};
    frame.vector_number = static_cast<std::uint64_t>(Vector::page_fault);
    frame.rip           = first_declared_instruction();
    frame.cs            = exceptions::user_code.raw();
    check(!exceptions::apply_fixup(frame));
    frame.cs = exceptions::kernel_code.raw();
    check(exceptions::apply_fixup(frame));
}

void each_gate_has_its_stack() {
    using exceptions::InterruptStack;
    auto const table = cpu::interrupt_table().base;  // a copy: no reference binds to a packed field
    // SAFETY: because it is the processor's own table.
    auto const& gates = *std::bit_cast<std::array<exceptions::Gate, exceptions::vector_count> const*>(table);
    std::array<InterruptStack, exceptions::vector_count> stacks{};
    stacks[VECTOR_DOUBLE_FAULT]  = InterruptStack::double_fault;
    stacks[VECTOR_NMI]           = InterruptStack::nmi;
    stacks[VECTOR_MACHINE_CHECK] = InterruptStack::machine_check;
    stacks[VECTOR_DEBUG]         = InterruptStack::debug;
    for (std::size_t number = 0; number < gates.size(); ++number) {
        check(gates[number].stack() == stacks[number]);
    }
}

// A trap's RIP may be the next function's first: it is said where it was raised, in the one before.
// (come_back stands right behind enter_ring_3.)
void a_trap_is_said_where_it_was_raised(Vector vector) {
    exceptions::ExceptionFrame frame{};
    frame.vector_number = static_cast<std::uint64_t>(vector);
    frame.rip           = VirtAddr{come_back}.value();
    frame.cs            = exceptions::kernel_code.raw();
    exceptions::say_and_go_on(frame);
}
void an_overflow_is_said_where_it_was_raised() { a_trap_is_said_where_it_was_raised(Vector::overflow); }
void a_breakpoint_is_said_where_it_was_raised() { a_trap_is_said_where_it_was_raised(Vector::breakpoint); }
void an_nmi_is_said_where_it_struck() { a_trap_is_said_where_it_was_raised(Vector::nmi); }

// What paging::seal() makes read-only.
void the_gates_are_sealed() {
    auto const table = cpu::interrupt_table();
    auto const parts = boot::image_parts();
    check(parts.sealed.value() <= table.base && table.base + table.limit < parts.data.value());
}

// RSP of a user program says nothing about our stacks.
void a_users_stack_pointer_is_not_trusted() {
    for (auto const rsp :
         {VirtAddr{critical_stack_top}.value() - 0x2000, VirtAddr{nmi_entry_stack_top}.value() - 8}) {
        static constinit exceptions::ExceptionFrame frame{};
        frame.vector_number     = VECTOR_NMI;
        frame.cs                = 0x23;
        frame.rsp               = rsp;
        frame.rip               = 0x40'0000;
        auto const* const moved = exception_leave_entry_stack(frame);
        check_equal(VirtAddr{moved}.value(), VirtAddr{critical_stack_top}.value() - sizeof frame);
        check_equal(moved->rip, 0x40'0000U);
    }
}

// However far RSP is in a guard page, it is the stack's overflow.
void deep_in_a_guard_page_is_an_overflow() {
    for (auto const* const bottom : {critical_stack_bottom, double_fault_stack_bottom}) {
        static constinit exceptions::ExceptionFrame frame{};
        frame.vector_number = VECTOR_NMI;
        frame.cs            = 8;
        frame.rsp           = VirtAddr{bottom}.value() - GUARD_SIZE + 64;
        check_equal(exception_leave_entry_stack(frame)->vector_number, std::uint64_t{VECTOR_DOUBLE_FAULT});
    }
}

// A return address of the stubs so near a stack's end that not all of a frame lies before it.
void a_stale_return_address_is_no_frame() {
    auto const words = VirtAddr{critical_stack_top}.value() - sizeof(exceptions::ExceptionFrame);
    check(cpu::try_write<std::uint64_t>(VirtAddr{words}, 0).has_value());
    check(cpu::try_write(VirtAddr{words + 8}, VirtAddr{exception_call_return}.value()).has_value());
    asm volatile("mov rbp, %0\n ud2" : : "r"(words) : "memory");
}

// A handler that reads carefully, and then does not want the fault: the report is about the first address.
void a_nested_fault_leaves_the_address() {
    exceptions::set_handler<Vector::page_fault>([](exceptions::ExceptionFrame& frame, PageFaultError) {
        if (frame.rax == 0x5eed) check(!cpu::try_read<std::uint8_t>(VirtAddr{std::uint64_t{0xbad'0000}}));
        return Resolution::not_mine;
    });
    asm volatile("mov byte ptr [%0], 1" : : "r"(unmapped), "a"(0x5eed) : "memory");
}

// The resolver's caller is no ExceptionFrame: the backtrace must find who touched the page all the same.
PITH_PAGE_FAULT_RESOLVER Resolution panicking_resolver(exceptions::PageFault const&) {
    console::panic("in a resolver");
}

[[gnu::noinline]] void touching_function() {
    asm volatile("mov byte ptr [%0], 1" : : "r"(unmapped) : "memory");
}

void a_panic_in_a_resolver_shows_who_faulted() {
    exceptions::set_page_fault_resolver(panicking_resolver);
    touching_function();
}

// A real #TS: the task state ends before the stack that the gate asks for.
void an_invalid_task_state_is_explained() {
    auto const segments                = cpu::segment_table();
    auto const low                     = VirtAddr{segments.base + exceptions::task_state.raw()};
    constexpr std::uint64_t limit_bits = 0xffff, busy = std::uint64_t{1} << 41, too_short = 30;
    auto const descriptor = cpu::try_read<std::uint64_t>(low).value_or(0);
    check(cpu::try_write(low, (descriptor & ~limit_bits & ~busy) | too_short).has_value());
    cpu::load_task(exceptions::task_state.raw());
    asm volatile("int 2");
}

void touch_the_direct_map_behind_memory() {
    asm volatile("mov al, [%0]" : : "r"(layout::direct_map_start + 0x1'0000'0000) : "rax");
}

// The processor says no address: the instruction and the registers do.
void touch_what_is_not_canonical() {
    asm volatile("mov r9d, 5\n mov byte ptr [rcx + r9 * 4 - 1], 0"
                 :
                 : "c"(0x1234'5678'0000'0000)
                 : "r9", "memory");
}
void jump_to_what_is_not_canonical() { asm volatile("jmp rax" : : "a"(0x1234'5678'0000'0000)); }

void touch_between_the_maps() {
    asm volatile("mov al, [%0]" : : "r"(layout::direct_map_start + layout::direct_map_size) : "rax");
}

// The processor never says such an address. Software can: it raises the exception, and has set CR2.
void fault_at_what_is_not_canonical() {
    cpu::write_cr2(0x1234'5678'0000'0000);
    asm volatile("int 14");
}

void touch_behind_the_image() { asm volatile("mov al, [%0]" : : "r"(0xffff'ffff'c000'0000) : "rax"); }

// A page of code that nobody needs.
asm(".pushsection .text.lonely_page, \"ax\"\n"
    ".balign 4096\n"
    "lonely_page: ret\n"
    ".skip 4095\n"
    ".popsection");
extern "C" std::byte const lonely_page[];

void run_a_missing_page_of_code() {
    boot::forbid_page(VirtAddr{lonely_page});
    asm volatile("call lonely_page");
}
void touch_a_missing_page_of_a_stack() {
    boot::forbid_page(VirtAddr{double_fault_stack_bottom});
    asm volatile("mov al, [double_fault_stack_bottom + 8]" : : : "rax");
}

// A fault at `address`, without making it: the owner is said of what CR2 holds.
bool is_said_of(std::uint64_t address, std::string_view owner) {
    exceptions::ExceptionFrame frame{};
    frame.vector_number = static_cast<std::uint64_t>(Vector::page_fault);
    cpu::write_cr2(address);
    exceptions::Explanation const explanation{frame};
    FixedText<200> end;
    std::format_to(std::back_inserter(end), "\n  the address is {}", owner);
    return explanation.text().ends_with(end.view());
}

// Where each owner's addresses begin and end.
void each_address_has_its_owner() {
    constexpr std::string_view first_page =
                                   "in the first page: a null pointer, or a member of what one points to",
                               lower_half   = "in the lower half, which is for programs",
                               none         = "not canonical: bits 63 to 47 are not all equal",
                               below        = "below the direct map",
                               first_of_map = "physical address 0x0 in the direct map",
                               between      = "between the direct map and the kernel's image",
                               outside = "outside the kernel's image", code = "in the kernel's code",
                               constants = "in the kernel's constants", data = "in the kernel's data",
                               guard = "in the guard page of the stack \"boot\"",
                               stack = "in the stack \"boot\"";
    auto const parts                 = boot::image_parts();
    auto const boot_stack            = boot::boot_stack_bottom().value();
    auto const map                   = layout::direct_map_start.value();
    auto const map_end               = map + layout::direct_map_size;
    bool const is_map_moved          = layout::direct_map_start > layout::upper_half_start;
    struct Case {
        std::uint64_t address;
        std::string_view owner;
    };
    for (auto const& [address, owner] :
         {Case{0, first_page}, Case{4095, first_page}, Case{4096, lower_half},
          Case{0x7fff'ffff'ffff, lower_half}, Case{0x8000'0000'0000, none}, Case{0xffff'7fff'ffff'ffff, none},
          Case{0xffff'8000'0000'0000, is_map_moved ? below : first_of_map}, Case{map, first_of_map},
          Case{map_end - 1, "physical address 0x3fffffffffff in the direct map"}, Case{map_end, between},
          Case{0xffff'ffff'7fff'ffff, between}, Case{0xffff'ffff'8000'0000, outside},
          Case{parts.text.value() - 1, outside}, Case{parts.text.value(), code},
          Case{parts.constants.value(), constants}, Case{parts.sealed.value(), constants},
          Case{parts.data.value() - 1, constants}, Case{parts.data.value(), data},
          // (Which of the two is the image's last is the linker's choice.)
          Case{parts.end.value() - 1, console::stack_with(parts.end.value() - 1) != nullptr ? stack : data},
          Case{parts.end.value(), outside}, Case{boot_stack - 4096, guard}, Case{boot_stack - 1, guard},
          Case{boot_stack, stack}, Case{boot::boot_stack_top().value() - 1, stack}})
        check(is_said_of(address, owner));
}

// -- What the processor remembers --------------------------------------------------------------------------

// Nobody but us resets DR6: the second debug exception must not be said to be the first as well. (In this
// order: TCG forgets breakpoints by itself, and no single step.)
void each_debug_exception_is_said_alone() {
    static constinit std::uint64_t watched     = 0;
    constexpr std::uint64_t on_writing_8_bytes = 0x9'0002;
    asm volatile("pushfq\n or qword ptr [rsp], 0x100\n popfq\n nop\n pushfq\n"
                 "and qword ptr [rsp], ~0x100\n popfq"
                 :
                 :
                 : "memory", "cc");
    asm volatile("mov dr0, %0\n mov dr7, %1" : : "r"(&watched), "r"(on_writing_8_bytes));
    asm volatile("mov qword ptr %0, 1" : "=m"(watched));
    asm volatile("mov dr7, %0" : : "r"(std::uint64_t{0}));
}

// RF belongs to instruction breakpoints: after anything else it would let the next instruction's be missed.
bool sets_resume_flag(std::uint64_t dr6) {
    constexpr std::uint64_t resume_flag = 1U << 16;
    exceptions::ExceptionFrame frame{};
    frame.vector_number = static_cast<std::uint64_t>(Vector::debug);
    cpu::write_dr6(dr6);
    check(exception_handlers[VECTOR_DEBUG](frame) == Resolution::resumed);
    return (frame.rflags & resume_flag) != 0;
}

void only_instruction_breakpoints_set_the_resume_flag() {
    constexpr std::uint64_t execute_0_write_1 = 0x10'000a, single_step = 1U << 14;
    exceptions::install_default_handlers();
    cpu::write_breakpoint<0>(unmapped);
    cpu::write_breakpoint<1>(unmapped);
    cpu::write_dr7(execute_0_write_1);
    check(sets_resume_flag(1));
    check(!sets_resume_flag(2));
    check(!sets_resume_flag(single_step));
}

std::uint16_t stack_segment() {
    std::uint16_t selector;
    asm volatile("mov %0, ss" : "=r"(selector));
    return selector;
}

// Another table, with its data at another place: SS must come from there. Then all is put back.
void loading_segments_loads_the_stack_segment() {
    using exceptions::SegmentDescriptor;
    static constinit std::array table{SegmentDescriptor{}, SegmentDescriptor::code(0),
                                      SegmentDescriptor::data(0), SegmentDescriptor::data(0)};
    constexpr std::uint16_t other_data = 3 << 3;
    auto const before                  = cpu::segment_table();
    cpu::InterruptGuard const guard;
    cpu::load_segments({.limit = sizeof table - 1, .base = VirtAddr{table.data()}.value()},
                       exceptions::kernel_code.raw(), other_data);
    auto const loaded = stack_segment();
    cpu::load_segments(before, exceptions::kernel_code.raw(), exceptions::kernel_data.raw());
    check_equal(loaded, other_data);
    check_equal(stack_segment(), exceptions::kernel_data.raw());
}

void every_guard_page_is_missing() {
    for (auto const* const bottom : {double_fault_stack_bottom, critical_stack_bottom, nmi_entry_stack_bottom,
                                     machine_check_entry_stack_bottom, debug_entry_stack_bottom}) {
        check(cpu::try_read<std::uint8_t>(VirtAddr{bottom}).has_value());
        check(!cpu::try_read<std::uint8_t>(VirtAddr{VirtAddr{bottom}.value() - 1}).has_value());
        check(!cpu::try_read<std::uint8_t>(VirtAddr{VirtAddr{bottom}.value() - GUARD_SIZE}).has_value());
    }
    auto const boot = boot::boot_stack_bottom().value();
    check(!cpu::try_read<std::uint8_t>(VirtAddr{boot - 1}).has_value());
}

constexpr testing::Test tests_of_exceptions[] = {
    {"exceptions.only_faults_are_fixed_up", only_faults_are_fixed_up},
    {"exceptions.only_the_kernels_faults_are_fixed_up", only_the_kernels_faults_are_fixed_up},
    {"exceptions.every_fault_of_an_instruction_is_fixed_up", every_fault_of_an_instruction_is_fixed_up},
    {"exceptions.each_gate_has_its_stack", each_gate_has_its_stack},
    {.name          = "exceptions.an_overflow_is_said_where_it_was_raised",
     .run           = an_overflow_is_said_where_it_was_raised,
     .expected_text = "  enter_ring_3  tests/machine/entering.S"},
    {.name          = "exceptions.a_breakpoint_is_said_where_it_was_raised",
     .run           = a_breakpoint_is_said_where_it_was_raised,
     .expected_text = "  enter_ring_3  tests/machine/entering.S"},
    {.name          = "exceptions.an_nmi_is_said_where_it_struck",
     .run           = an_nmi_is_said_where_it_struck,
     .expected_text = "  come_back  tests/machine/entering.S"},
    {"exceptions.the_gates_are_sealed", the_gates_are_sealed},
    {"exceptions.a_users_stack_pointer_is_not_trusted", a_users_stack_pointer_is_not_trusted},
    {"exceptions.deep_in_a_guard_page_is_an_overflow", deep_in_a_guard_page_is_an_overflow},
    {"exceptions.a_stale_return_address_is_no_frame", a_stale_return_address_is_no_frame,
     "The machine has stopped"},
    {"exceptions.a_nested_fault_leaves_the_address", a_nested_fault_leaves_the_address,
     "cannot write to 0x00000000deadb000"},
    {"exceptions.a_panic_in_a_resolver_shows_who_faulted", a_panic_in_a_resolver_shows_who_faulted,
     "touching_function  tests/machine/exceptions_tests.cpp"},
    {"exceptions.an_invalid_task_state_is_explained", an_invalid_task_state_is_explained,
     "exception 10 (#TS), error code 0x28: GDT entry 5"},
    {"exceptions.an_address_in_the_direct_map_is_named", touch_the_direct_map_behind_memory,
     "physical address 0x100000000 in the direct map"},
    {"exceptions.an_address_behind_the_image_is_named", touch_behind_the_image, "outside the kernel's image"},
    {"exceptions.an_address_in_code_is_named", run_a_missing_page_of_code,
     "the address is in the kernel's code"},
    {"exceptions.an_address_in_a_stack_is_named", touch_a_missing_page_of_a_stack,
     "the address is in the stack \"double fault\""},
    {"exceptions.each_address_has_its_owner", each_address_has_its_owner},
    {"exceptions.an_address_between_the_maps_is_named", touch_between_the_maps,
     "the address is between the direct map and the kernel's image"},
    {"exceptions.an_address_that_is_none_is_named", fault_at_what_is_not_canonical,
     "the address is not canonical: bits 63 to 47 are not all equal"},
    {.name          = "exceptions.each_debug_exception_is_said_alone",
     .run           = each_debug_exception_is_said_alone,
     .expected_text = "debug exception: breakpoint 0 at"},
    {"exceptions.only_instruction_breakpoints_set_the_resume_flag",
     only_instruction_breakpoints_set_the_resume_flag},
    {"exceptions.loading_segments_loads_the_stack_segment", loading_segments_loads_the_stack_segment},
    {"exceptions.an_address_that_is_not_canonical_is_named", touch_what_is_not_canonical,
     "the address 0x1234567800000013 (rcx + r9 * 4 - 0x1) is not canonical"},
    {"exceptions.a_target_that_is_not_canonical_is_named", jump_to_what_is_not_canonical,
     "the address 0x1234567800000000 (rip) is not canonical"},
    {"exceptions.every_guard_page_is_missing", every_guard_page_is_missing},
    {"exceptions.a_panic_shows_rbp_rsp_r8", a_panic_shows_the_interrupted_registers, "r8  0000000000000088"},
    {"exceptions.a_panic_shows_r15_rip_flags", a_panic_shows_the_interrupted_registers,
     "r15 0000000000001515"},
    {"exceptions.a_declared_load_gives_the_value", a_declared_load_gives_the_value},
    {"exceptions.a_declared_load_gives_the_fault", a_declared_load_gives_the_fault},
    {"exceptions.a_declared_register_gives_the_value", a_declared_register_gives_the_value},
    {"exceptions.a_declared_register_gives_the_fault", a_declared_register_gives_the_fault},
    {"exceptions.what_any_machine_can_is_raised_for_real", what_any_machine_can_is_raised_for_real},
    {"exceptions.the_stubs_agree_on_error_codes", the_stubs_agree_on_error_codes},
    {"exceptions.an_exception_raised_by_number_has_error_code_0",
     an_exception_raised_by_number_has_error_code_0},
    {"exceptions.a_resolver_maps_a_page", a_resolver_maps_a_page},
    {"exceptions.a_handler_maps_a_page", a_handler_maps_a_page},
    {"exceptions.what_no_resolver_wants_panics", what_no_resolver_wants_panics,
     "cannot write to 0x00000000deadb000"},
    {"exceptions.a_big_frame_hits_the_guard", use_a_big_frame, "kernel stack overflow: the stack \"boot\""},
    {"exceptions.a_panic_shows_rax_rbx_rcx", a_panic_shows_the_interrupted_registers,
     "rax 00000000000000a1  rbx 00000000000000b2  rcx 00000000000000c3"},
    {"exceptions.a_panic_shows_rdx_rsi_rdi", a_panic_shows_the_interrupted_registers,
     "rdx 00000000000000d4  rsi 00000000000000e5  rdi 00000000000000f6"},
    {"exceptions.a_panic_shows_r9_r10_r11", a_panic_shows_the_interrupted_registers,
     "r9  0000000000000099  r10 0000000000001010  r11 0000000000001111"},
    {"exceptions.a_panic_shows_r12_r13_r14", a_panic_shows_the_interrupted_registers,
     "r12 0000000000001212  r13 0000000000001313  r14 0000000000001414"},
    {"exceptions.a_double_fault_has_a_handler", a_double_fault_has_a_handler, "mine"},
    {"exceptions.a_panic_in_a_handler_shows_who_was_interrupted",
     a_panic_in_a_handler_shows_who_was_interrupted,
     "interrupted_function  tests/machine/exceptions_tests.cpp"},
    {"exceptions.the_first_page_is_not_mapped", the_first_page_is_not_mapped},
    {"exceptions.an_exception_number_is_no_interrupt", an_exception_number_is_no_interrupt,
     "vectors below 32 are exceptions"},
};

}  // namespace

constinit testing::Suite const tests::exceptions_suite = tests_of_exceptions;
