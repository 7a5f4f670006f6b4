#include "heap/sanitized/globals.hpp"

#include "heap/sanitized/image_marks.hpp"

#include <algorithm>
#include <memory>
#include <span>

extern "C" pith::heap::image::Global const asan_globals_start[], asan_globals_end[];

namespace pith::heap::image {
namespace {

std::span<Global const> globals() {
    // SAFETY: because the linker script has both symbols around an array of these.
#pragma clang unsafe_buffer_usage begin
    return {asan_globals_start, asan_globals_end};
#pragma clang unsafe_buffer_usage end
}

}  // namespace

void mark_globals() {
    for (auto const& global : globals()) {
        mark(global.address, global.size_with_zone, Mark::global);
        allow(global.address, global.size);
    }
}

Global const* global_with(std::uintptr_t address) {
    auto const found = std::ranges::find_if(
        globals(), [&](Global const& global) { return address - global.address < global.size_with_zone; });
    return found != globals().end() ? std::to_address(found) : nullptr;
}

}  // namespace pith::heap::image
