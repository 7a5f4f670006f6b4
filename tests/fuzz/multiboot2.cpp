// Fuzzes the Multiboot2 reader: whatever stands in memory, a handoff that can be walked, or an error.
#include "boot/multiboot2.hpp"
#include "fuzz_memory.hpp"
#include "handoff_text.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    auto const input = std::as_bytes(std::span{data, size});
#pragma clang unsafe_buffer_usage end
    auto const memory = pith::testing::memory_of(input);
    if (!memory) return 0;
    auto const result = pith::boot::read_multiboot2(pith::PhysAddr{memory->information}, memory->window());
    if (pith::testing::HandoffText::of(result).empty()) std::abort();
    return 0;
}
