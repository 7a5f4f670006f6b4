// Checks exercise 12.1: under the boot map code can be written; under the kernel's own it cannot, until
// somebody gives it a second name.
#include "boot/image.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "paging/seal.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using exercise::KernelSpace;

namespace {

constinit std::uint64_t variable = 1;
constexpr VirtAddr elsewhere{0xffff'c000'0000'0000};
// Neither at the beginning of the code nor of a page.
VirtAddr some_code() { return boot::image_parts().text + 5 * page_bytes + 0x123; }

bool has_name(KernelSpace const& space, VirtAddr address, std::string_view what) {
    auto const name = exercise::writable_name(space, address);
    if (!name) {
        println("{} can be written, and no address was found", what);
        return false;
    }
    auto const page = space.find(*name);
    if (page && page->is_writable && space.translate(*name) == space.translate(address)) return true;
    println("{}: {} is not mapped, not writable, or other memory", what, *name);
    return false;
}

bool has_none(KernelSpace const& space, VirtAddr address, std::string_view what) {
    auto const name = exercise::writable_name(space, address);
    if (name) println("{} cannot be written, but {} was found", what, *name);
    return !name;
}

// Calls `use` while these pages lead to this memory, too.
template <typename Use>
bool with_second_name(KernelSpace& space, PageRange pages, PhysAddr memory, paging::Access access,
                      Use&& use) {
    paging::KernelFrames frames;
    auto const mapped = space.map_borrowed(pages, memory, {.access = access}, frames);
    if (!mapped) console::panic("{}", mapped.error());
    bool const result = use();
    auto stale        = space.stale_pages(frames);
    auto const gone   = space.unmap(pages, frames, stale);
    stale.flush();
    if (!gone) console::panic("{}", gone.error());
    return result;
}

bool finds_second_names(KernelSpace& space) {
    auto const code   = some_code();
    auto const memory = *space.translate(code);
    PhysAddr const page{round_down(memory.value(), page_bytes)};
    PhysAddr const three_before{page.value() - 3 * page_bytes};
    auto const one   = PageRange::of_bytes(elsewhere, page_bytes);
    auto const eight = PageRange::of_bytes(elsewhere, 8 * page_bytes);
    return with_second_name(space, one, page, paging::Access::read,
                            [&] { return has_none(space, code, "code with a second name to be read"); }) &&
           with_second_name(space, one, page, paging::Access::read_write,
                            [&] { return has_name(space, code, "code with a second name"); }) &&
           with_second_name(space, eight, three_before, paging::Access::read_write, [&] {
               return has_name(space, code, "code in the midst of eight pages with a second name");
           });
}

bool is_right_under_the_boot_map() {
    KernelSpace const boot_map{paging::DirectMapAccess{PhysAddr{cpu::read_cr3()}}};
    return has_name(boot_map, some_code(), "code under the boot map") &&
           has_none(boot_map, elsewhere, "what is not mapped");
}

bool is_right_under_its_own_map() {
    return paging::with_kernel_space([](KernelSpace& space, paging::KernelFrames&) {
        return has_none(space, some_code(), "code under the kernel's own map") &&
               has_name(space, VirtAddr{&variable}, "a variable") && finds_second_names(space) &&
               has_none(space, some_code(), "code without its second name");
    });
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    if (is_right_under_the_boot_map()) {
        paging::start(handoff);
        paging::seal();
        if (is_right_under_its_own_map()) println("solved");
    }
    cpu::halt_forever();
}
