// Exercise 13.3: blocks of all sizes, at random, beside a list of what is in use.
#include "exercise.hpp"

#include "boot/start.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <algorithm>
#include <bit>
#include <vector>

using namespace pith;
using console::println;

namespace {

constinit std::array<std::byte, Buddy::all> memory{};
constinit bool is_wrong = false;

bool insist(bool condition, std::string_view mistake) {
    if (condition || is_wrong) return condition;
    is_wrong = true;
    println("{}", mistake);
    return false;
}

struct Block {
    std::size_t offset, size, bytes;  // as was asked for, and as it has to be
};

std::size_t offset_of(void const* block) {
    return std::bit_cast<std::uintptr_t>(block) - std::bit_cast<std::uintptr_t>(memory.data());
}

void* address_of(Block const& block) { return std::span{memory}.subspan(block.offset).data(); }

// The allocator, and what it gave.
class Model {
public:
    bool allocate(std::size_t size) {
        auto* const memory_of_it = buddy_.allocate(size);
        if (memory_of_it == nullptr) return false;
        Block const block{.offset = offset_of(memory_of_it),
                          .size   = size,
                          .bytes  = std::max(std::bit_ceil(size), Buddy::smallest)};
        if (!insist(block.offset + block.bytes <= Buddy::all, "a block lies outside")) return false;
        insist(block.offset % block.bytes == 0, "a block is not at a multiple of its size");
        insist(std::ranges::none_of(blocks_,
                                    [&](Block const& other) {
                                        return block.offset < other.offset + other.bytes &&
                                               other.offset < block.offset + block.bytes;
                                    }),
               "two blocks overlap");
        blocks_.push_back(block);
        return true;
    }
    void free(std::size_t index) {
        auto const block = blocks_[index];
        blocks_[index]   = blocks_.back();
        blocks_.pop_back();
        buddy_.free(address_of(block), block.size);
    }
    void free_at(std::size_t offset) {
        auto const block = std::ranges::find(blocks_, offset, &Block::offset);
        if (block != blocks_.end()) free(static_cast<std::size_t>(block - blocks_.begin()));
    }
    void free_all() {
        while (!blocks_.empty() && !is_wrong) free(blocks_.size() - 1);
    }
    std::size_t count() const { return blocks_.size(); }

private:
    Buddy buddy_{memory};
    std::vector<Block> blocks_;
};

void check_sizes() {
    Model model;
    insist(model.allocate(Buddy::all), "a new allocator has no block of all its memory");
    insist(!model.allocate(1), "there is a block although all memory is taken");
    model.free_all();
    insist(!model.allocate(Buddy::all + 1), "there is a block that is larger than all memory");
    while (!is_wrong && model.allocate(64)) {
    }
    insist(model.count() == 256, "all memory is not 256 blocks of 64 bytes");
    model.free_all();
    insist(model.allocate(Buddy::all), "256 blocks came back, and are not one block again");
    model.free_all();
    insist(model.allocate(1) && model.allocate(8192) && model.allocate(65),
           "small blocks leave no room for large ones");
}

// The second and the third of four are neighbours, and not the halves of one block.
void check_neighbours() {
    Model model;
    for (unsigned number = 0; number < 256; ++number) model.allocate(64);
    model.free_at(64);
    model.free_at(128);
    insist(!model.allocate(128), "two neighbours became one block that are not the halves of one");
    model.free_all();
    insist(model.allocate(Buddy::all), "after that, all memory is not one block again");
}

void check_at_random() {
    Model model;
    std::uint64_t random = 1;
    auto const next      = [&](std::uint64_t limit) {
        random = random * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
        return (random >> 33) % limit;
    };
    for (unsigned step = 0; step < 20'000 && !is_wrong; ++step) {
        if (model.count() == 0 || next(2) == 0)
            model.allocate(std::size_t{1} + next(std::size_t{1} << next(15)));
        else
            model.free(next(model.count()));
    }
    model.free_all();
    insist(model.allocate(Buddy::all), "after 20000 steps all came back, and is not one block again");
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

    check_sizes();
    check_neighbours();
    check_at_random();
    if (!is_wrong) println("solved");
    cpu::halt_forever();
}
