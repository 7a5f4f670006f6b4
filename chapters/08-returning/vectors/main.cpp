// Chapter 8: a handler that uses vector registers. The entry does not save them: nobody told it to.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/fixup.hpp"
#include "cpu/halt.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;

namespace {

// #region handler
struct Reading {
    std::uint64_t time, value;
};

constinit Reading reading{.time = 7, .value = 42}, last{};

// vectors.S
extern "C" void copy_reading(Reading& to, Reading const& from);
extern "C" std::uint64_t keep_in_vector(std::uint64_t number);

Resolution take_a_note(ExceptionFrame&) {
    copy_reading(last, reading);
    return Resolution::resumed;
}
// #endregion handler

// #region try
void try_vector_instruction() {
    std::uint64_t fault = 0;
    asm volatile(PITH_MAY_FAULT("xorps xmm0, xmm0") : "=&D"(fault) : : "memory");
    if (fault == 0) return println("a vector instruction runs");
    println("a vector instruction: {}", exceptions::name_of(static_cast<Vector>(cpu::Fault{fault}.vector())));
}
// #endregion try

}  // namespace

// #region main
void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::set_handler<Vector::breakpoint>(take_a_note);

    try_vector_instruction();
    println("vector registers are switched on");
    cpu::write_cr4(cpu::read_cr4() | cpu::cr4_fxsave);
    try_vector_instruction();
    println("in the vector register: of 0x1234 is left {:#x}", keep_in_vector(0x1234));
    cpu::halt_forever();
}
// #endregion main
