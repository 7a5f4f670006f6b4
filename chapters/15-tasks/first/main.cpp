// The smallest coroutine that waits: what the compiler asks of its type, and when. Each piece says when it is
// called.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <coroutine>
#include <utility>

using namespace pith;
using console::println;

namespace {

// #region walk
// What a call of a coroutine returns.
class Walk {
public:
    // The compiler looks for a type of this name, and makes one object of it for each call.
    struct promise_type {  // NOLINT(readability-identifier-naming): the name is the language's
        Walk get_return_object() {
            println("    promise: what shall the call return?");
            return Walk{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept {
            println("    promise: wait before the body?   yes");
            return {};
        }
        std::suspend_always final_suspend() noexcept {
            println("    promise: wait behind the body?   yes");
            return {};
        }
        void return_void() { println("    promise: the body has returned"); }
        void unhandled_exception() {}  // there are none
    };

    explicit Walk(std::coroutine_handle<promise_type> frame) : frame_{frame} {}
    Walk(Walk const&)            = delete;
    Walk& operator=(Walk const&) = delete;
    ~Walk() { frame_.destroy(); }

    void go_on() { frame_.resume(); }
    bool is_over() const { return frame_.done(); }

private:
    std::coroutine_handle<promise_type> frame_;
};
// #endregion walk

// #region bench
// What can be awaited.
struct Bench {
    bool await_ready() {
        println("    awaiter: is there nothing to wait for?   no, there is");
        return false;
    }
    void await_suspend(std::coroutine_handle<>) { println("    awaiter: it waits now"); }
    int await_resume() {
        println("    awaiter: it goes on; what did it wait for?   42");
        return 42;
    }
};
// #endregion bench

// #region coroutine
struct Hat {
    Hat() { println("  walk: a local variable begins"); }
    ~Hat() { println("  walk: the local variable ends"); }
    Hat(Hat const&)            = delete;
    Hat& operator=(Hat const&) = delete;
};

Walk take_a_walk() {
    Hat const hat;
    int const answer = co_await Bench{};
    println("  walk: the answer is {}", answer);
}
// #endregion coroutine

// #region use
void walk_to_the_end() {
    println("The function is called.");
    auto walk = take_a_walk();
    println("The call has returned. Go on!");
    walk.go_on();
    println("Back again; it is {}. Go on!", walk.is_over() ? "over" : "not over");
    walk.go_on();
    println("Back again; it is {}.", walk.is_over() ? "over" : "not over");
}

void turn_back() {
    println("\nAnother one.");
    auto walk = take_a_walk();
    walk.go_on();
    println("It waits, and is destroyed where it is.");
}
// #endregion use

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);  // a frame is a block of the heap
    paging::start(handoff);
    walk_to_the_end();
    turn_back();
    println("It is gone.");
    cpu::halt_forever();
}
