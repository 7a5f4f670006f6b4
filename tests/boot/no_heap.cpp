// A kernel without the heap's layer that allocates: what it lacks is said.
#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"

#include <string>

using namespace pith;

namespace {

// The compiler must not know how long it is: a short text needs no heap.
[[gnu::noinline]] std::string line_of(std::size_t length) { return std::string(length, '-'); }

}  // namespace

void kernel_main(boot::Start start) {
    console::start();
    console::println("{}", line_of(start.information.value() == 0 ? 1 : 40));
    cpu::halt_forever();
}
