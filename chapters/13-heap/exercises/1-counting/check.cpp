// Exercise 13.1: containers that are given the resource, and what it says then.
#include "exercise.hpp"

#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "heap/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <list>
#include <string>
#include <utility>
#include <vector>

using namespace pith;
using console::println;

namespace {

constinit unsigned mistakes = 0;

void insist(std::string_view what, std::size_t found, std::size_t right) {
    if (found == right) return;
    ++mistakes;
    println("{}: {}, and it should be {}", what, found, right);
}

// Remembers how it was asked.
class Asked final : public std::pmr::memory_resource {
public:
    std::size_t size = 0, alignment = 0;

private:
    void* do_allocate(std::size_t wanted, std::size_t at) override {
        size = wanted, alignment = at;
        return std::pmr::new_delete_resource()->allocate(wanted, at);
    }
    void do_deallocate(void* block, std::size_t wanted, std::size_t at) override {
        size = wanted, alignment = at;
        std::pmr::new_delete_resource()->deallocate(block, wanted, at);
    }
    bool do_is_equal(memory_resource const& other) const noexcept override { return this == &other; }
};

void count_a_vector() {
    Counting counting{*std::pmr::new_delete_resource()};
    {
        std::pmr::vector<std::uint64_t> numbers{&counting};
        numbers.reserve(100);
        insist("blocks of a vector", counting.blocks(), 1);
        insist("bytes of a vector of 100 numbers", counting.bytes(), 800);
        numbers.reserve(200);
        insist("bytes of a vector that grew", counting.bytes(), 1600);
        insist("bytes at most: both blocks were there while it grew", counting.most_bytes(), 2400);
    }
    insist("blocks when the vector is gone", counting.blocks(), 0);
    insist("bytes when the vector is gone", counting.bytes(), 0);
    insist("bytes at most when the vector is gone", counting.most_bytes(), 2400);
}

void pass_on() {
    Asked asked;
    Counting counting{asked};
    auto* const block = counting.allocate(4000, 256);
    insist("the size that is passed on", asked.size, 4000);
    insist("the alignment that is passed on", asked.alignment, 256);
    counting.deallocate(block, 4000, 256);
    insist("the size that is passed back", asked.size, 4000);
}

// A list that is moved to another resource must copy its elements, unless the two are equal.
void move_between_two() {
    Counting one{*std::pmr::new_delete_resource()}, other{*std::pmr::new_delete_resource()};
    std::pmr::list<int> from{{1, 2, 3}, &one}, to{&other};
    to = std::move(from);
    insist("blocks of a list that was moved to another resource", other.blocks(), 3);
    from.clear(), to.clear();
    insist("blocks that are left with the first resource", one.blocks(), 0);
    insist("blocks that are left with the second", other.blocks(), 0);
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

    count_a_vector();
    pass_on();
    move_between_two();
    insist("blocks that the kernel's heap still has", heap::statistics().used_blocks, 0);
    if (mistakes == 0) println("solved");
    cpu::halt_forever();
}
