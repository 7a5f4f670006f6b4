// Checks exercise 15.1.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "frames/start.hpp"
#include "heap/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <string_view>
#include <utility>

using namespace pith;
using console::println;
using exercise::Witness;

namespace {

bool expect(bool is_so, std::string_view otherwise) {
    if (!is_so) println("{}", otherwise);
    return is_so;
}

bool begins_when_it_is_asked() {
    auto numbers = exercise::count(1, 3);
    if (!expect(Witness::begun == 0, "the call of count runs its body: nothing should run before next()"))
        return false;
    auto const first = numbers.next();
    return expect(first == 1,
                  first ? "the first of count(1, 3) is not 1" : "count(1, 3) gives no first number");
}

bool gives_all_and_then_nothing() {
    auto numbers = exercise::count(5, 7);
    for (int wanted = 5; wanted <= 7; ++wanted) {
        if (!expect(numbers.next() == wanted, "count(5, 7) does not give 5, 6, 7")) return false;
    }
    for (int often = 0; often < 3; ++often) {
        if (!expect(!numbers.next(), "behind its last number a generator gives another")) return false;
    }
    auto none = exercise::count(1, 0);
    return expect(!none.next(), "count(1, 0) gives a number, and has none");
}

bool moves() {
    auto first = exercise::count(1, 2);
    static_cast<void>(first.next());
    auto second = std::move(first);
    return expect(second.next() == 2, "a generator that was moved does not go on where it was");
}

bool nests() {
    auto squares = exercise::squares_of(exercise::count(1, 1000));
    for (int root = 1; root <= 10; ++root) {
        if (!expect(squares.next() == root * root, "squares_of(count(1, 1000)) does not give squares"))
            return false;
    }
    return expect(Witness::alive == 2, "two bodies should wait in their midst now");
}

// Whatever was not asked to its end has gone with its generator.
bool leaves_nothing(std::size_t blocks_before) {
    auto const left = heap::statistics().used_blocks - blocks_before;
    if (left != 0) println("{} blocks of the heap are still in use", left);
    return expect(Witness::alive == 0, "local variables of a body were not destroyed") &&
           expect(left == 0, "a generator should take its frame with it");
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    auto const blocks_before = heap::statistics().used_blocks;
    if (begins_when_it_is_asked() && gives_all_and_then_nothing() && moves() && nests() &&
        leaves_nothing(blocks_before))
        println("solved");
    cpu::halt_forever();
}
