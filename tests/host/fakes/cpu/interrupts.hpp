// On the host, in the place of kernel/cpu/interrupts.hpp: there are no interrupts, and a guard remembers that
// it is there.
#pragma once

namespace pith::cpu {

inline thread_local bool interrupts_enabled = true;

inline bool are_interrupts_enabled() { return interrupts_enabled; }
inline void disable_interrupts() { interrupts_enabled = false; }
inline void enable_interrupts() { interrupts_enabled = true; }

class [[nodiscard]] InterruptGuard {
public:
    InterruptGuard() : were_enabled_{interrupts_enabled} { disable_interrupts(); }
    ~InterruptGuard() { interrupts_enabled = were_enabled_; }
    InterruptGuard(InterruptGuard const&)            = delete;
    InterruptGuard& operator=(InterruptGuard const&) = delete;

private:
    bool were_enabled_;
};

}  // namespace pith::cpu
