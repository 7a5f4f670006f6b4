// What exercise 15.2 asks for.
#pragma once

#include "tasks/task.hpp"
#include "tasks/waiting.hpp"

namespace exercise {

// A gate to a room with few places: co_await gate.enter(); ...; gate.leave();
class Gate {
public:
    explicit Gate(unsigned places) : free_{places} {}
    Gate(Gate const&)            = delete;
    Gate& operator=(Gate const&) = delete;

    // Yours. Waits until a place is free, and takes it.
    pith::tasks::Task<> enter();
    // Yours. Gives it back. Who waits goes on soon.
    void leave();

    unsigned free() const { return free_; }

private:
    unsigned free_;
    pith::tasks::WaitList waiting_;
};

}  // namespace exercise
