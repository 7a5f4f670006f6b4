// Fuzzes the PVH reader: whatever stands in memory, a handoff that can be walked, or an error.
#include "boot/pvh.hpp"
#include "fuzz_memory.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    auto const input = std::as_bytes(std::span{data, size});
#pragma clang unsafe_buffer_usage end
    pith::testing::read_as(pith::boot::Loader::pvh, input);
    return 0;
}
