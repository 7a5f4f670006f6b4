#include "cell.hpp"

#include "base/fixed_text.hpp"
#include "console/print.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/halt.hpp"
#include "cpu/interrupts.hpp"
#include "cpu/msr.hpp"
#include "cpu/port.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/segments.hpp"
#include "exceptions/start.hpp"
#include "user.hpp"

#include <algorithm>

using namespace pith;
using namespace pith::faults;
using exceptions::ExceptionFrame;
using exceptions::Resolution;

extern "C" {
extern std::array<exceptions::InterruptHandler, exceptions::vector_count> exception_handlers;
}

namespace {

// ---- What is under way ------------------------------------------------------------------------------------

struct Raise {
    Block block{};
    Kind const* kind = nullptr;
    Setting setting{};
    unsigned handled = 0;
};
static_assert(offsetof(Raise, block) == 0, "raise_block is found as a Raise");

constinit std::array<Raise, 64> raises{};
constinit std::size_t depth = 0;

Raise& current() {
    // SAFETY: because every block that raise gets is the first member of one of `raises`.
    return *reinterpret_cast<Raise*>(raise_block);
}

// ---- Notes ------------------------------------------------------------------------------------------------

struct Note {
    char const* what;
    std::uint64_t is, should_be;
};
constinit std::array<Note, 32> notes{};
constinit std::size_t note_count = 0;

void expect(char const* what, std::uint64_t is, std::uint64_t should_be) {
    if (is != should_be) note(what, is, should_be);
}

// ---- Sentinels --------------------------------------------------------------------------------------------

// A different number for every register of every raise (SplitMix64).
constinit std::uint64_t seed = 0x5eed;

std::uint64_t next_sentinel() {
    auto value = seed += 0x9e37'79b9'7f4a'7c15;
    value      = (value ^ (value >> 30)) * 0xbf58'476d'1ce4'e5b9;
    value      = (value ^ (value >> 27)) * 0x94d0'49bb'1331'11eb;
    return value ^ (value >> 31);
}

constexpr std::uint64_t arithmetic_flags = 0x8d5, always_set = 2, resume_and_trap_flags = 0x1'0100;
// Nested task, alignment check, identification.
constexpr std::uint64_t alignment_flag = 1U << 18, system_flags = 0x4000 | alignment_flag | 0x20'0000;

void fill_vectors(VectorState& state) {
    constexpr std::uint16_t exceptions_masked = 0x3f, rounding = 0xc00, precision = 0x200;
    constexpr std::uint16_t conditions  = 0x4700;
    constexpr std::uint32_t simd_masked = 0x1f80, simd_flags_and_rounding = 0x603f;
    auto const choice = next_sentinel();
    state             = {};
    state.control = static_cast<std::uint16_t>(0x40 | exceptions_masked | precision | (choice & rounding));
    state.status  = static_cast<std::uint16_t>(choice >> 16 & conditions);
    state.tags    = 0xff;
    state.mxcsr   = simd_masked | (static_cast<std::uint32_t>(choice >> 32) & simd_flags_and_rounding);
    for (std::size_t index = 0; index < state.x87.size(); index += 2) {
        state.x87[index]     = next_sentinel();
        state.x87[index + 1] = next_sentinel() & 0xffff;
    }
    std::ranges::generate(state.xmm, next_sentinel);
}

// What a program may have in DS, ES and FS in either ring. GS is for entries to look after (user.cpp).
constexpr std::uint64_t fs_base_sentinel = 0x0000'5e67'f5ba'5e00;
constexpr std::uint64_t segment_sentinels =
    exceptions::user_data.raw() * 0x1'0001'0001;  // DS, ES, FS; and no GS

void fill_segments() {
    load_segments(exceptions::user_data.raw());
    cpu::write_msr(cpu::Msr::fs_base, fs_base_sentinel);
}

void expect_segments() {
    expect("ds, es, fs, gs", stored_segments(), segment_sentinels);
    expect("FS base", cpu::read_msr(cpu::Msr::fs_base), fs_base_sentinel);
}

void fill(Block& block, Kind const& kind, Setting const& setting) {
    std::array<std::uint64_t, sizeof(General) / 8> general;
    std::ranges::generate(general, next_sentinel);
    block        = {};
    block.before = std::bit_cast<General>(general);
    block.rip    = kind.start;
    block.rflags = (next_sentinel() & arithmetic_flags) | system_flags | always_set | setting.flags;
    block.rsp    = setting.rsp;
    block.cr0    = cpu::read_cr0();
    fill_vectors(block.vectors_before);
    kind.needs->prepare(block);
}

// ---- Comparing --------------------------------------------------------------------------------------------

constexpr std::array<char const*, 15> register_names{"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",
                                                     "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

void expect_vectors(VectorState const& is, VectorState const& should_be) {
    expect("x87 control", is.control, should_be.control);
    expect("x87 status", is.status, should_be.status);
    expect("x87 tags", is.tags, should_be.tags);
    expect("mxcsr", is.mxcsr, should_be.mxcsr);
    for (std::size_t index = 0; index < is.x87.size(); ++index) {
        auto const mask = index % 2 == 0 ? ~std::uint64_t{0} : 0xffff;  // 80 bits of 128
        expect("x87 registers", is.x87[index] & mask, should_be.x87[index]);
    }
    for (std::size_t index = 0; index < is.xmm.size(); ++index) {
        expect("xmm registers", is.xmm[index], should_be.xmm[index]);
    }
}

void expect_return(Raise const& raised) {
    auto const& block = raised.block;
    expect_general(block.after, block.before);
    expect("flags", block.after_rflags & ~resume_and_trap_flags, block.rflags & ~resume_and_trap_flags);
    expect("rsp", block.after_rsp, raised.setting.resumes_at != 0 ? raised.setting.resumes_at : block.rsp);
    expect_vectors(block.vectors_after, block.vectors_before);
    expect("handled", raised.handled, raised.setting.is_default || raised.kind->is_declared() ? 0 : 1);
}

// The frame that a handler gets shows the interrupted program.
void expect_frame(ExceptionFrame const& frame, Raise const& raised) {
    auto const& block = raised.block;
    auto const& kind  = *raised.kind;
    expect_general(general_of(frame), block.before);
    expect("frame's vector", frame.vector_number, kind.vector);
    if (frame.error_code != kind.needs->emulated_error) {
        expect("frame's error code", frame.error_code, kind.needs->error_code);
    }
    if (!kind.may_interrupt_at(frame.rip)) note("frame's rip", frame.rip, kind.at);
    expect("frame's cs", frame.cs, block.cs);
    expect("frame's flags", frame.rflags & ~resume_and_trap_flags, block.rflags & ~resume_and_trap_flags);
    expect("frame's rsp", frame.rsp, block.rsp);
    expect("frame's ss", frame.ss, block.ss);
    if (kind.needs->address) expect("cr2", cpu::read_cr2(), *kind.needs->address);
}

// Handlers run with interrupts off, counting upwards, on an aligned stack, with the kernel's GS. AC is never
// a program's own.
void expect_good_manners(void const* frame) {
    bool const is_from_user = (current().block.cs & 3) != 0;
    auto const must_be_off  = interrupt_flag | direction_flag | (is_from_user ? alignment_flag : 0);
    expect_kernels_gs();
    expect("handler's flags", cpu::read_rflags() & must_be_off, 0);
    expect("frame's alignment", VirtAddr{frame}.value() % 16, 0);
}

void run_inside(Raise& raised) {
    if (raised.setting.inside != nullptr) raised.setting.inside(*raised.setting.inner);
}

void skip(ExceptionFrame& frame) { frame.rip = VirtAddr{raise_after}.value(); }

Resolution handle(ExceptionFrame& frame) {
    expect_good_manners(&frame);
    if (is_way_back(frame)) return let_back(frame);
    auto& raised = current();
    if (raised.setting.resumes_at == 0) expect_frame(frame, raised);
    ++raised.handled;
    raised.kind->needs->repair(frame);
    run_inside(raised);
    if (raised.kind->must_be_skipped() && raised.setting.resumes_at == 0) skip(frame);
    overwrite_caller_saved();
    return Resolution::resumed;
}

// Of a vector that has an error code, though `int` pushes none.
Resolution handle_with_error(ExceptionFrame& frame, std::uint64_t error_code) {
    if (!is_way_back(frame)) expect("error code", error_code, frame.error_code);
    return handle(frame);
}

// A handler of whatever type the vector's is.
exceptions::detail::AnyHandler handler_of(std::uint8_t vector) {
    bool const has_error = vector < exceptions::first_interrupt &&
                           exceptions::has_error_code(static_cast<exceptions::Vector>(vector));
    // SAFETY: because the stubs call it with the registers that its type expects.
    return has_error ? reinterpret_cast<exceptions::detail::AnyHandler>(handle_with_error)
                     : reinterpret_cast<exceptions::detail::AnyHandler>(handle);
}

PITH_PAGE_FAULT_RESOLVER Resolution resolve(exceptions::PageFault const& fault) {
    auto& raised = current();
    // Faults inside are for the handler, and so is what only looks like one.
    if (!raised.kind->is_resolved()) return Resolution::not_mine;
    expect_good_manners(&fault);
    expect("rax", fault.rax, raised.block.before.rax);
    expect("rdi", fault.rdi, raised.block.before.rdi);
    expect("error code", fault.error.raw(), raised.kind->needs->error_code);
    expect("rip", fault.rip, raised.kind->at);
    expect("rsp", fault.rsp, raised.block.rsp);
    expect("cr2", cpu::read_cr2(), raised.block.before.rax);
    ++raised.handled;
    run_inside(raised);
    map_page();
    return Resolution::resumed;
}

constinit exceptions::InterruptHandler default_handler = nullptr;

// An injected exception interrupts a loop, which has to end.
Resolution default_and_skip(ExceptionFrame& frame) {
    auto const resolution = default_handler(frame);
    if (resolution == Resolution::resumed) skip(frame);
    return resolution;
}

// Prints past the console, which may be locked.
void send(std::string_view text) {
    constexpr std::uint8_t can_take_one = 0x20;
    cpu::Port<std::uint8_t> const serial{0x3f8}, line_status{0x3fd};
    for (char const character : text) {
        while ((line_status.read() & can_take_one) == 0) cpu::pause();
        serial.write(static_cast<std::uint8_t>(character));
    }
}

constinit bool are_registers_told = false;

void send_registers(General const& registers) {
    auto const words = std::bit_cast<std::array<std::uint64_t, register_names.size()>>(registers);
    send("\nRAISE");
    for (std::size_t index = 0; index < words.size(); ++index) {
        FixedText<32> text;
        std::format_to(std::back_inserter(text), " {}={:016x}", register_names[index], words[index]);
        send(text.view());
    }
    send("\n");
}

// Asks for it, but for the newline, which the kind's code sends.
void announce(Kind const& kind) {
    send("\nINJECT ");
    send(kind.needs->command);
}

}  // namespace

void faults::tell_registers() { are_registers_told = true; }

Block& faults::current_block() { return current().block; }

General faults::general_of(ExceptionFrame const& frame) {
    return {.rax = frame.rax,
            .rbx = frame.rbx,
            .rcx = frame.rcx,
            .rdx = frame.rdx,
            .rsi = frame.rsi,
            .rdi = frame.rdi,
            .rbp = frame.rbp,
            .r8  = frame.r8,
            .r9  = frame.r9,
            .r10 = frame.r10,
            .r11 = frame.r11,
            .r12 = frame.r12,
            .r13 = frame.r13,
            .r14 = frame.r14,
            .r15 = frame.r15};
}

void faults::expect_general(General const& is, General const& should_be) {
    using Words            = std::array<std::uint64_t, register_names.size()>;
    auto const actual      = std::bit_cast<Words>(is);
    auto const expectation = std::bit_cast<Words>(should_be);
    for (std::size_t index = 0; index < actual.size(); ++index) {
        expect(register_names[index], actual[index], expectation[index]);
    }
}

void faults::install_handler(Kind const& kind) {
    if (kind.is_resolved()) exceptions::set_page_fault_resolver(resolve);
    if (kind.nature == Nature::abort) return;  // nobody can resume it: the kernel shall panic
    if (kind.is_declared()) return exceptions::clear_handler(static_cast<exceptions::Vector>(kind.vector));
    exceptions::detail::store_handler(kind.vector, handler_of(kind.vector));
}

void faults::install_default_handler(Kind const& kind) {
    exceptions::install_default_handlers();
    if (kind.nature != Nature::injected) return;
    default_handler                 = exception_handlers[kind.vector];
    exception_handlers[kind.vector] = default_and_skip;
}

void faults::raise_kind(Kind const& kind, Setting const& setting) {
    auto& raised   = raises[depth++];
    raised.kind    = &kind;
    raised.setting = setting;
    raised.handled = 0;
    fill(raised.block, kind, setting);
    if (setting.prepare != nullptr) setting.prepare(raised.block);
    if (are_registers_told) send_registers(raised.block.before);
    if (kind.nature == Nature::injected) announce(kind);
    fill_segments();
    raise(raised.block);
    expect_segments();
    disarm();
    expect_return(raised);
    --depth;
}

void faults::note(char const* what, std::uint64_t is, std::uint64_t should_be) {
    if (note_count < notes.size()) notes[note_count] = {.what = what, .is = is, .should_be = should_be};
    ++note_count;
}

bool faults::print_verdict(std::string_view kind) {
    for (std::size_t index = 0; index < std::min(note_count, notes.size()); ++index) {
        console::println("CHANGED {}: is {:#x}, should be {:#x}", notes[index].what, notes[index].is,
                         notes[index].should_be);
    }
    console::println("CELL {} {}", kind, note_count == 0 ? "unchanged" : "changed");
    return std::exchange(note_count, 0) == 0;
}
