// What the processor itself checks of the kernel's calls, where the compiler's own check has been got around.
#include "branches.hpp"

#include "cpu/control_registers.hpp"
#include "cpu/hidden.hpp"
#include "cpu/msr.hpp"
#include "own_map.hpp"
#include "testing/test.hpp"

#include <bit>
#include <coroutine>

using namespace pith;
using testing::check;

namespace {

constinit unsigned calls = 0;

void count_call() { ++calls; }

// Calls as code does that knows nothing of kCFI.
[[clang::no_sanitize("kcfi"), gnu::noinline]] void call_unchecked(std::uint64_t address) {
    cpu::hidden(std::bit_cast<void (*)()>(address))();
}

// Inside of a function, where no branch may lead.
std::uint64_t behind_the_end_branch() { return std::bit_cast<std::uint64_t>(&count_call) + 4; }

void start(boot::Handoff const& handoff) {
    cpu::write_msr(cpu::Msr::control_flow_of_user, cpu::control_flow_end_branch);  // as a loader might
    tests::move_into_own_map(handoff);
    check((cpu::read_cr4() & cpu::cr4_control_flow) != 0);
    check(cpu::read_msr(cpu::Msr::control_flow) == cpu::control_flow_end_branch);
    check(cpu::read_msr(cpu::Msr::control_flow_of_user) == 0);
}

// A coroutine that is resumed twice: once by this file, through the pointer in its frame, and once to its end.
struct Steps {
    struct promise_type {  // NOLINT(readability-identifier-naming): the language's name
        Steps get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
        static void* operator new(std::size_t) { return place.data(); }
        static void operator delete(void*, std::size_t) {}
        alignas(16) static constinit inline std::array<std::byte, 256> place{};
    };
    std::coroutine_handle<promise_type> handle;
};
Steps two_steps() {
    count_call();
    co_await std::suspend_always{};
    count_call();
}

struct Base {
    virtual void call() = 0;

protected:
    ~Base() = default;
};
struct Derived final : Base {
    void call() override { count_call(); }
};

}  // namespace

// Pointers to functions, virtual functions, coroutines, handlers of exceptions: all begin with an ENDBR64.
void tests::tracked_branches_go_on(boot::Handoff const& handoff) {
    start(handoff);
    call_unchecked(std::bit_cast<std::uint64_t>(&count_call));
    Derived derived;
    cpu::hidden<Base*>(&derived)->call();
    auto const steps = two_steps();
    cpu::hidden(&steps)->handle.resume();
    cpu::hidden(&steps)->handle.resume();
    check(steps.handle.done());
    testing::check_equal(calls, 4U);
}

void tests::a_tracked_call_is_stopped(boot::Handoff const& handoff) {
    start(handoff);
    call_unchecked(behind_the_end_branch());
}

// An object with virtual functions begins with the address of its table: this one leads to a table of the attacker's.
void tests::a_tracked_virtual_call_is_stopped(boot::Handoff const& handoff) {
    start(handoff);
    std::uint64_t const table = behind_the_end_branch();
    Derived derived;
    // SAFETY: because it is the attack.
    *cpu::hidden(std::bit_cast<std::uint64_t*>(&derived)) = VirtAddr{&table}.value();
    cpu::hidden<Base*>(&derived)->call();
}

// A coroutine's frame begins with the address at which it goes on.
void tests::a_tracked_resumption_is_stopped(boot::Handoff const& handoff) {
    start(handoff);
    auto const steps = two_steps();
    // SAFETY: because it is the attack.
    *cpu::hidden(static_cast<std::uint64_t*>(steps.handle.address())) = behind_the_end_branch();
    cpu::hidden(&steps)->handle.resume();
}
