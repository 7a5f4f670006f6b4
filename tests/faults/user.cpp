#include "user.hpp"

#include "boot/boot_map.hpp"
#include "cell.hpp"
#include "console/stacks.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/msr.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/segments.hpp"
#include "exceptions/start.hpp"

#include <algorithm>
#include <array>

using namespace pith;
using namespace pith::faults;
using cpu::Msr;
using exceptions::ExceptionFrame;
using exceptions::PageFaultError;
using exceptions::Resolution;
using exceptions::Vector;

extern "C" {
extern std::byte const kernel_task_state[], exception_entry[], exception_entries_end[];
}

namespace {

constexpr std::uint64_t users_stack = 0x0000'1dea'1000'0123, users_gs = 0x0000'6006'5000'0042;
constexpr std::uint64_t privileged_ports = 3U << 12, resume_flag = 1U << 16;

// What KERNEL_GS_BASE has to hold while the kernel runs.
constinit std::uint64_t other_gs = 0;

std::uint64_t kernels_gs() { return VirtAddr{kernel_task_state}.value(); }

void expect(char const* what, std::uint64_t is, std::uint64_t should_be) {
    if (is != should_be) note(what, is, should_be);
}

// ---- The stack on which a program's exceptions are handled ------------------------------------------------

struct alignas(4096) GuardedStack {
    std::array<std::byte, 4096> guard;
    std::array<std::byte, 16384> stack;
};
constinit GuardedStack guarded{};
constinit console::KnownStack kernel_stack{};

void prepare_ring_3() {
    if (!kernel_stack.name.empty()) return;
    VirtAddr const bottom{guarded.stack.data()};
    kernel_stack = {.name = "kernel", .bottom = bottom, .top = bottom + sizeof guarded.stack};
    console::register_stack(kernel_stack);
    boot::forbid_page(VirtAddr{guarded.guard.data()});
    exceptions::set_kernel_stack(kernel_stack.top);
    let_users_in();
}

// ---- Into ring 3 and back ---------------------------------------------------------------------------------

// The last that is done before raise. From here on GS is the user's, in ring 0 as well.
void enter_ring_3(Block& block) {
    block.cs  = exceptions::user_code.raw();
    block.ss  = exceptions::user_data.raw();
    block.rsp = users_stack;
    other_gs  = users_gs;
    cpu::write_msr(Msr::kernel_gs_base, users_gs);
    cpu::swap_gs();
}

// The program's GS came through all of it.
void leave_ring_3() {
    expect("user's GS base after all", cpu::read_msr(Msr::gs_base), users_gs);
    expect("kernel's GS base after all", cpu::read_msr(Msr::kernel_gs_base), kernels_gs());
    cpu::swap_gs();
    cpu::write_msr(Msr::kernel_gs_base, 0);
    other_gs = 0;
}

Resolution only_let_back(ExceptionFrame& frame, PageFaultError) {
    return is_way_back(frame) ? let_back(frame) : Resolution::not_mine;
}

// ---- What ring 3 makes of a kind --------------------------------------------------------------------------

constinit Needs users_needs{};

// Of `int n`, programs may ask for two only. All else is a general protection fault that names the gate.
bool is_refused(Kind const& kind) {
    auto const vector          = kind.software_interrupt();
    bool const is_for_programs = kind.name == "not_present_gate" || kind.name == "gp_sent_behind";
    return vector && *vector != 3 && *vector != 4 && !is_for_programs;
}

Kind refused(Kind kind) {
    auto const gate    = std::uint64_t{*kind.software_interrupt()};
    constexpr auto idt = std::uint64_t{2};
    users_needs        = {.kind           = kind.name,
                          .error_code     = 8 * gate + idt,
                          .emulated_error = 16 * gate + idt};  // TCG counts in the gates' size
    kind.vector        = static_cast<std::uint8_t>(Vector::general_protection);
    kind.nature        = Nature::fault;
    kind.needs         = &users_needs;
    return kind;
}

// The error code says who it was; nobody but the handler maps the page.
Kind user_page_fault(Kind kind) {
    constexpr std::uint64_t by_user = 4;
    users_needs                     = *kind.needs;
    users_needs.error_code |= by_user;
    if (users_needs.emulated_error) *users_needs.emulated_error |= by_user;
    if (kind.is_resolved()) users_needs.repair = [](ExceptionFrame&) { map_page(); };
    kind.needs = &users_needs;
    return kind;
}

Kind in_ring_3(Kind const& kind) {
    if (is_refused(kind)) return refused(kind);
    return kind.vector == static_cast<std::uint8_t>(Vector::page_fault) ? user_page_fault(kind) : kind;
}

// What is injected is asked for by port.
std::uint64_t flags_of(Kind const& kind) {
    return interrupt_flag | (kind.nature == Nature::injected ? privileged_ports : 0);
}

// ---- Debug exceptions beside SWAPGS -----------------------------------------------------------------------

struct Window {
    std::array<std::uint64_t, 4> places{};
    std::uint64_t struck = 0;  // a bit for each
};
constinit Window window{};

// The way of most exceptions is the first with SWAPGS. Those that strike anywhere go another: so a debug
// exception here does not meet itself.
void find_window() {
    constexpr std::array<std::uint8_t, 3> swapgs{0x0f, 0x01, 0xf8};
    std::size_t found = 0;
    for (auto at = VirtAddr{exception_entry}.value(); found < window.places.size(); ++at) {
        require(at < VirtAddr{exception_entries_end}.value(), "the way in has no SWAPGS");
        // SAFETY: because the stubs' code stands there.
        if (*std::bit_cast<std::array<std::uint8_t, 3> const*>(at) != swapgs) continue;
        window.places[found++] = at;
        window.places[found++] = at + swapgs.size();
    }
}

Resolution strike(ExceptionFrame& frame) {
    auto const place = std::ranges::find(window.places, frame.rip);
    if (place == window.places.end()) {
        note("debug exception's rip", frame.rip, window.places[0]);
    } else {
        window.struck |= std::uint64_t{1} << (place - window.places.begin());
    }
    expect_kernels_gs();
    expect("debug exception's cs", frame.cs, exceptions::kernel_code.raw());
    cpu::write_dr6(cpu::dr6_at_rest);
    frame.rflags |= resume_flag;
    return Resolution::resumed;
}

void open_window() {
    constexpr std::uint64_t four_instructions = 0x4aa;
    find_window();
    exceptions::set_handler<Vector::debug>(strike);
    cpu::write_breakpoint<0>(window.places[0]);
    cpu::write_breakpoint<1>(window.places[1]);
    cpu::write_breakpoint<2>(window.places[2]);
    cpu::write_breakpoint<3>(window.places[3]);
    cpu::write_dr7(four_instructions);
}

// ---- What must not be trusted -----------------------------------------------------------------------------

// What the program's RBP points to. A backtrace that follows it says overwrite_caller_saved.
constinit std::array<std::uint64_t, 2> const* bait_frame = nullptr;

void enter_ring_3_with_bait(Block& block) {
    enter_ring_3(block);
    block.before.rbp = VirtAddr{bait_frame}.value();
}

}  // namespace

