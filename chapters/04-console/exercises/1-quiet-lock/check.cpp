// Calls with_lock with interrupts on and off, and one inside the other.
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "cpu/port.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

constinit WatchedLock lock, inner_lock;
constinit bool is_right     = true;
constinit unsigned uses     = 0;
constinit bool takes_second = false;

void expect(bool condition, std::string_view otherwise) {
    if (condition) return;
    println("wrong: {}", otherwise);
    is_right = false;
}

void inner_use() {
    ++uses;
    expect(inner_lock.is_held(), "the inner lock is not held while it is used");
}

void use() {
    ++uses;
    expect(lock.is_held(), "the lock is not held while it is used");
    expect(!cpu::are_interrupts_enabled(), "interrupts are on while the lock is held");
    if (!takes_second) return;
    with_lock(inner_lock, inner_use);
    expect(!cpu::are_interrupts_enabled(),
           "who gave back the inner lock has let interrupts in, and the outer one is still held");
}

void try_with(bool are_enabled, bool is_nested) {
    println("interrupts {}{}:", are_enabled ? "on" : "off", is_nested ? ", one lock in another" : "");
    takes_second      = is_nested;
    auto const before = uses;
    if (are_enabled) cpu::enable_interrupts();
    with_lock(lock, use);
    bool const were_left_enabled = cpu::are_interrupts_enabled();
    cpu::disable_interrupts();
    expect(uses == before + (is_nested ? 2 : 1), "`use` was not called once");
    expect(!lock.is_held(), "the lock is still held afterwards");
    expect(were_left_enabled == are_enabled, "afterwards interrupts are not as they were");
}

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    // No device may interrupt: nobody could take it yet.
    constexpr cpu::Port<std::uint8_t> first_mask{0x21}, second_mask{0xa1};
    first_mask.write(0xff);
    second_mask.write(0xff);
    for (bool const is_nested : {false, true}) {
        try_with(true, is_nested);
        try_with(false, is_nested);
    }
    is_right = is_right && !lock.was_used_wrongly() && !inner_lock.was_used_wrongly();
    if (is_right) println("solved");
    cpu::halt_forever();
}
