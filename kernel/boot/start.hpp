// What entry.S hands to C++: who started us, and where its information lies.
//
// Needs:     memory (addresses).
// Reference: boot/entry.S, which passes a Start in two registers (System V ABI for AMD64, "Parameter
//            Passing").
#pragma once

#include "boot/entry.inc"
#include "memory/address.hpp"

#include <type_traits>

namespace pith::boot {

enum class Loader : std::uint64_t { multiboot2 = 0, pvh = 1 };

struct Start {
    Loader loader;
    PhysAddr information;
};

static_assert(static_cast<int>(Loader::multiboot2) == LOADER_MULTIBOOT2);
static_assert(static_cast<int>(Loader::pvh) == LOADER_PVH);
static_assert(sizeof(Start) == 16 && std::is_trivially_copyable_v<Start>, "passed in RDI and RSI");

}  // namespace pith::boot

// Where C++ begins. Every kernel (the system, each chapter, the tests) has its own.
extern "C" [[noreturn]] void kernel_main(pith::boot::Start start);
