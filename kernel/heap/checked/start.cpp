#include "heap/checked/start.hpp"

#include "base/fail.hpp"
#include "base/fixed_text.hpp"
#include "console/place.hpp"
#include "console/print.hpp"
#include "console/stacks.hpp"
#include "heap/start.hpp"

#include <iterator>

namespace pith::heap {
namespace {

using console::Place;

// Calls `visit(return_address)` for the function with the frame at `frame_pointer`, and for its callers, as
// long as it returns true.
void walk(void const* frame_pointer, auto&& visit) {
    auto const frame        = std::bit_cast<std::uint64_t>(frame_pointer);
    auto const* const stack = console::stack_with(frame);
    if (stack == nullptr) return;
    console::for_each_return_address(console::view_of(*stack), frame,
                                     [&](std::uint64_t address, std::uint64_t) { return visit(address); });
}

// Calls `visit(Place)` for the innermost places of ours: what is all library says nothing.
void for_each_place(Backtrace const& backtrace, auto&& visit) {
    unsigned left = 4;
    for (auto const address : backtrace) {
        Place const place{address, Place::Kind::return_address};
        auto const symbol = place.symbol();
        if (!symbol || !symbol->source) continue;
        visit(place);
        if (--left == 0) return;
    }
}

// The innermost caller outside of the heap, whose line the panic names.
std::uint64_t who_found_out(void const* frame_pointer) {
    std::uint64_t found = 0;
    walk(frame_pointer, [&](std::uint64_t address) {
        auto const symbol = Place{address, Place::Kind::return_address}.symbol();
        if (!symbol || !symbol->source || symbol->source->file.starts_with("kernel/heap/")) return true;
        found = address;
        return false;
    });
    return found;
}

[[noreturn]] void panic_about(Misuse const& misuse) {
    FixedText<2000> text;
    auto const out       = std::back_inserter(text);
    auto const add_lines = [&](std::string_view title, Caller const& caller) {
        std::format_to(out, "\n  {}", title);
        for_each_place(caller.backtrace, [&](Place place) { std::format_to(out, "\n    {}", place); });
    };
    describe(misuse, out);
    if (misuse.block != nullptr) {
        add_lines("allocated by", *misuse.block->allocated_by);
        if (misuse.block->freed_by != nullptr) add_lines("freed by", *misuse.block->freed_by);
    }
    fail({.message = text.view(), .file = {}, .address = who_found_out(__builtin_frame_address(0))});
}

constexpr std::size_t quarantine_bytes = std::size_t{1} << 20;

}  // namespace

constinit cpu::Locked<Checked<PlainBlocks>> the_checked_heap{std::in_place, PlainBlocks{}, quarantine_bytes,
                                                             panic_about};

void* PlainBlocks::allocate(std::size_t size, std::size_t alignment) {
    return the_heap.with([&](auto& heap) { return heap.allocate(size, alignment); });
}

void PlainBlocks::free(void* block) {
    the_heap.with([&](auto& heap) { heap.free(block); });
}

Backtrace backtrace_from(void const* frame_pointer) {
    Backtrace backtrace{};
    std::size_t count = 0;
    walk(frame_pointer, [&](std::uint64_t address) {
        backtrace[count++] = address;
        return count < backtrace.size();
    });
    return backtrace;
}

void check_all_blocks() {
    HeapAtWork const at_work;
    the_checked_heap.with([](auto& heap) { heap.check(); });
}

void print_leaks() {
    the_checked_heap.with([](auto& heap) {
        console::println("    bytes  blocks  allocated by");
        heap.for_each_caller([](Caller const& caller) {
            console::println("{:9}  {:6}", caller.bytes, caller.blocks);
            for_each_place(caller.backtrace,
                           [](Place place) { console::println("                   {}", place); });
        });
        console::println("{:9}  {:6}  in all", heap.in_use().bytes, heap.in_use().blocks);
    });
}

}  // namespace pith::heap
