// The heap: blocks of all sizes, each found as it was filled, and now and then all that there is.
#include "findings.hpp"
#include "load.hpp"
#include "plant.hpp"
#include "weather.hpp"

#include <array>
#include <new>
#include <span>
#include <vector>

namespace pith::endurance {
namespace {

// A block of words that are all the same number, which no other block has.
class Block {
public:
    // Nothing if no memory is left.
    static Block take(std::uint64_t words, std::uint64_t number) {
        // SAFETY: because this is about memory from operator new itself, which may say that there is none.
        auto* const memory =
            static_cast<std::uint64_t*>(::operator new(words * sizeof(number), std::nothrow));
        Block block{memory, memory == nullptr ? 0 : words, number};
        std::ranges::fill(block.words(), number);
        return block;
    }
    Block() = default;
    Block(Block&& other) noexcept
        : memory_{std::exchange(other.memory_, nullptr)}, words_{other.words_}, number_{other.number_} {}
    Block& operator=(Block&& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(words_, other.words_);
        std::swap(number_, other.number_);
        return *this;
    }
    ~Block() { free(); }

    bool is_there() const { return memory_ != nullptr; }
    void check() const {
        for (auto const word : words()) {
            if (word != number_) return find("a word of a block", word, number_);
        }
    }
    void free() {
        check();
        if (is_there() && is_planted(Plant::block)) memory_ = nullptr;
        ::operator delete(std::exchange(memory_, nullptr));
        words_ = 0;
    }
    void overwrite_last() const { words().back() = 0; }

private:
    Block(std::uint64_t* memory, std::uint64_t words, std::uint64_t number)
        : memory_{memory}, words_{words}, number_{number} {}

    // SAFETY: because so many words were allocated there.
#pragma clang unsafe_buffer_usage begin
    std::span<std::uint64_t> words() const { return {memory_, words_}; }
#pragma clang unsafe_buffer_usage end

    std::uint64_t* memory_ = nullptr;
    std::uint64_t words_ = 0, number_ = 0;
};

// Mostly small ones, as kernels have them.
std::uint64_t words_of_a_block(Chance& chance) {
    auto const most = std::uint64_t{1} << chance.between(1, chance.once_in(8) ? 15 : 8);
    return chance.between(1, most);
}

// Until nothing is left, which is said and not fatal. Nobody else runs meanwhile but what interrupts.
void take_everything(Work& work) {
    ++work.exhaustion;
    std::vector<Block> all(4096);
    std::size_t count = 0;
    // Small ones alone would be too many: so first the large holes go, then what is left.
    for (std::uint64_t words = std::uint64_t{1} << 17; words >= 64; words /= 2) {
        while (count < all.size()) {
            if (work.chance.once_in(32)) strike_soon(work.chance);
            all[count] = Block::take(words, work.chance.number());
            if (!all[count].is_there()) break;
            ++count;
        }
    }
    expect("the heap can be exhausted", count > 16 && count < all.size());
    for (; count > 0; --count) {
        std::swap(all[work.chance.below(count)], all[count - 1]);
        all[count - 1].free();
    }
}

}  // namespace

Task<> work_with_blocks(Work& work) {
    std::vector<Block> blocks(48);
    while (!work.is_over()) {
        co_await tasks::sleep_for(work.up_to(500ms));
        strike_soon(work.chance);
        for (auto left = work.chance.between(1, 16); left > 0; --left) {
            auto& block = work.chance.one_of(blocks);
            if (block.is_there())
                block.free();
            else
                block = Block::take(words_of_a_block(work.chance), work.chance.number());
            if (block.is_there() && is_planted(Plant::overwrite)) block.overwrite_last();
            ++work.done;
        }
        if (work.chance.once_in(80)) take_everything(work);
    }
}

}  // namespace pith::endurance
