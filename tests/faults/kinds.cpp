#include "kinds.hpp"

#include "boot/boot_map.hpp"
#include "boot/image.hpp"
#include "console/print.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/fixup.hpp"
#include "cpu/port.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/segments.hpp"
#include "exceptions/task_state.hpp"
#include "memory/layout.hpp"

#include <algorithm>
#include <charconv>
#include <span>

using namespace pith;
using namespace pith::faults;
using exceptions::ExceptionFrame;

namespace {

// As kinds.S writes them.
struct Code {
    char const* name;
    std::uint64_t start, at, end, vector;
    Nature nature;
};

}  // namespace

extern "C" {
extern Code const fault_kinds_start[], fault_kinds_end[];
extern std::byte const int_stubs[], user_code_start[], user_code_end[];
extern std::array<std::uint64_t, 2 * 512>
    kernel_tables;  // the boot map's entries for the kernel's first 4 MiB
extern std::array<std::uint64_t, 512> boot_pml4;
}

namespace {

std::span<Code const> codes() {
// SAFETY: because kinds.S puts both labels around one table.
#pragma clang unsafe_buffer_usage begin
    return {fault_kinds_start, fault_kinds_end};
#pragma clang unsafe_buffer_usage end
}

std::uint64_t address_of(void const* object) { return VirtAddr{object}.value(); }

// ---- Debug registers --------------------------------------------------------------------------------------

constexpr std::uint64_t trap_flag = 1U << 8, alignment_flag = 1U << 18;
constexpr std::uint64_t dr7_off = 0x400, dr7_execute_0 = 0x401, dr7_write_8_bytes_0 = 0x9'0401;

void set_debug_register(std::uint64_t address, std::uint64_t control) {
    cpu::write_breakpoint<0>(address);
    cpu::write_dr7(control);
}

// In a page of its own, which user programs may be let into.
alignas(4096) constinit std::array<std::uint64_t, 512> watched{};

void watch(Block& block) {
    block.before.rax = address_of(watched.data());
    set_debug_register(block.before.rax, dr7_write_8_bytes_0);
}
void set_breakpoint(Block& block) { set_debug_register(block.rip, dr7_execute_0); }
void set_trap_flag(Block& block) { block.rflags |= trap_flag; }

void forget_debug(ExceptionFrame& frame) {
    set_debug_register(0, dr7_off);
    cpu::write_dr6(0);
    frame.rflags &= ~trap_flag;
}

// ---- Descriptors: two that are taken away, and given back -------------------------------------------------

constexpr std::uint64_t present = std::uint64_t{1} << 47;

std::uint64_t& word_at(std::uint64_t address) {
    // SAFETY: because the address is one of the kernel's own tables' or the local APIC's.
    return *std::bit_cast<std::uint64_t*>(address);
}

std::uint64_t& segment_descriptor(exceptions::Selector selector) {
    return word_at(cpu::segment_table().base + 8 * std::uint64_t{selector.index()});
}

std::uint64_t& gate(unsigned vector) {
    return word_at(cpu::interrupt_table().base + 16 * std::uint64_t{vector});
}

void remove_segment(Block& block, exceptions::Selector selector) {
    auto& descriptor = segment_descriptor(selector);
    block.before.rax = selector.raw();
    block.before.rdx = address_of(&descriptor);
    block.before.rcx = descriptor & ~present;
}
void restore_segments() {
    segment_descriptor(exceptions::user_data) |= present;
    segment_descriptor(exceptions::kernel_data) |= present;
}

// Programs may ask for it: else that is what they would be told.
constexpr unsigned removed_vector         = 0x90;
constexpr std::uint64_t for_user_programs = std::uint64_t{3} << 45;
void remove_gate(Block&) { gate(removed_vector) = (gate(removed_vector) & ~present) | for_user_programs; }

// ---- The task state, which ends behind the double faults' stack, and before the NMIs' ---------------------

constexpr std::uint64_t limit_field = 0xffff, is_busy = std::uint64_t{1} << 41;

void set_task_state_limit(std::uint64_t limit) {
    auto& descriptor = segment_descriptor(exceptions::task_state);
    descriptor       = (descriptor & ~limit_field & ~is_busy) | limit;
    cpu::load_task(exceptions::task_state.raw());
}
void shorten_task_state(Block&) { set_task_state_limit(43); }
void lengthen_task_state(ExceptionFrame&) { set_task_state_limit(sizeof(exceptions::TaskState) - 1); }

// ---- The lower half's last page ---------------------------------------------------------------------------

constexpr std::uint64_t last_byte = 0x7fff'ffff'ffff, behind_lower_half = last_byte + 1;

using Entries = std::array<std::uint64_t, 512>;
alignas(4096) constinit std::array<Entries, 3> last_tables{};
alignas(4096) constinit std::array<std::uint8_t, 4096> last_page{};

// An entry that lets users in, and leads to what is part of the image.
std::uint64_t entry_to(void const* part) {
    constexpr std::uint64_t present_writable_user = 7;
    return (VirtAddr{part} - layout::kernel_start) | present_writable_user;
}

// The kind's code is one byte, and runs there.
void move_to_last_byte(Block& block) {
    // SAFETY: because the kind's code stands there.
    last_page.back() = *std::bit_cast<std::uint8_t const*>(block.rip);
    word_at(layout::kernel_start.value() + address_of(&boot_pml4[255])) = entry_to(&last_tables[0]);
    last_tables[0].back()                                               = entry_to(&last_tables[1]);
    last_tables[1].back()                                               = entry_to(&last_tables[2]);
    last_tables[2].back()                                               = entry_to(last_page.data());
    block.rip                                                           = last_byte;
}

void break_at_last_byte(Block& block) {
    exceptions::set_handler<exceptions::Vector::breakpoint>(
        [](ExceptionFrame&) { return exceptions::Resolution::resumed; });
    move_to_last_byte(block);
}

void step_over_last_byte(Block& block) {
    exceptions::set_handler<exceptions::Vector::debug>([](ExceptionFrame& frame) {
        forget_debug(frame);
        return exceptions::Resolution::resumed;
    });
    set_trap_flag(block);
    move_to_last_byte(block);
}

// An exception with an error code, which the fault that follows must not have.
void send_behind(Block& block) {
    remove_gate(block);
    exceptions::set_handler<exceptions::Vector::segment_not_present>(
        [](ExceptionFrame& frame, exceptions::SelectorError) {
            frame.rip = behind_lower_half;
            return exceptions::Resolution::resumed;
        });
}

// ---- Pages ------------------------------------------------------------------------------------------------

constexpr std::uint64_t page_size = 4096, entry_present = 1, entry_writable = 2, entry_user = 4;
constexpr std::uint64_t entry_reserved = std::uint64_t{1}
                                         << 51;  // beyond the 40 bits that QEMU's processors have

alignas(page_size) constinit std::array<std::uint64_t, page_size / 8> page{};

// What stands in the page's entry beside its address. That users may come here counts only if they may in the
// tables above, too.
void set_page_rights(std::uint64_t rights) {
    auto const offset                 = VirtAddr{page.data()} - layout::kernel_start;
    kernel_tables[offset / page_size] = offset | rights | entry_user;
    cpu::flush_page(VirtAddr{page.data()});
}

void unmap_page(Block& block) {
    block.before.rax = address_of(page.data());
    boot::forbid_page(VirtAddr{page.data()});
}
void forbid_writing(Block& block) {
    block.before.rax = address_of(page.data());
    set_page_rights(entry_present);
}
void set_reserved_bit(Block& block) {
    block.before.rax = address_of(page.data());
    set_page_rights(entry_present | entry_writable | entry_reserved);
}
void unprotect(ExceptionFrame&) { map_page(); }

constexpr std::uint64_t unmapped = 0xdead'beef, null_member = 8, not_canonical = 0x8000'0000'0000'0000;
constexpr std::uint64_t stale_address = 0x5'ca1a'b1e0;
constexpr std::uint64_t unmapped_code = 0xdead'0000, direct_mapped = DIRECT_MAP_START + 0x10'0000;

std::uint64_t boot_guard() { return boot::boot_stack_bottom().value() - 8; }

// What the fix-up leaves in RDI stands there before: so no register changes.
void expect_fault(Block& block) {
    block.before.rax = unmapped;
    block.before.rdi = cpu::Fault::encode(static_cast<std::uint8_t>(exceptions::Vector::page_fault), 0);
}

template <std::uint64_t value>
void put_in_rax(Block& block) {
    block.before.rax = value;
}

// ---- The rest ---------------------------------------------------------------------------------------------

void clear_divisor(Block& block) { block.before.rcx = 0; }

void leave_canonical_stack(Block& block) { block.before.rcx = not_canonical / 8; }

void divide_vectors_by_zero(Block& block) {
    constexpr std::uint32_t all_masked = 0x1f80, zero_divide_mask = 1U << 9, zero_divide_flag = 1U << 2;
    constexpr std::uint64_t two_ones = 0x3f80'0000'3f80'0000;
    auto& vectors                    = block.vectors_before;
    vectors.mxcsr  = (all_masked & ~zero_divide_mask) | zero_divide_flag;  // it sets the flag, too
    vectors.xmm[0] = vectors.xmm[1] = two_ones;
    vectors.xmm[2] = vectors.xmm[3] = 0;
}

void check_alignment(Block& block) {
    block.cr0 |= cpu::cr0_alignment_mask;
    block.rflags |= alignment_flag;
    block.before.rax = address_of(watched.data()) + 1;
}

void switch_x87_off(Block& block) { block.cr0 |= cpu::cr0_task_switched; }
void switch_x87_on(ExceptionFrame&) { cpu::clear_task_switched(); }

// A division by zero that is pending, and no longer masked.
void leave_x87_error(Block& block) {
    constexpr std::uint16_t zero_divide = 1U << 2, error_summary = 1U << 7, busy = 1U << 15;
    block.vectors_before.control = static_cast<std::uint16_t>(block.vectors_before.control & ~zero_divide);
    block.vectors_before.status  = zero_divide | error_summary | busy;
}

constexpr std::uint16_t com1        = 0x3f8;
constexpr std::uint32_t vm_hsave_pa = 0xc001'0117, mcg_status = 0x17a;

void put_bad_msr(Block& block) {  // its low 12 bits must be 0
    block.before.rcx = vm_hsave_pa;
    block.before.rax = 1;
    block.before.rdx = 0;
}

void put_newline(Block& block) {
    block.before.rax = (block.before.rax & ~std::uint64_t{0xff}) | '\n';
    block.before.rdx = com1;
}

exceptions::Resolution resume(ExceptionFrame&) { return exceptions::Resolution::resumed; }

// The processor holds back NMIs until the next IRET, wherever that stands: a breakpoint's will do.
void let_nmis_through(ExceptionFrame&) {
    exceptions::set_handler<exceptions::Vector::breakpoint>(resume);
    raise_breakpoint();
}

// With one marked as under way, the next machine check is a shutdown.
void end_machine_check(ExceptionFrame&) {
    require(cpu::try_write_msr(mcg_status, 0).has_value(), "the machine check cannot be ended");
}

// An `int` leaves CR2 alone: the report shows what stands there.
constexpr Needs needs_of_int14{.kind    = "page_fault_int14",
                               .prepare = [](Block&) { cpu::write_cr2(stale_address); },
                               .address = stale_address};

constinit std::array const needs = std::to_array<Needs>({
    {.kind = "divide_error", .prepare = clear_divisor},
    {.kind = "debug_int1", .repair = forget_debug},
    {.kind = "debug_single_step", .prepare = set_trap_flag, .repair = forget_debug},
    {.kind = "debug_watchpoint", .prepare = watch, .repair = forget_debug},
    {.kind = "debug_breakpoint", .prepare = set_breakpoint, .repair = forget_debug},
    {.kind = "device_not_available", .prepare = switch_x87_off, .repair = switch_x87_on},
    {.kind       = "invalid_tss_short",
     .prepare    = shorten_task_state,
     .repair     = lengthen_task_state,
     .error_code = 0x28},
    {.kind           = "not_present_gate",
     .prepare        = remove_gate,
     .error_code     = 8 * removed_vector + 2,
     .emulated_error = 16 * removed_vector + 2},  // TCG counts in the gates' size
    {.kind       = "not_present_segment",
     .prepare    = [](Block& block) { remove_segment(block, exceptions::user_data); },
     .repair     = [](ExceptionFrame&) { restore_segments(); },
     .error_code = 0x18},
    {.kind       = "stack_segment_load",
     .prepare    = [](Block& block) { remove_segment(block, exceptions::kernel_data); },
     .repair     = [](ExceptionFrame&) { restore_segments(); },
     .error_code = 0x10},
    {.kind = "stack_segment_real", .prepare = leave_canonical_stack},
    {.kind = "gp_behind_breakpoint", .prepare = break_at_last_byte, .rip = behind_lower_half},
    {.kind = "gp_behind_step", .prepare = step_over_last_byte, .rip = behind_lower_half},
    {.kind = "gp_sent_behind", .prepare = send_behind, .rip = behind_lower_half},
    {.kind = "alignment_check_real", .prepare = check_alignment},
    {.kind = "simd_real", .prepare = divide_vectors_by_zero},
    {.kind = "gp_non_canonical", .prepare = put_in_rax<not_canonical>},
    {.kind = "gp_selector", .prepare = put_in_rax<0x1230>, .error_code = 0x1230},
    {.kind = "gp_msr", .prepare = put_bad_msr},
    {.kind = "page_fault_read", .prepare = put_in_rax<unmapped>, .address = unmapped},
    {.kind = "page_fault_write", .prepare = put_in_rax<unmapped>, .error_code = 2, .address = unmapped},
    {.kind       = "page_fault_execute",
     .prepare    = put_in_rax<unmapped_code>,
     .error_code = 0x10,
     .address    = unmapped_code,
     .rip        = unmapped_code},
    {.kind = "declared_load", .prepare = expect_fault, .address = unmapped},
    {.kind = "page_fault_null", .prepare = put_in_rax<null_member>, .address = null_member},
    {.kind       = "page_fault_guard",
     .prepare    = [](Block& block) { block.before.rax = boot_guard(); },
     .error_code = 2},
    {.kind       = "page_fault_no_execute",
     .prepare    = put_in_rax<direct_mapped>,
     .error_code = 0x11,
     .address    = direct_mapped,
     .rip        = direct_mapped},
    {.kind = "page_fault_read_only", .prepare = forbid_writing, .repair = unprotect, .error_code = 3},
    {.kind           = "page_fault_reserved",
     .prepare        = set_reserved_bit,
     .repair         = unprotect,
     .error_code     = 9,
     .emulated_error = 8},  // TCG forgets that the page is present
    needs_of_int14,
    {.kind = "page_fault_resolved", .prepare = unmap_page, .error_code = 2},
    {.kind = "x87_error", .prepare = leave_x87_error},
    {.kind = "nmi_injected", .prepare = put_newline, .repair = let_nmis_through, .command = "nmi"},
    {.kind = "machine_check_injected", .prepare = put_newline, .repair = end_machine_check, .command = "mce"},
    {.kind    = "machine_check_fatal",
     .prepare = put_newline,
     .repair  = end_machine_check,
     .command = "mce-fatal"},
});

constinit Needs const nothing{};

Needs const& needs_of(std::string_view name) {
    auto const* const found = std::ranges::find(needs, name, &Needs::kind);
    return found == needs.end() ? nothing : *found;
}

Kind kind_of(Code const& code) {
    return {.name   = code.name,
            .start  = code.start,
            .at     = code.at,
            .end    = code.end,
            .vector = static_cast<std::uint8_t>(code.vector),
            .nature = code.nature,
            .needs  = &needs_of(code.name)};
}

constexpr std::string_view name_of(Nature nature) {
    switch (nature) {
        case Nature::fault:    return "fault";
        case Nature::trap:     return "trap";
        case Nature::abort:    return "abort";
        case Nature::injected: return "injected";
    }
    return "";
}

// An NMI from outside comes through the local APIC's second pin, which firmware would have set up.
void let_nmis_in() {
    constexpr std::uint64_t apic = DIRECT_MAP_START + 0xfee0'0000;
    auto const store             = [](std::uint64_t address, std::uint32_t value) {
        // SAFETY: because the local APIC's registers stand there.
        *std::bit_cast<std::uint32_t volatile*>(address) = value;
    };
    store(apic + 0xf0, 0x1ff);   // on; spurious interrupts are vector 255
    store(apic + 0x360, 0x400);  // LINT1 is an NMI
}

void mask_interrupt_lines() {
    cpu::Port<std::uint8_t>{0x21}.write(0xff);
    cpu::Port<std::uint8_t>{0xa1}.write(0xff);
}

// Sets the user bit in all four entries on the way to a page.
void let_users_into(std::uint64_t address) {
    constexpr std::uint64_t table_mask = 0x000f'ffff'ffff'f000, index_mask = 0x1ff;
    auto table = cpu::read_cr3() & table_mask;
    for (unsigned shift = 39; shift >= 12; shift -= 9) {
        auto& entry = word_at(DIRECT_MAP_START + table + 8 * ((address >> shift) & index_mask));
        entry |= entry_user;
        table = entry & table_mask;
    }
}

}  // namespace

