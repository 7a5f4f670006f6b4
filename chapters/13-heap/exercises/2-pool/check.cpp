// Exercise 13.2: pools of several sizes, filled, emptied in another order, and filled again.
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
#include <vector>

using namespace pith;
using console::println;

namespace {

constexpr std::byte outside{0xee};

struct alignas(16) Memory {
    std::array<std::byte, 16> before{};
    std::array<std::byte, 20'000> pool{};
    std::array<std::byte, 16> behind{};
};
constinit Memory memory{};
constinit bool is_wrong = false;

bool insist(bool condition, std::string_view mistake, std::size_t block_bytes) {
    if (condition || is_wrong) return condition;
    is_wrong = true;
    println("with blocks of {} bytes: {}", block_bytes, mistake);
    return false;
}

struct Block {
    std::span<std::byte> bytes;
    std::byte mark;
};

// All blocks that the pool has, each filled with a mark of its own.
std::vector<Block> take_all(Pool& pool, std::size_t block_bytes) {
    std::vector<Block> blocks;
    auto const first = std::bit_cast<std::uintptr_t>(memory.pool.data());
    while (auto* const block = pool.allocate()) {
        auto const offset = std::bit_cast<std::uintptr_t>(block) - first;
        if (!insist(offset % 16 == 0, "a block is not aligned to 16", block_bytes)) break;
        if (!insist(offset + block_bytes <= memory.pool.size(), "a block lies outside", block_bytes)) break;
        if (!insist(blocks.size() < memory.pool.size() / block_bytes, "there are too many", block_bytes))
            break;
        auto const bytes = std::span{memory.pool}.subspan(offset, block_bytes);
        auto const mark  = static_cast<std::byte>(blocks.size() % 251);
        std::ranges::fill(bytes, mark);
        blocks.push_back({.bytes = bytes, .mark = mark});
    }
    insist(blocks.size() == memory.pool.size() / block_bytes, "there are too few", block_bytes);
    return blocks;
}

bool is_untouched(Block const& block) {
    return std::ranges::count(block.bytes, block.mark) == std::ssize(block.bytes);
}

void check(std::size_t block_bytes) {
    memory.before.fill(outside), memory.behind.fill(outside);
    Pool pool{memory.pool, block_bytes};
    for (unsigned round = 0; round < 3 && !is_wrong; ++round) {
        auto blocks = take_all(pool, block_bytes);
        insist(std::ranges::all_of(blocks, is_untouched), "two blocks overlap", block_bytes);
        // Every third comes back, and is given out again; the others must keep what is in them.
        std::size_t returned = 0;
        for (std::size_t index = 0; index < blocks.size(); index += 3, ++returned)
            pool.free(blocks[index].bytes.data());
        for (std::size_t index = 0; index < blocks.size(); ++index) {
            if (index % 3 != 0)
                insist(is_untouched(blocks[index]), "a block in use was written to", block_bytes);
        }
        for (; returned > 0; --returned) {
            if (!insist(pool.allocate() != nullptr, "what came back is not given out again", block_bytes))
                return;
        }
        insist(pool.allocate() == nullptr, "more is given out than came back", block_bytes);
        for (auto const& block : blocks) pool.free(block.bytes.data());
    }
    insist(std::ranges::count(memory.before, outside) == 16 &&
               std::ranges::count(memory.behind, outside) == 16,
           "memory outside was written to", block_bytes);
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

    for (auto const block_bytes : std::array<std::size_t, 4>{16, 48, 4096, 20'000}) {
        if (!is_wrong) check(block_bytes);
    }
    if (!is_wrong) println("solved");
    cpu::halt_forever();
}
