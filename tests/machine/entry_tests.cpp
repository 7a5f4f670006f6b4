// What an exception finds and leaves in GS and CR2, wherever it strikes. In ring 3, and with all other
// registers watched: tests/faults, contexts "user" and "user_window".
#include "boot/boot_map.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/cpuid.hpp"
#include "cpu/interrupts.hpp"
#include "cpu/msr.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/segments.hpp"
#include "exceptions/start.hpp"
#include "exceptions/stubs.inc"
#include "suites.hpp"

#include <array>

using namespace pith;
using cpu::Msr;
using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;
using testing::check;
using testing::check_equal;

extern "C" {
extern std::byte const kernel_task_state[], exception_left_entry_stack[];
extern std::byte const critical_stack_top[], nmi_entry_stack_top[];

// entering.S: goes on at `rip`, and returns when that has gone on at come_back.
void enter(std::uint64_t rip, std::uint64_t rsp, std::uint64_t flags);
extern std::byte const come_back[], raise_machine_check[];

// entering.S: the sixteen registers of 256 bits, at once.
using WideVectors = std::array<std::array<std::uint64_t, 4>, 16>;
void fill_wide_vectors(WideVectors const& from);
void store_wide_vectors(WideVectors& to);
}

namespace {

constexpr std::uint64_t users_gs = 0x1234'5678'9000, someones_address = 0x5eed'0000;

std::uint64_t kernels_gs() { return VirtAddr{kernel_task_state}.value(); }

// The two bases as they are between an entry from a user program and its SWAPGS.
class UsersGs {
public:
    UsersGs() {
        cpu::write_msr(Msr::kernel_gs_base, users_gs);
        cpu::swap_gs();
        check_equal(cpu::read_msr(Msr::kernel_gs_base), kernels_gs());
    }
    ~UsersGs() {
        check_equal(cpu::read_msr(Msr::gs_base), users_gs);
        check_equal(cpu::read_msr(Msr::kernel_gs_base), kernels_gs());
        cpu::swap_gs();
    }
    UsersGs(UsersGs const&)            = delete;
    UsersGs& operator=(UsersGs const&) = delete;
};

constinit unsigned handled = 0;

void check_gs() {
    check_equal(cpu::read_msr(Msr::gs_base), kernels_gs());
    check_equal(cpu::read_msr(Msr::kernel_gs_base), users_gs);
}

Resolution expect_kernels_gs(ExceptionFrame&) {
    check_gs();
    ++handled;
    return Resolution::resumed;
}

void expect_in_all_handlers() {
    exceptions::set_handler<Vector::debug>(expect_kernels_gs);
    exceptions::set_handler<Vector::nmi>(expect_kernels_gs);
    exceptions::set_handler<Vector::machine_check>(expect_kernels_gs);
}

void raise_all() { asm volatile("int 1\n int 2\n int 18" : : : "memory"); }

void the_kernel_has_a_gs_base() {
    check_equal(cpu::read_msr(Msr::gs_base), kernels_gs());
    check_equal(cpu::read_msr(Msr::kernel_gs_base), 0U);
}

void a_users_gs_is_swapped_anywhere() {
    expect_in_all_handlers();
    {
        UsersGs const gs;
        raise_all();
    }
    check_equal(handled, 3U);
}

void the_kernels_gs_is_not_swapped() {
    expect_in_all_handlers();
    cpu::write_msr(Msr::kernel_gs_base, users_gs);
    raise_all();
    check_equal(handled, 3U);
    check_gs();
}

constexpr std::uint64_t direction_and_alignment = 0x4'0400;

void a_double_fault_handler_has_the_kernels_gs() {
    exceptions::set_handler<Vector::double_fault>(
        [](ExceptionFrame&, exceptions::OtherError) -> exceptions::Never {
            console::panic("GS is {}, and {:#x} left of the flags",
                           cpu::read_msr(Msr::gs_base) == kernels_gs() ? "the kernel's" : "not",
                           cpu::read_rflags() & direction_and_alignment);
        });
    UsersGs const gs;
    asm volatile("push %0\n popfq\n int 8" : : "r"(direction_and_alignment));
}

// ---- Exceptions that strike while another one enters or leaves --------------------------------------------

constexpr std::uint64_t trap_flag = 1U << 8, no_flags = 2;

// The frame of an NMI that has interrupted the program at come_back, at the top of a stack.
std::uint64_t put_frame_below(std::byte const* top) {
    auto const place = VirtAddr{top}.value() - sizeof(ExceptionFrame);
    // SAFETY: because this layer's stacks are free while no exception is under way.
    auto& frame         = *std::bit_cast<ExceptionFrame*>(place);
    frame               = {};
    frame.vector_number = VECTOR_NMI;
    frame.rip           = VirtAddr{come_back}.value();
    frame.cs            = exceptions::kernel_code.raw();
    frame.rflags        = no_flags;
    frame.rsp           = someones_address;
    frame.ss            = exceptions::kernel_data.raw();
    return place;
}

// The SWAPGS of the way in and of the way out, and what is behind each.
struct Window {
    std::array<std::uint64_t, 4> places{};
    std::array<bool, 4> stepped{};
};
constinit Window window{};

void find_window() {
    constexpr std::array<std::uint8_t, 3> swapgs{0x0f, 0x01, 0xf8};
    std::size_t found = 0;
    for (auto at = VirtAddr{exception_left_entry_stack}.value(); found < window.places.size(); ++at) {
        // SAFETY: because it is the kernel's code, which can be read.
        auto const* const bytes = std::bit_cast<std::array<std::uint8_t, 3> const*>(at);
        if (*bytes != swapgs) continue;
        window.places[found++] = at;
        window.places[found++] = at + swapgs.size();
    }
}

Resolution note_step(ExceptionFrame& frame) {
    cpu::write_dr6(cpu::dr6_at_rest);
    for (std::size_t index = 0; index < window.places.size(); ++index) {
        window.stepped[index] |= frame.rip == window.places[index];
    }
    return expect_kernels_gs(frame);
}

// Single steps, each a debug exception, through all that follows when an NMI has left its small stack: in
// ring 0, with a user's GS.
void an_exception_beside_each_swap_has_the_kernels_gs() {
    find_window();
    exceptions::set_handler<Vector::debug>(note_step);
    exceptions::set_handler<Vector::nmi>(expect_kernels_gs);
    auto const frame = put_frame_below(critical_stack_top);
    {
        UsersGs const gs;
        enter(VirtAddr{exception_left_entry_stack}.value(), frame, no_flags | trap_flag);
    }
    for (bool const is_stepped : window.stepped) check(is_stepped);
}

// The NMI's frame is still on its small stack, however much of it, and the second exception moves both.
void an_exception_on_the_way_in_has_the_kernels_gs() {
    constexpr unsigned pushed_by_processor = 5, words = sizeof(ExceptionFrame) / 8;
    expect_in_all_handlers();
    for (auto pushed = pushed_by_processor; pushed <= words; ++pushed) {
        put_frame_below(nmi_entry_stack_top);
        handled = 0;
        {
            UsersGs const gs;
            enter(VirtAddr{raise_machine_check}.value(), VirtAddr{nmi_entry_stack_top}.value() - 8 * pushed,
                  no_flags);
        }
        check_equal(handled, 2U);
    }
}

// ---- CR2 --------------------------------------------------------------------------------------------------

alignas(4096) constinit std::array<std::uint64_t, 512> on_demand{};

PITH_PAGE_FAULT_RESOLVER Resolution map_on_demand(exceptions::PageFault const&) {
    boot::allow_page(VirtAddr{on_demand.data()});
    return Resolution::resumed;
}

// It leaves CR2 with an address of its own.
Resolution have_a_page_fault(ExceptionFrame&) {
    boot::forbid_page(VirtAddr{on_demand.data()});
    auto volatile& number = on_demand[17];
    number                = ++handled;
    check_equal(cpu::read_cr2(), VirtAddr{&on_demand[17]}.value());
    return Resolution::resumed;
}

void what_strikes_anywhere_leaves_cr2() {
    exceptions::set_page_fault_resolver(map_on_demand);
    exceptions::set_handler<Vector::debug>(have_a_page_fault);
    exceptions::set_handler<Vector::nmi>(have_a_page_fault);
    exceptions::set_handler<Vector::machine_check>(have_a_page_fault);
    cpu::write_cr2(someones_address);
    asm volatile("int 1" : : : "memory");
    check_equal(cpu::read_cr2(), someones_address);
    asm volatile("int 2" : : : "memory");
    check_equal(cpu::read_cr2(), someones_address);
    asm volatile("int 18" : : : "memory");
    check_equal(cpu::read_cr2(), someones_address);
    check_equal(handled, 3U);
}

// ---- What FXSAVE does not know, so that the fault matrix does not see it ----------------------------------

bool has_wide_vectors() {
    constexpr std::uint32_t xsave = 1U << 26, avx = 1U << 28;
    return (cpu::cpuid(1).ecx & (xsave | avx)) == (xsave | avx);
}

void wide_vectors_stay() {
    if (!has_wide_vectors()) return console::println("(this processor has none)");
    WideVectors before{}, after{};
    for (std::uint64_t number = 1; auto& vector : before) {
        for (auto& word : vector) word = number++ * 0x0101'0101'0101'0101;
    }
    exceptions::install_default_handlers();
    exceptions::set_page_fault_resolver(map_on_demand);
    boot::forbid_page(VirtAddr{on_demand.data()});
    auto volatile& number = on_demand[17];
    fill_wide_vectors(before);
    asm volatile("int3\n int 1\n int 2\n int 0x80" : : : "memory");
    number = 1;
    store_wide_vectors(after);
    check(before == after);
}

constexpr testing::Test tests_of_entries[] = {
    {"entries.wide_vectors_stay", wide_vectors_stay},
    {"entries.the_kernel_has_a_gs_base", the_kernel_has_a_gs_base},
    {"entries.a_users_gs_is_swapped_anywhere", a_users_gs_is_swapped_anywhere},
    {"entries.the_kernels_gs_is_not_swapped", the_kernels_gs_is_not_swapped},
    {"entries.a_double_fault_handler_has_the_kernels_gs", a_double_fault_handler_has_the_kernels_gs,
     "GS is the kernel's, and 0x0 left of the flags"},
    {"entries.an_exception_beside_each_swap_has_the_kernels_gs",
     an_exception_beside_each_swap_has_the_kernels_gs},
    {"entries.an_exception_on_the_way_in_has_the_kernels_gs", an_exception_on_the_way_in_has_the_kernels_gs},
    {"entries.what_strikes_anywhere_leaves_cr2", what_strikes_anywhere_leaves_cr2},
};

}  // namespace

constinit testing::Suite const tests::entries_suite = tests_of_entries;