bool faults::is_way_back(ExceptionFrame const& frame) {
    return frame.is_from_user() && frame.vector() == Vector::page_fault &&
           frame.rip == VirtAddr{raise_after}.value();
}

Resolution faults::let_back(ExceptionFrame& frame) {
    constexpr std::uint64_t present_user_fetch = 0x15;
    expect("way back's error code", frame.error_code, present_user_fetch);
    expect("way back's ss", frame.ss, exceptions::user_data.raw());
    frame.cs = exceptions::kernel_code.raw();
    frame.ss = exceptions::kernel_data.raw();
    return Resolution::resumed;
}

void faults::expect_kernels_gs() {
    expect("handler's GS base", cpu::read_msr(Msr::gs_base), kernels_gs());
    expect("handler's other GS base", cpu::read_msr(Msr::kernel_gs_base), other_gs);
}

void faults::user(Kind const& kind) {
    prepare_ring_3();
    install_handler(*find_kind("page_fault_read"));  // for the way back
    auto const users_kind = in_ring_3(kind);
    install_handler(users_kind);
    raise_kind(users_kind, {.flags = flags_of(kind), .prepare = enter_ring_3});
    leave_ring_3();
}

void faults::user_window(Kind const& kind) {
    open_window();
    user(kind);
    expect("debug exceptions beside SWAPGS", window.struck, 0b1111);
}

void faults::user_without_stack(Kind const& kind) {
    constexpr std::uint64_t unmapped = 0x5ead'0000;
    prepare_ring_3();
    exceptions::set_kernel_stack(VirtAddr{unmapped});
    install_default_handler(kind);
    raise_kind(in_ring_3(kind), {.flags = flags_of(kind), .is_default = true, .prepare = enter_ring_3});
}

void faults::user_explained(Kind const& kind) {
    std::array<std::uint64_t, 2> const frame{0, std::bit_cast<std::uint64_t>(&overwrite_caller_saved) + 1};
    bait_frame = &frame;
    prepare_ring_3();
    install_default_handler(kind);
    exceptions::set_handler<Vector::page_fault>(only_let_back);
    raise_kind(in_ring_3(kind),
               {.flags = flags_of(kind), .is_default = true, .prepare = enter_ring_3_with_bait});
    leave_ring_3();
}
