// What happens where memory is left for nobody, and who asked cannot be told by a value: the kernel fails,
// and says who asked for how much.
//
// Needs:     base (failure, text).
#pragma once

#include "base/fail.hpp"
#include "base/fixed_text.hpp"

#include <bit>
#include <format>
#include <iterator>

namespace pith::heap {

// `caller` is where the one who asked goes on: the address of the failure. An `alignment` is said if it is
// more than any block has.
[[noreturn]] inline void fail_without_memory(std::size_t size, std::size_t alignment, void* caller) {
    FixedText<100> text;
    std::format_to(std::back_inserter(text), "no memory is left for {} bytes", size);
    if (alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__)
        std::format_to(std::back_inserter(text), " at a multiple of {}", alignment);
    fail({.message = text.view(), .file = {}, .address = std::bit_cast<std::uintptr_t>(caller)});
}

}  // namespace pith::heap
