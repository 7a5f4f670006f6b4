// Exercise 9.3: the manual's table, pair by pair.
#include "exercise.hpp"

#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exceptions::Vector;

namespace {

// Of each vector from 0 to 21: benign, contributory, page fault, double fault; not asked about.
constexpr std::string_view kinds = "cbbbbbbbd-ccccp-bbbbpc";

constexpr Outcome expected(char first, char second) {
    if (second == 'b' || first == 'b') return Outcome::one_after_the_other;
    if (first == 'd') return Outcome::shutdown;
    return first == 'c' && second == 'p' ? Outcome::one_after_the_other : Outcome::double_fault;
}

constexpr std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::one_after_the_other: return "the second alone";
        case Outcome::double_fault:        return "a double fault";
        case Outcome::shutdown:            return "a shutdown";
    }
    return "something unknown";
}

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();

    unsigned mistakes = 0;
    for (std::size_t first = 0; first < kinds.size(); ++first) {
        for (std::size_t second = 0; second < kinds.size(); ++second) {
            if (kinds[first] == '-' || kinds[second] == '-' || kinds[second] == 'd') continue;
            auto const one = static_cast<Vector>(first), other = static_cast<Vector>(second);
            auto const right = expected(kinds[first], kinds[second]), answer = outcome_of(one, other);
            if (answer == right || ++mistakes > 5) continue;
            println("{}, and then {}: {}, not {}", exceptions::name_of(one), exceptions::name_of(other),
                    name_of(right), name_of(answer));
        }
    }
    println("{}", mistakes == 0 ? "solved" : "there may be more");
    cpu::halt_forever();
}
