// Locks, guards and registers, on a real processor (or what stands for one).
#include "cpu/cpuid.hpp"
#include "cpu/port.hpp"
#include "cpu/random.hpp"
#include "cpu/registers.hpp"
#include "cpu/spinlock.hpp"
#include "cpu/time_stamp.hpp"
#include "suites.hpp"

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

// Interrupts are let through in these tests for a few instructions only, and no device has been told to send
// any; but firmware may have left the timer running. So its controllers are masked first.
void mask_all_interrupt_lines() {
    cpu::Port<std::uint8_t>{0x21}.write(0xff);
    cpu::Port<std::uint8_t>{0xa1}.write(0xff);
}

void a_guard_restores_what_was() {
    mask_all_interrupt_lines();
    cpu::enable_interrupts();
    {
        cpu::InterruptGuard const outer;
        check(!cpu::are_interrupts_enabled());
        {
            cpu::InterruptGuard const inner;
            check(!cpu::are_interrupts_enabled());
        }
        check(!cpu::are_interrupts_enabled());
    }
    check(cpu::are_interrupts_enabled());
    cpu::disable_interrupts();
}

void a_lock_masks_interrupts_while_it_is_held() {
    mask_all_interrupt_lines();
    cpu::Locked<int> value{std::in_place, 41};
    cpu::enable_interrupts();
    auto const was_enabled_inside = value.with([](int& number) {
        ++number;
        return cpu::are_interrupts_enabled();
    });
    check(cpu::are_interrupts_enabled());
    cpu::disable_interrupts();
    check(!was_enabled_inside);
    check_equal(value.with([](int& number) { return number; }), 42);
}

// The compiler's analysis would not let this pass, which is what it is there for.
__attribute__((no_thread_safety_analysis)) void a_held_lock_is_not_given_twice() {
    cpu::Spinlock lock;
    check(lock.try_lock());
    check(!lock.try_lock());
    lock.unlock();
    check(lock.try_lock());
    lock.unlock();
}

// The registers that a call must leave alone are filled with sentinels first, so that none can be mistaken.
void registers_are_captured() {
    cpu::Registers registers;
    std::uint64_t rsp = 0;
    asm volatile("mov %0, rsp\n"
                 "mov rbx, 0x1111\n mov r12, 0x1212\n mov r13, 0x1313\n mov r14, 0x1414\n mov r15, 0x1515\n"
                 "mov r8, 0x88\n mov r9, 0x99\n mov r10, 0x1010\n mov r11, 0x1a1a\n"
                 "mov rax, 0xaaaa\n mov rcx, 0xcccc\n mov rdx, 0xdddd\n mov rsi, 0x5151\n"
                 "call capture_registers\n"
                 : "=&m"(rsp)
                 : "D"(&registers)
                 : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
                   "memory");
    check_equal(registers.rax, 0xaaaaU);
    check_equal(registers.rbx, 0x1111U);
    check_equal(registers.rcx, 0xccccU);
    check_equal(registers.rdx, 0xddddU);
    check_equal(registers.rsi, 0x5151U);
    check_equal(registers.rdi, std::bit_cast<std::uint64_t>(&registers));
    check_equal(registers.r8, 0x88U);
    check_equal(registers.r9, 0x99U);
    check_equal(registers.r10, 0x1010U);
    check_equal(registers.r11, 0x1a1aU);
    check_equal(registers.r12, 0x1212U);
    check_equal(registers.r13, 0x1313U);
    check_equal(registers.r14, 0x1414U);
    check_equal(registers.r15, 0x1515U);
    check_equal(registers.rsp, rsp);
    check((registers.cr0 & 0x8000'0001) == 0x8000'0001);
    check(registers.cr3 != 0);
}

void the_time_stamp_goes_up() {
    auto const before = cpu::read_time_stamp();
    check(before < cpu::read_time_stamp());
}

void random_numbers_differ() {
    auto const first = cpu::random_number();
    check(first != cpu::random_number());
}

void the_processor_has_a_name() { check(!cpu::ProcessorName{}.text().empty()); }

constexpr testing::Test tests_of_cpu[] = {
    {"cpu.a_guard_restores_what_was", a_guard_restores_what_was},
    {"cpu.a_lock_masks_interrupts_while_it_is_held", a_lock_masks_interrupts_while_it_is_held},
    {"cpu.a_held_lock_is_not_given_twice", a_held_lock_is_not_given_twice},
    {"cpu.registers_are_captured", registers_are_captured},
    {"cpu.the_time_stamp_goes_up", the_time_stamp_goes_up},
    {"cpu.random_numbers_differ", random_numbers_differ},
    {"cpu.the_processor_has_a_name", the_processor_has_a_name},
};

}  // namespace

constinit testing::Suite const tests::cpu_suite = tests_of_cpu;
