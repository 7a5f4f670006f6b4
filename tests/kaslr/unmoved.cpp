// A kernel that is not moved when it boots may ask where it is all the same: where it is linked.
#include "boot/placement.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"

using namespace pith;

void kernel_main(boot::Start) {
    console::start();
    auto const places = boot::places();
    console::println("{:#x} behind, direct map {}, {}", places.image_slide(), places.direct_map_start(),
                     boot::explain(places.draw));
    cpu::halt_forever();
}
