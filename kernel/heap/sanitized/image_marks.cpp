#include "heap/sanitized/image_marks.hpp"

#include "boot/image_size.inc"
#include "heap/checked/shadow.hpp"
#include "memory/layout.hpp"

namespace pith::heap::image {
namespace {

// The linker script lets no image be larger.
constexpr std::uintptr_t start = layout::kernel_start.value() + KERNEL_PHYSICAL;
constexpr std::size_t bytes    = std::size_t{IMAGE_LIMIT} - KERNEL_PHYSICAL;

constinit std::array<std::uint8_t, bytes / granule_bytes> marks{};

}  // namespace

void mark(std::uintptr_t address, std::size_t size, Mark mark) {
    for (auto at = address; at < address + size; at += granule_bytes) {
        if (auto const index = (at - start) / granule_bytes; index < marks.size())
            marks[index] = static_cast<std::uint8_t>(mark);
    }
}

void allow(std::uintptr_t address, std::size_t size) {
    auto const rest = size % granule_bytes;
    mark(address, size - rest, Mark::allowed);
    if (rest != 0) mark(address + size - rest, granule_bytes, static_cast<Mark>(rest));
}

Mark mark_of(std::uintptr_t address) {
    auto const index = (address - start) / granule_bytes;
    return index < marks.size() ? static_cast<Mark>(marks[index]) : Mark::allowed;
}

std::optional<std::uintptr_t> first_forbidden(std::uintptr_t address, std::size_t size) {
    return heap::first_forbidden(address, size,
                                 [](std::uintptr_t at) { return static_cast<std::uint8_t>(mark_of(at)); });
}

}  // namespace pith::heap::image
