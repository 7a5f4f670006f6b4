// The benchmark kernel of starting: from the memory map to an allocator of frames, to the kernel's own map, and to the
// proof of it, in instructions of the guest. Each happens once; what it costs depends on the machine.
//
// Run by `./pith bench starting`.
#include "console/start.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "measure.hpp"
#include "paging/audit.hpp"
#include "paging/kernel_map.hpp"
#include "paging/seal.hpp"

using namespace pith;

namespace {

std::uint64_t cost_once(auto&& action) {
    auto const before = cpu::unordered_time_stamp();
    action();
    return cpu::unordered_time_stamp() - before;
}

}  // namespace

void kernel_main(boot::Start start) {
    console::start();
    exceptions::start();
    auto const handoff = console::adopt_handoff(start);
    auto const frames  = cost_once([&] { frames::start(handoff); });
    auto const map     = cost_once([&] {
        paging::start(handoff);
        paging::seal();
    });
    auto const proof   = cost_once([] { paging::audit_kernel(); });  // with the line that it prints
    bench::figure("frames", frames);
    bench::figure("map", map);
    bench::figure("proof", proof);
    bench::finish();
}
