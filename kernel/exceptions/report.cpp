#include "exceptions/report.hpp"

#include "boot/image.hpp"
#include "console/panic.hpp"
#include "console/place.hpp"
#include "console/print.hpp"
#include "console/stacks.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/fixup.hpp"
#include "exceptions/call_check.hpp"
#include "exceptions/decode.hpp"
#include "exceptions/machine_check.hpp"
#include "exceptions/operand.hpp"
#include "exceptions/trap.hpp"
#include "log/log.hpp"
#include "memory/layout.hpp"

#include <atomic>

namespace pith::exceptions {
namespace {

using Text = FixedText<512>;

template <typename... Arguments>
void add(Text& text, std::format_string<Arguments...> format, Arguments&&... arguments) {
    std::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
}

// #region owner
// Whose an address is, as far as it can be told.
void add_owner(Text& text, std::uint64_t address) {
    constexpr std::uint64_t first_page = 4096;
    auto const canonical               = VirtAddr::checked(address);
    if (!canonical) return add(text, "not canonical: bits 63 to 47 are not all equal");
    if (auto const* const stack = console::stack_guarded_at(address)) {
        return add(text, "in the guard page of the stack \"{}\"", stack->name);
    }
    if (auto const* const stack = console::stack_with(address)) {
        return add(text, "in the stack \"{}\"", stack->name);
    }
    if (address < first_page)
        return add(text, "in the first page: a null pointer, or a member of what one points to");
    if (boot::is_in_text(*canonical)) return add(text, "in the kernel's code");
    if (*canonical >= layout::kernel_start) {
        auto const parts = boot::image_parts();
        if (*canonical < parts.text || *canonical >= parts.end)
            return add(text, "outside the kernel's image");
        return add(text, "{}",
                   *canonical < parts.data ? "in the kernel's constants" : "in the kernel's data");
    }
    if (*canonical >= layout::direct_map_start + layout::direct_map_size) {
        return add(text, "between the direct map and the kernel's image");
    }
    if (*canonical >= layout::direct_map_start) {
        return add(text, "physical address {:#x} in the direct map", *canonical - layout::direct_map_start);
    }
    if (*canonical >= layout::upper_half_start) return add(text, "below the direct map");
    add(text, "in the lower half, which is for programs");
}
// #endregion owner

void add_page_fault(Text& text, PageFaultError error, std::uint64_t address) {
    add(text, "page fault: cannot {} {:#018x}: {}", verb_of(error), address, reason_of(error));
}

// #region double-fault
// The stack that RSP ran out of: RSP is in its guard page, or so near that the next frame is.
console::KnownStack const* overflowed_stack(std::uint64_t rsp) {
    constexpr std::uint64_t largest_push = sizeof(ExceptionFrame) + 64;
    if (auto const* const stack = console::stack_guarded_at(rsp)) return stack;
    return rsp < largest_push ? nullptr : console::stack_guarded_at(rsp - largest_push);
}

bool is_shadow(console::KnownStack const& stack) { return stack.bottom >= boot::image_parts().shadow_stacks; }

void add_double_fault(Text& text, ExceptionFrame const& frame) {
    if (frame.is_from_user())
        return add(text, "double fault: the kernel's stack for this program is no good");
    if (!VirtAddr::checked(frame.rsp)) {
        return add(text, "double fault: the stack pointer {:#x} is not canonical", frame.rsp);
    }
    if (auto const* const stack = overflowed_stack(frame.rsp)) {
        return add(text, "kernel stack overflow: the stack \"{}\" ({} KiB) is full", stack->name,
                   (stack->top - stack->bottom) / 1024);
    }
    // Of a shadow stack the processor says so in CR2 only: SSP is not in the frame.
    if (auto const* const stack = console::stack_guarded_at(cpu::read_cr2());
        stack != nullptr && is_shadow(*stack)) {
        return add(text, "kernel stack overflow: the stack \"{}\" is full", stack->name);
    }
    add(text, "double fault: an exception could not be delivered, RSP is {:#x}", frame.rsp);
}
// #endregion double-fault

GeneralRegisters general_registers_of(ExceptionFrame const& frame) {
    return {frame.rax, frame.rcx, frame.rdx, frame.rbx, frame.rsp, frame.rbp, frame.rsi, frame.rdi,
            frame.r8,  frame.r9,  frame.r10, frame.r11, frame.r12, frame.r13, frame.r14, frame.r15};
}

std::optional<std::uint64_t> stopped_target(ExceptionFrame const& frame) {
    if (frame.vector() != Vector::invalid_opcode || frame.is_from_user()) return std::nullopt;
    return target_of_stopped_call(frame.rip, general_registers_of(frame));
}

std::optional<std::uint64_t> read_word(VirtAddr address) {
    auto const word = cpu::try_read<std::uint64_t>(address);
    return word ? std::optional{*word} : std::nullopt;
}

// Where a pointer leads that leads to code, or should.
void add_function(Text& text, std::uint64_t address) {
    auto const symbol = console::Place{address, console::Place::Kind::instruction}.symbol();
    if (!symbol) return add(text, "{:#018x}", address);
    add(text, "{}", symbol->function);
    if (symbol->offset != 0) add(text, " + {:#x}", symbol->offset);
}

void add_stopped_call(Text& text, std::uint64_t target) {
    add(text, "kCFI: a call through a pointer of the wrong type, target ");
    add_function(text, target);
}

void add_control_protection(Text& text, ControlProtectionError error, ExceptionFrame const& frame) {
    add(text, "{}: {}", name_of(Vector::control_protection), reason_of(error));
    if (error.is_missing_end_branch()) {  // it struck at the place that has none
        add(text, ", but to ");
        add_function(text, frame.rip);
    }
    if (!error.is_near_return() || frame.is_from_user()) return;
    auto const stack_pointer = VirtAddr::checked(frame.rsp);  // the address is there still
    if (auto const target = stack_pointer.and_then([](VirtAddr at) { return read_word(at); })) {
        add(text, ", it leads to ");
        add_function(text, *target);
    }
}

// #region wrong-addresses
// The longest that an instruction can be.
using Instruction = FixedVector<std::byte, 15>;

// The bytes at `rip`, as far as they can be read.
Instruction instruction_at(std::uint64_t rip) {
    Instruction bytes;
    while (bytes.size() < Instruction::capacity()) {
        auto const address = VirtAddr::checked(rip + bytes.size());
        if (!address) break;
        auto const byte = cpu::try_read<std::uint8_t>(*address);
        if (!byte || !bytes.try_push_back(std::byte{*byte})) break;
    }
    return bytes;
}

// No register tells which address was not canonical. The interrupted instruction does.
void add_wrong_addresses(Text& text, ExceptionFrame const& frame) {
    constexpr auto* line = "\n  the address {:#018x} ({}) is not canonical";
    if (!VirtAddr::checked(frame.rip)) return add(text, line, frame.rip, "rip");
    for (auto const& operand : memory_operands(instruction_at(frame.rip).span())) {
        auto const address = operand.address(general_registers_of(frame));
        if (!VirtAddr::checked(address)) add(text, line, address, operand);
    }
}
// #endregion wrong-addresses

std::optional<std::string_view> trapped(ExceptionFrame const& frame) {
    if (frame.is_from_user()) return std::nullopt;
    return undefined_behaviour(instruction_at(frame.rip).span());
}

// #region headline
// The first line.
void add_headline(Text& text, ExceptionFrame const& frame) {
    auto const vector = frame.vector();
    switch (vector) {
        case Vector::page_fault:
            return add_page_fault(text, PageFaultError{frame.error_code}, cpu::read_cr2());
        case Vector::double_fault: return add_double_fault(text, frame);
        case Vector::debug:
            add(text, "debug exception: ");
            decode_debug_status(cpu::read_dr6(), std::back_inserter(text));
            return;
        case Vector::invalid_opcode:
            if (auto const target = stopped_target(frame)) return add_stopped_call(text, *target);
            if (auto const found = trapped(frame)) return add(text, "undefined behaviour: {}", *found);
            break;
        case Vector::control_protection:
            return add_control_protection(text, ControlProtectionError{frame.error_code}, frame);
        case Vector::machine_check:
            return add(text, "{}{}", name_of(vector), describe(machine_check_verdict()));
        default: break;
    }
    if (frame.vector_number >= first_interrupt) {
        return add(text, "interrupt {}, which nobody handles", frame.vector_number);
    }
    add(text, "{}", name_of(vector));
}
// #endregion headline

// What the banks have logged, a line each.
void add_machine_errors(Text& text) {
    if (machine_check_status().is_of_instruction()) add(text, ", of the interrupted instruction");
    for (unsigned bank = 0; bank < machine_check_bank_count(); ++bank) {
        if (auto const error = machine_error_in(bank)) add(text, "\n  {}", *error);
    }
}

// #region details
// The second line, and what follows it.
void add_details(Text& text, ExceptionFrame const& frame) {
    auto const vector = frame.vector();
    add(text, "\n  exception {}", frame.vector_number);
    if (!mnemonic_of(vector).empty()) add(text, " ({})", mnemonic_of(vector));
    if (has_error_code(vector)) {
        add(text, ", error code {:#x}: ", frame.error_code);
        decode(vector, frame.error_code, std::back_inserter(text));
    }
    if (vector == Vector::page_fault) {
        add(text, "\n  the address is ");
        add_owner(text, cpu::read_cr2());
    }
    if (auto const target = stopped_target(frame)) {
        add(text, "\n  the target {:#018x} is ", *target);
        add_owner(text, *target);
    }
    if (vector == Vector::machine_check) add_machine_errors(text);
    bool const says_nothing = SelectorError{frame.error_code}.is_none();
    if ((vector == Vector::general_protection || vector == Vector::stack_segment) && says_nothing) {
        add_wrong_addresses(text, frame);
    }
}
// #endregion details

// How many exceptions could not be said because the console was in use.
constinit std::atomic<unsigned> unsaid = 0;

}  // namespace

// #region explanation
Explanation::Explanation(ExceptionFrame const& frame) {
    add_headline(text_, frame);
    headline_size_ = text_.size();
    if (frame.vector_number < first_interrupt) add_details(text_, frame);
    if (frame.is_from_user()) add(text_, "\n  it struck in a user program");
}

void panic_with(ExceptionFrame const& frame) {
    Explanation const explanation{frame};
    if (frame.vector() == Vector::machine_check) allow_another_machine_check();
    console::panic_interrupted(registers_of(frame), kernel_frame_pointer(frame), explanation.text());
}
// #endregion explanation

// #region go-on
void say_and_go_on(ExceptionFrame const& frame) {
    Explanation const explanation{frame};
    // A trap's RIP is behind the instruction that raised it.
    bool const is_trap = frame.vector() == Vector::breakpoint || frame.vector() == Vector::overflow;
    using Kind         = console::Place::Kind;
    console::Place const place{frame.rip, is_trap ? Kind::return_address : Kind::instruction};
    if (log::has_announcer())
        return log::warning("exceptions", "{} at {:#x}  {}", explanation.headline(), frame.rip, place);
    log::keep(log::Level::warning, "exceptions", "{} at {:#x}  {}", explanation.headline(), frame.rip, place);
    if (!console::try_println("{} at {:#x}  {}", explanation.headline(), frame.rip, place)) {
        ++unsaid;
        return;
    }
    if (auto const count = unsaid.exchange(0); count != 0) {
        if (!console::try_println("({} more exceptions came while the console was in use)", count))
            unsaid += count;
    }
}
// #endregion go-on

}  // namespace pith::exceptions
