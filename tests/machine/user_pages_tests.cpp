// What the kernel may not do with a user's pages, and a user with the kernel's tables: SMEP, SMAP, UMIP. Each is
// tried with the protection on, and once more with it switched off: so the attack is a real one.
#include "boot/image.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/features.hpp"
#include "cpu/fixup.hpp"
#include "cpu/interrupts.hpp"
#include "cpu/msr.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/segments.hpp"
#include "exceptions/start.hpp"
#include "memory/direct_map.hpp"
#include "own_map.hpp"
#include "seen_faults.hpp"
#include "suites.hpp"

#include <array>

using namespace pith;
using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;
using paging::KernelFrames;
using paging::KernelSpace;
using testing::check;
using testing::check_equal;
using tests::with_faults_seen;

extern "C" {
// entering.S
void enter_ring_3(std::uint64_t rip, std::uint64_t rsp);
extern std::byte const come_back[];
extern std::byte const kernel_task_state[];
}

namespace {

constexpr Page<PageSize::kib_4> users_code{VirtAddr{std::uint64_t{0x40'0000}}},
    users_stack{VirtAddr{std::uint64_t{0x50'0000}}};
constexpr std::uint8_t return_instruction = 0xc3, breakpoint_instruction = 0xcc, bait = 0x5a;

// Gives a user a page with these bytes.
void give_user(Page<PageSize::kib_4> page, std::span<std::uint8_t const> bytes, paging::Access access) {
    auto frame = frames::take<PageSize::kib_4>();
    check(frame.has_value());
    std::ranges::copy(bytes, physical_span<std::uint8_t>(frame->start(), page_bytes).begin());
    paging::with_kernel_space([&](KernelSpace& space, KernelFrames& source) {
        check(space.map(page, std::move(*frame), {.access = access, .owner = paging::Owner::user}, source)
                  .has_value());
    });
}

void take_from_user(Page<PageSize::kib_4> page) {
    paging::with_kernel_space([&](KernelSpace& space, KernelFrames& source) {
        auto stale = space.unmap(page);
        check(stale.has_value());
        source.give(std::move(*stale).flush(source));
    });
}

void with_users_page(std::span<std::uint8_t const> bytes, paging::Access access, auto&& test) {
    with_faults_seen([&] {
        give_user(users_code, bytes, access);
        test(users_code.start());
        take_from_user(users_code);
    });
}

void without(std::uint64_t protection, auto&& test) {
    check((cpu::read_cr4() & protection) != 0);
    cpu::write_cr4(cpu::read_cr4() & ~protection);
    test();
    cpu::write_cr4(cpu::read_cr4() | protection);
}

// ---- The kernel and a user's pages -----------------------------------------------------------------------

void the_kernel_does_not_run_a_users_code() {
    with_users_page(std::span{&return_instruction, 1}, paging::Access::read_execute, [](VirtAddr page) {
        tests::check_call_faults(page, tests::fetch_refused);
        without(cpu::cr4_no_user_execution, [&] {
            // SAFETY: because it is a return instruction, and may be run now.
            reinterpret_cast<void (*)()>(page.value())();
        });
        tests::check_call_faults(page, tests::fetch_refused);
    });
}

// With AC set it may: so whoever copies from a program says so.
template <typename Test>
void with_access_allowed(Test&& test) {
    asm volatile("stac" : : : "memory", "cc");
    test();
    asm volatile("clac" : : : "memory", "cc");
}

void the_kernel_does_not_touch_a_users_memory() {
    with_users_page(std::span{&bait, 1}, paging::Access::read_write, [](VirtAddr page) {
        tests::check_read_faults(page, tests::read_refused);
        tests::check_write_faults(page, tests::write_refused);
        with_access_allowed([&] {
            check_equal(cpu::try_read<std::uint8_t>(page).value_or(0), bait);
            check(cpu::try_write<std::uint8_t>(page, 1).has_value());
        });
        tests::check_read_faults(page, tests::read_refused);
        without(cpu::cr4_no_user_access,
                [&] { check_equal(cpu::try_read<std::uint8_t>(page).value_or(0), 1); });
    });
}

// ---- A user and the kernel's tables ----------------------------------------------------------------------

constinit std::optional<Vector> came_back_by;

// To come_back, in ring 0.
Resolution fetch_back(ExceptionFrame& frame) {
    if (!frame.is_from_user()) return Resolution::not_mine;
    came_back_by = frame.vector();
    frame.rip    = VirtAddr{come_back}.value();
    frame.cs     = exceptions::kernel_code.raw();
    frame.ss     = exceptions::kernel_data.raw();
    return Resolution::resumed;
}

Resolution fetch_back_after_fault(ExceptionFrame& frame, exceptions::SelectorError) {
    return fetch_back(frame);
}

alignas(16) constinit std::array<std::byte, 16384> stack_for_exceptions{};

using Code = std::array<std::uint8_t, 6>;
constexpr std::array<Code, 5> asking{{
    {0x0f, 0x01, 0x44, 0x24, 0xf0, breakpoint_instruction},                    // sgdt [rsp - 16]
    {0x0f, 0x01, 0x4c, 0x24, 0xf0, breakpoint_instruction},                    // sidt [rsp - 16]
    {0x0f, 0x00, 0xc0, breakpoint_instruction, breakpoint_instruction, 0xf4},  // sldt eax
    {0x0f, 0x01, 0xe0, breakpoint_instruction, breakpoint_instruction, 0xf4},  // smsw eax
    {0x0f, 0x00, 0xc8, breakpoint_instruction, breakpoint_instruction, 0xf4},  // str eax
}};

Vector run_in_ring_3(Code const& code) {
    give_user(users_code, code, paging::Access::read_execute);
    came_back_by.reset();
    enter_ring_3(users_code.start().value(), users_stack.start().value() + page_bytes);
    cpu::swap_gs();  // the way out gave GS to the user, and he has left
    check_equal(cpu::read_msr(cpu::Msr::gs_base), VirtAddr{kernel_task_state}.value());
    take_from_user(users_code);
    return came_back_by.value_or(Vector::nmi);
}

void users_cannot_ask_for_the_kernels_tables() {
    tests::move_into_own_map();
    exceptions::set_handler<Vector::breakpoint>(fetch_back);
    exceptions::set_handler<Vector::general_protection>(fetch_back_after_fault);
    exceptions::set_kernel_stack(VirtAddr{stack_for_exceptions.data()} + sizeof stack_for_exceptions);
    give_user(users_stack, {}, paging::Access::read_write);
    for (auto const& code : asking) {
        check(run_in_ring_3(code) == Vector::general_protection);
        without(cpu::cr4_no_user_descriptor_tables,
                [&] { check(run_in_ring_3(code) == Vector::breakpoint); });
    }
    take_from_user(users_stack);
    exceptions::clear_handler(Vector::breakpoint);
    exceptions::clear_handler(Vector::general_protection);
}

constexpr testing::Test list[] = {
    {"user_pages.the_kernel_does_not_run_a_users_code", the_kernel_does_not_run_a_users_code},
    {"user_pages.the_kernel_does_not_touch_a_users_memory", the_kernel_does_not_touch_a_users_memory},
    {"user_pages.users_cannot_ask_for_the_kernels_tables", users_cannot_ask_for_the_kernels_tables},
};

}  // namespace

constinit testing::Suite const tests::user_pages_suite = list;
