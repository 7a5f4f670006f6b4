// Interrupts of this processor: off, on, and off for a while.
//
// Needs:     nothing.
// Promises:  an InterruptGuard leaves the interrupt flag as it found it.
// Reference: Intel SDM vol. 2 "CLI", "STI", "PUSHF"; vol. 3A "Masking Maskable Hardware Interrupts".
#pragma once

#include <cstdint>

namespace pith::cpu {

inline std::uint64_t read_rflags() {
    std::uint64_t flags;
    asm volatile("pushfq\n pop %0" : "=r"(flags) : : "memory");
    return flags;
}

inline bool are_interrupts_enabled() { return (read_rflags() & (1U << 9)) != 0; }

inline void disable_interrupts() { asm volatile("cli" : : : "memory"); }
inline void enable_interrupts() { asm volatile("sti" : : : "memory"); }

// #region guard
// Keeps interrupts off while it lives.
class [[nodiscard]] InterruptGuard {
public:
    InterruptGuard() : were_enabled_{are_interrupts_enabled()} { disable_interrupts(); }
    ~InterruptGuard() {
        if (were_enabled_) enable_interrupts();
    }
    InterruptGuard(InterruptGuard const&)            = delete;
    InterruptGuard& operator=(InterruptGuard const&) = delete;

private:
    bool were_enabled_;
};
// #endregion guard

}  // namespace pith::cpu