bool Kind::may_interrupt_at(std::uint64_t rip) const {
    if (nature == Nature::injected) return start < rip && rip < end;
    if (needs->rip) return rip == *needs->rip;
    return rip == (nature == Nature::fault || is_resolved() ? at : end);
}

std::optional<unsigned> Kind::software_interrupt() const {
    constexpr std::uint8_t int_n = 0xcd;
    // SAFETY: because the kind's code stands there.
    auto const code = *std::bit_cast<std::array<std::uint8_t, 2> const*>(at);
    return code[0] == int_n ? std::optional<unsigned>{code[1]} : std::nullopt;
}

Kind faults::int_kind(unsigned number) {
    constexpr auto names = [] {
        std::array<std::array<char, 8>, 256> texts{};
        for (unsigned index = 0; index < texts.size(); ++index) {
            auto& text = texts[index];
            std::ranges::copy(std::string_view{"int_"}, text.begin());
            std::size_t position = 4;
            if (index >= 100) text[position++] = static_cast<char>('0' + index / 100);
            if (index >= 10) text[position++] = static_cast<char>('0' + index / 10 % 10);
            text[position] = static_cast<char>('0' + index % 10);
        }
        return texts;
    }();
    static constexpr auto kept = names;
    auto const start           = address_of(int_stubs) + number * INT_STUB_SIZE;
    return {.name   = kept[number].data(),
            .start  = start,
            .at     = start,
            .end    = start + 2,
            .vector = static_cast<std::uint8_t>(number),
            .nature = number == 8 ? Nature::abort : Nature::trap,
            .needs =
                number == static_cast<unsigned>(exceptions::Vector::page_fault) ? &needs_of_int14 : &nothing};
}

