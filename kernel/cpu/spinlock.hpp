// A lock that waits by spinning, and a value that can be reached only by holding one.
//
// An interrupt handler that wants a lock which its own processor holds would wait for ever. So a lock masks
// interrupts for as long as it is held.
//
// Needs:     interrupts, halt.
// Promises:  at most one holder. A guard keeps interrupts off while it holds, and then lets them be as
//            before; who calls `lock` itself must see to that.
// Reference: clang, "Thread Safety Analysis"; Intel SDM vol. 3A "Locked Atomic Operations".
//
// (The attributes are spelled the old way, because only that way can they name a parameter.)
#pragma once

#include "cpu/halt.hpp"
#include "cpu/interrupts.hpp"

#include <atomic>
#include <cstdint>
#include <utility>

namespace pith::cpu {

// #region spinlock
class __attribute__((capability("spinlock"))) Spinlock {
public:
    constexpr Spinlock()                 = default;
    Spinlock(Spinlock const&)            = delete;
    Spinlock& operator=(Spinlock const&) = delete;

    void lock() __attribute__((acquire_capability())) {
        while ((held_.fetch_or(1, std::memory_order_acquire) & 1) != 0) [[unlikely]]
            wait();
    }
    bool try_lock() __attribute__((try_acquire_capability(true))) {
        return (held_.fetch_or(1, std::memory_order_acquire) & 1) == 0;
    }
    void unlock() __attribute__((release_capability())) { held_.store(0, std::memory_order_release); }

private:
    [[gnu::noinline]] void wait() const {
        while (held_.load(std::memory_order_relaxed) != 0) pause();
    }

    std::atomic<std::uint32_t> held_ = 0;  // one bit, which one instruction tests and sets
};
// #endregion spinlock

// #region guard
// Interrupts off, then the lock; on the way out the lock, then interrupts as before.
class [[nodiscard]] __attribute__((scoped_lockable)) SpinlockGuard {
public:
    explicit SpinlockGuard(Spinlock& lock) __attribute__((acquire_capability(lock))) : lock_{lock} {
        lock_.lock();
    }
    ~SpinlockGuard() __attribute__((release_capability())) { lock_.unlock(); }
    SpinlockGuard(SpinlockGuard const&)            = delete;
    SpinlockGuard& operator=(SpinlockGuard const&) = delete;

private:
    InterruptGuard interrupts_;  // first, so that it is undone last
    Spinlock& lock_;
};
// #endregion guard

// #region last-words
// Permission to pass a lock by: only who is taking the machine down has it. It is defined, and can be made,
// in console/panic.cpp only.
class LastWords;
// #endregion last-words

// #region locked
// A value behind a lock. The only way to it is `with`.
template <typename Value>
class Locked {
public:
    template <typename... Arguments>
    constexpr explicit Locked(std::in_place_t, Arguments&&... arguments)
        : value_{std::forward<Arguments>(arguments)...} {}

    // Calls `use` with the value, the lock held.
    template <typename Use>
    [[gnu::always_inline]] decltype(auto) with(Use&& use) {
        static_assert(!std::is_reference_v<decltype(use(value_))>, "a reference would outlive the lock");
        SpinlockGuard const guard{lock_};
        return std::forward<Use>(use)(value_);
    }

    // The same; but if somebody else holds the lock, nothing is called, and an empty result comes back. For
    // the few paths in which every instruction counts: it is spelled out, since with guards clang asks twice
    // how it went.
    template <typename Use>
    [[gnu::always_inline]] auto with_at_once(Use&& use) __attribute__((no_thread_safety_analysis)) {
        using Result            = decltype(use(value_));
        bool const were_enabled = are_interrupts_enabled();
        disable_interrupts();
        if (lock_.try_lock()) [[likely]] {
            auto const result = use(value_);
            lock_.unlock();
            if (result) [[likely]] {
                if (were_enabled) enable_interrupts();
                return result;
            }
        }
        if (were_enabled) enable_interrupts();
        return Result{};
    }

    // The same for a `use` that gives nothing: false if somebody else holds the lock. For whoever may have
    // interrupted the holder.
    template <typename Use>
    bool try_with(Use&& use) {
        InterruptGuard const interrupts;
        if (!lock_.try_lock()) return false;
        std::forward<Use>(use)(value_);
        lock_.unlock();
        return true;
    }

    // The value without its lock, which its holder may never give back: for panic.
    Value& seize(LastWords const&) __attribute__((no_thread_safety_analysis)) { return value_; }

private:
    Spinlock lock_;
    Value value_ __attribute__((guarded_by(lock_)));
};
// #endregion locked

}  // namespace pith::cpu
