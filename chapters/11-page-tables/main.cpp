// Chapter 11: page tables. A page is mapped, used and unmapped, through tables that show themselves in
// memory.
//
// One entry of the root leads back to the root. Through it the kernel sees all its tables; the address of
// each follows from the address that it maps. In the end it touches the page that is gone, and the page fault
// is explained. With `naive` on the command line the address of the root is computed without sign extension.
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;
using paging::Access;

namespace {

// #region slot
// The upper half's second slot, which nothing uses.
constexpr std::size_t slot = 257;
using Recursive            = paging::RecursiveAccess<slot>;

// The root gets an entry that leads to the root. (The boot map is reached through the direct map for that.)
void make_root_recursive() {
    PhysAddr const root{cpu::read_cr3()};
    paging::DirectMapAccess const direct{root};
    direct.root().entries[slot] = Recursive::own_entry(root);
}
// #endregion slot

// #region naive
// The four indices, put together, and nothing done about the bits above.
std::uint64_t naive_root() {
    constexpr std::uint64_t index = slot;
    return index << 39 | index << 30 | index << 21 | index << 12;
}
// #endregion naive

// #region helpers
void print_translation(paging::AddressSpace<Recursive> const& space, VirtAddr address) {
    auto const memory = space.translate(address);
    if (memory) {
        println("{} leads to {}", address, *memory);
    } else {
        println("{}", memory.error());
    }
}

// SAFETY: because that is what this chapter is about: whether something is there.
std::uint64_t volatile* number_at(std::uint64_t address) {
    return reinterpret_cast<std::uint64_t volatile*>(address);
}

[[gnu::noinline]] std::uint64_t read(std::uint64_t address) { return *number_at(address); }
[[gnu::noinline]] void write(std::uint64_t address, std::uint64_t value) { *number_at(address) = value; }
// #endregion helpers

}  // namespace

// #region begin
void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);

    make_root_recursive();
    if (handoff.command_line.contains("naive")) {
        println("the root's first entry, at {:#x}:", naive_root());
        println("{:#x}", read(naive_root()));
    }
    println("the root appears at {}", VirtAddr{&Recursive::root()});
    // #endregion begin

    // #region map
    paging::AddressSpace space{Recursive{}};
    paging::KernelFrames frames;
    Page<PageSize::kib_4> const page{VirtAddr{0x1234'5678'9000}};

    print_translation(space, page.start());
    auto frame = frames.take<PageSize::kib_4>();
    if (!frame) console::panic("{}", frames::explain(frame.error()));
    auto const mapped = space.map(page, std::move(*frame), {.access = Access::read_write}, frames);
    if (!mapped) console::panic("{}", mapped.error());
    print_translation(space, page.start() + 8);
    write(page.start().value() + 8, 42);
    println("and holds {}", read(page.start().value() + 8));
    // #endregion map

    // #region refused
    auto another = frames.take<PageSize::kib_4>();
    if (!another) console::panic("{}", frames::explain(another.error()));
    Page<PageSize::kib_4> const shown{in_direct_map(another->start())};
    auto const refused = space.map(shown, std::move(*another), {.access = Access::read_write}, frames);
    if (!refused) println("{}", refused.error());
    frames.give(std::move(*another));  // it is ours still
    // #endregion refused

    // #region unmap
    auto stale = space.unmap(page);
    if (!stale) console::panic("{}", stale.error());
    frames.give(std::move(*stale).flush(frames));
    println("unmapped, flushed, and given back. Touching it once more ...");
    println("{}", read(page.start().value() + 8));
    cpu::halt_forever();
}
// #endregion unmap
