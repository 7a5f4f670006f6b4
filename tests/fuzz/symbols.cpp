// Fuzzes the symbol table's reader: any bytes as a table, then damage done to it after the check.
#include "console/symbols.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace {

using pith::VirtAddr;
using pith::console::SymbolTable;

constexpr std::uint64_t high      = 0xffff'ffff'0000'0000;
constexpr std::size_t header_size = 24;

// A symbol's text must lie in the table.
void demand_inside(std::string_view text, std::span<std::byte const> bytes) {
    auto const part   = std::as_bytes(std::span{text});
    bool const inside = std::less_equal{}(bytes.data(), part.data()) &&
                        std::less_equal{}(std::to_address(part.end()), std::to_address(bytes.end()));
    if (!inside) std::abort();
}

void ask(SymbolTable const& table, std::span<std::byte const> bytes, std::uint32_t low) {
    auto const address = VirtAddr{low >> 31 != 0 ? high | low : low};
    auto const symbol  = table.find(address);
    if (!symbol) return;
    demand_inside(symbol->function.scope, bytes);
    demand_inside(symbol->function.name, bytes);
    if (symbol->source) demand_inside(symbol->source->file, bytes);
}

// Takes the words behind the header for starts of functions, as they were in `original`, and asks around
// them a table that is in `bytes` by now.
void ask_around_starts(SymbolTable const& table, std::span<std::byte const> bytes,
                       std::span<std::byte const> original) {
    for (std::size_t index = 0; index < 32; ++index) {
        auto const start = pith::load<std::uint32_t>(original, header_size + index * sizeof(std::uint32_t));
        if (!start) return;
        for (std::uint32_t const step : {0u, 1u, 2u, 15u, 16u, 255u, ~0u}) ask(table, bytes, *start + step);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
#pragma clang unsafe_buffer_usage begin
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
    auto const input = std::as_bytes(std::span{data, size});
#pragma clang unsafe_buffer_usage end
    std::vector<std::byte> bytes{input.begin(), input.end()};
    auto const table = SymbolTable::read(bytes);
    if (!table) return describe(table.error()).empty() ? 1 : 0;
    ask_around_starts(*table, bytes, input);
    std::ranges::rotate(bytes, bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2));
    ask_around_starts(*table, bytes, input);
    ask_around_starts(*table, bytes, bytes);
    return 0;
}
