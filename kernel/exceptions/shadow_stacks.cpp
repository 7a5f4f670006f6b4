#include "exceptions/shadow_stacks.hpp"

#include "base/sealed.hpp"
#include "console/stacks.hpp"
#include "cpu/features.hpp"
#include "exceptions/stubs.inc"
#include "exceptions/task_state.hpp"
#include "log/log.hpp"

#include <array>

// shadow_stacks.S has these. They are addresses.
extern "C" {
extern std::byte kernel_shadow_bottom[], kernel_shadow_top[];
extern std::byte double_fault_shadow_bottom[], double_fault_shadow_top[];
extern std::byte entries_shadow_bottom[], entries_shadow_top[];
}

namespace pith::exceptions {
namespace {

constinit std::array<console::KnownStack, 3> stacks{};

// The processor's: where each interrupt's shadow stack has its token, by the stack's number.
PITH_SEALED constinit std::array<std::uint64_t, 8> token_addresses{};

std::uint64_t& token_address(InterruptStack stack) {
    return token_addresses.at(static_cast<std::size_t>(stack));
}

// The processor refuses a token and three words that lie on both sides of a multiple of 32.
static_assert(DOUBLE_FAULT_SHADOW_SIZE % 32 == 0 && ENTRY_SHADOW_SIZE % 32 == 0);

void add_stack(console::KnownStack& stack, std::string_view name, void const* bottom, void const* top) {
    stack = {.name = name, .bottom = VirtAddr{bottom}, .top = VirtAddr{top}};
    console::register_stack(stack);
}

// A stack that is not in use. Returns where it begins.
std::uint64_t write_token_below(std::uint64_t top) {
    auto const address = top - sizeof(std::uint64_t);
    // SAFETY: because until paging::start the shadow stacks are pages like others, and nobody uses them.
    *std::bit_cast<std::uint64_t*>(address) = address;
    return address;
}

}  // namespace

void prepare_shadow_stacks() {
    add_stack(stacks[0], "kernel's shadow", kernel_shadow_bottom, kernel_shadow_top);
    add_stack(stacks[1], "double fault shadow", double_fault_shadow_bottom, double_fault_shadow_top);
    add_stack(stacks[2], "entries' shadow", entries_shadow_bottom, entries_shadow_top);
    auto const entries = stacks[2].bottom.value();

    // The kernel's own is no interrupt's: its token has the place that the processor does not look at.
    token_address(InterruptStack::none)          = write_token_below(stacks[0].top.value());
    token_address(InterruptStack::double_fault)  = write_token_below(stacks[1].top.value());
    token_address(InterruptStack::nmi)           = write_token_below(entries + 1 * ENTRY_SHADOW_SIZE);
    token_address(InterruptStack::machine_check) = write_token_below(entries + 2 * ENTRY_SHADOW_SIZE);
    token_address(InterruptStack::debug)         = write_token_below(entries + 3 * ENTRY_SHADOW_SIZE);
}

std::uint64_t detail::tell_of_shadow_stacks() {
    require(token_address(InterruptStack::none) != 0, "shadow stacks are prepared before they are used");
    if (!cpu::memory_features().shadow_stacks) return 0;
    cpu::write_msr(cpu::Msr::shadow_stack_table, VirtAddr{token_addresses.data()}.value());
    cpu::write_msr(cpu::Msr::kernel_shadow_stack, token_address(InterruptStack::none));
    return cpu::read_msr(cpu::Msr::control_flow) | cpu::control_flow_shadow_stack |
           cpu::control_flow_shadow_writes;
}

void print_shadow_stacks() {
    if (cpu::read_shadow_stack_pointer() != 0) log::found("returns", "compared with shadow stacks");
}

}  // namespace pith::exceptions
