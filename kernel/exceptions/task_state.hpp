// The task state segment: in 64-bit mode, a list of stacks.
//
// Needs:     memory (addresses).
// Reference: Intel SDM vol. 3A "Task Management in 64-bit Mode", "Interrupt Stack Table".
#pragma once

#include "memory/address.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace pith::exceptions {

// #region stacks
// One of the seven stacks that a gate can ask for. The hardware counts them from 1, and 0 means none.
enum class InterruptStack : std::uint8_t {
    none          = 0,
    double_fault  = 1,
    nmi           = 2,
    machine_check = 3,
    debug         = 4
};
// #endregion stacks

// #region fields
// The fields stand at odd multiples of 4: hence packed.
class [[gnu::packed]] TaskState {
public:
    constexpr TaskState() = default;

    // `stack` grows down from `top`.
    void set_interrupt_stack(InterruptStack stack, VirtAddr top) {
        interrupt_stacks_.at(static_cast<std::size_t>(stack) - 1).top = top.value();
    }
    // Where the processor goes on when an exception interrupts a user program.
    void set_kernel_stack(VirtAddr top) { privilege_stacks_[0].top = top.value(); }

private:
    friend struct TaskStateLayout;

    // Eight bytes that lie anywhere: C++ allows no reference to a number at an odd multiple of 4.
    struct [[gnu::packed]] Stack {
        std::uint64_t top = 0;
    };

    [[maybe_unused]] std::uint32_t reserved_0_ = 0;
    std::array<Stack, 3> privilege_stacks_{};
    [[maybe_unused]] std::uint64_t reserved_1_ = 0;
    std::array<Stack, 7> interrupt_stacks_{};
    [[maybe_unused]] std::uint64_t reserved_2_ = 0;
    [[maybe_unused]] std::uint16_t reserved_3_ = 0;
    [[maybe_unused]] std::uint16_t io_permissions_ =
        104;  // behind the end: no port is allowed to user programs
};

struct TaskStateLayout {
    static_assert(sizeof(TaskState) == 104);
    static_assert(offsetof(TaskState, privilege_stacks_) == 4 &&
                  offsetof(TaskState, interrupt_stacks_) == 36);
    static_assert(offsetof(TaskState, io_permissions_) == 102);
};
// #endregion fields

}  // namespace pith::exceptions