std::optional<Kind> faults::find_kind(std::string_view name) {
    for (unsigned number = 0; number < exceptions::vector_count; ++number) {
        if (auto const kind = int_kind(number); kind.name == name) return kind;
    }
    for (auto const& code : codes()) {
        if (code.name == name) return kind_of(code);
    }
    return std::nullopt;
}

void faults::list_kinds() {
    for (auto const& code : codes()) {
        console::println("KIND {} {} {}", code.name, code.vector, name_of(code.nature));
    }
}

void faults::prepare_machine() {
    constexpr std::uint64_t fxsave_and_simd_exceptions = cpu::cr4_fxsave | (1U << 10);
    mask_interrupt_lines();
    let_nmis_in();
    cpu::write_cr4(cpu::read_cr4() | fxsave_and_simd_exceptions);
    word_at(layout::kernel_start.value() + address_of(&boot_pml4)) = 0;  // linked at its physical address
    cpu::write_cr3(cpu::read_cr3());
}

void faults::let_users_in() {
    for (auto at = address_of(user_code_start); at < address_of(user_code_end); at += page_size) {
        let_users_into(at);
    }
    let_users_into(address_of(page.data()));
    let_users_into(address_of(watched.data()));
    cpu::write_cr3(cpu::read_cr3());
}

void faults::disarm() { set_debug_register(0, dr7_off); }

void faults::map_page() { set_page_rights(entry_present | entry_writable); }
