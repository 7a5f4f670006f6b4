// The benchmark kernel of the heap: what new and delete cost, in instructions of the guest.
//
// Run by `./pith bench heap`.
#include "console/start.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "measure.hpp"
#include "paging/kernel_map.hpp"
#include "testing/emulator_exit.hpp"

#include <new>

using namespace pith;

namespace {

// Called as functions, since the compiler may leave out a new that is followed by its delete.
constexpr auto pair = [] { ::operator delete(::operator new(64), std::size_t{64}); };

constexpr auto nothing = [] { asm volatile(""); };

}  // namespace

void kernel_main(boot::Start start) {
    console::start();
    exceptions::start();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    bench::report("heap-pair", pair, nothing);
    testing::exit_emulator(testing::Outcome::passed);
}
