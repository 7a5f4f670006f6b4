// Fuzzes the reader of instructions: any bytes, and registers out of the first of them.
#include "exceptions/operand.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <format>
#include <span>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace pith;
#pragma clang unsafe_buffer_usage begin
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
    auto const input = std::as_bytes(std::span{data, size});
#pragma clang unsafe_buffer_usage end
    // A copy of just this size: a read behind its end is seen.
    std::vector<std::byte> const bytes{input.begin(), input.end()};
    exceptions::GeneralRegisters registers{};
    for (std::size_t index = 0; index < registers.size(); ++index) {
        registers.at(index) = load<std::uint64_t>(bytes, index).value_or(index);
    }
    for (auto const& operand : exceptions::memory_operands(bytes)) {
        auto const displacement = static_cast<std::uint64_t>(operand.displacement);
        bool const is_constant  = !operand.base && !operand.index;
        if (is_constant && operand.address(registers) != displacement) std::abort();
        if (std::format("{}", operand).empty()) std::abort();
    }
    return 0;
}
