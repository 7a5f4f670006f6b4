// An entry without an assembly file: by an attribute of the compiler, and by a naked function.
#include "../by-hand/gate.hpp"
#include "../by-hand/steps.hpp"
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

// #region interrupted
// What the processor pushes.
struct Interrupted {
    std::uint64_t rip, cs, rflags, rsp, ss;
};
// #endregion interrupted

}  // namespace

extern "C" void say_where(Interrupted const& program);

// #region attribute
[[gnu::interrupt]] static void by_attribute(Interrupted* program) {
    println("by an attribute: the program goes on at {:#x}", program->rip);
}
// #endregion attribute

// #region naked
[[gnu::naked]] static void by_naked_function() {
    asm("push rax\n"
        "push rcx\n"
        "push rdx\n"
        "push rsi\n"
        "push rdi\n"
        "push r8\n"
        "push r9\n"
        "push r10\n"
        "push r11\n"
        "cld\n"
        "lea rdi, [rsp + 9 * 8]\n"
        "call say_where\n"
        "pop r11\n"
        "pop r10\n"
        "pop r9\n"
        "pop r8\n"
        "pop rdi\n"
        "pop rsi\n"
        "pop rdx\n"
        "pop rcx\n"
        "pop rax\n"
        "iretq");
}

void say_where(Interrupted const& program) {
    println("by a naked function: the program goes on at {:#x}", program.rip);
}
// #endregion naked

// #region main
void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    load_table();

    // SAFETY: because only the processor enters there.
    set_gate(3, reinterpret_cast<void (*)()>(by_attribute));
    asm volatile("int3");
    set_gate(3, by_naked_function);
    asm volatile("int3");
    println("the end");
    cpu::halt_forever();
}
// #endregion main
