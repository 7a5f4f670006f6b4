// Which bytes of the heap's blocks may be touched.
//
// Needs:     frames (memory for marks), shadow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace pith::heap {

// Addresses are multiples of 8.
void allow(std::uintptr_t address, std::size_t size);
void forbid(std::uintptr_t address, std::size_t size);

// The first of these bytes that must not be touched, unless the heap is at work.
std::optional<std::uintptr_t> first_forbidden(void const* memory, std::size_t size);

// The heap at work: while there is one, everything may be touched.
class [[nodiscard]] HeapAtWork {
public:
    HeapAtWork();
    ~HeapAtWork();
    HeapAtWork(HeapAtWork const&)            = delete;
    HeapAtWork& operator=(HeapAtWork const&) = delete;
};

}  // namespace pith::heap
