// What the exercise is about: a plain lock, which writes down how it was used.
#pragma once

#include "console/print.hpp"
#include "cpu/interrupts.hpp"

class WatchedLock {
public:
    void lock() {
        if (is_held_) is_wrong("the lock is taken twice");
        if (pith::cpu::are_interrupts_enabled())
            is_wrong("the lock is taken with interrupts on: one may come right behind it");
        is_held_ = true;
    }
    void unlock() {
        if (!is_held_) is_wrong("the lock is given back, and was not held");
        if (pith::cpu::are_interrupts_enabled())
            is_wrong("interrupts are on again before the lock is given back");
        is_held_ = false;
    }

    bool is_held() const { return is_held_; }
    bool was_used_wrongly() const { return was_used_wrongly_; }

private:
    void is_wrong(std::string_view what) {
        pith::console::println("wrong: {}", what);
        was_used_wrongly_ = true;
    }

    bool is_held_ = false, was_used_wrongly_ = false;
};

// Calls `use` while it holds the lock. No interrupt comes in between; afterwards they are as they were.
void with_lock(WatchedLock& lock, void (*use)());
