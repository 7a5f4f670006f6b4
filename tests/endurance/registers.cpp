// Registers: whatever interrupts, all are as they were; and so is the stack on both sides.
#include "findings.hpp"
#include "load.hpp"
#include "weather.hpp"

#include <algorithm>
#include <array>

namespace pith::endurance {
namespace {

// As FXSAVE64 stores them: from byte 160 on 16 vector registers.
struct alignas(16) VectorState {
    std::uint16_t control = 0x37f, status = 0;
    std::uint32_t tags        = 0;
    std::uint64_t instruction = 0, data = 0;
    std::uint32_t mxcsr = 0x1f80, mxcsr_mask = 0;
    std::array<std::uint64_t, 16> x87{};
    std::array<std::uint64_t, 32> xmm{};
    std::array<std::uint64_t, 12> unused{};
};
static_assert(sizeof(VectorState) == 512 && offsetof(VectorState, xmm) == 160);

// registers.S
extern "C" constinit VectorState spin_vectors_before, spin_vectors_after;
extern "C" constinit std::array<std::uint64_t, 15> spin_before, spin_after;
extern "C" constinit std::uint64_t spin_rounds;
extern "C" void spin();

void spin_with(Chance& chance) {
    std::array<std::uint64_t, 64> sentinels;
    auto const sentinel = chance.number();
    sentinels.fill(sentinel);
    std::ranges::generate(spin_before, [&] { return chance.number(); });
    spin_vectors_before = {};
    std::ranges::generate(spin_vectors_before.xmm, [&] { return chance.number(); });
    spin_rounds = chance.between(1, 20);
    strike_soon(chance);
    spin();
    for (std::size_t number = 0; number < spin_before.size(); ++number)
        expect_equal("a register", spin_after[number], spin_before[number]);
    for (std::size_t number = 0; number < spin_vectors_before.xmm.size(); ++number)
        expect_equal("half a vector register", spin_vectors_after.xmm[number],
                     spin_vectors_before.xmm[number]);
    for (auto const word : sentinels) expect_equal("a word on the stack", word, sentinel);
}

}  // namespace

Task<> work_with_registers(Work& work) {
    while (!work.is_over()) {
        co_await tasks::sleep_for(work.up_to(500ms));
        spin_with(work.chance);
        ++work.done;
    }
}

}  // namespace pith::endurance
