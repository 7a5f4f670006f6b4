// What may be done with a page. "Write and execute" has no name here, so nobody can ask for it.
//
// Needs:     nothing.
#pragma once

#include <cstdint>

namespace pith::paging {

// shadow_stack: can be read, and is written by calls alone (cpu/shadow_stack.hpp).
enum class Access : std::uint8_t { read, read_write, read_execute, shadow_stack };
enum class Owner : std::uint8_t { kernel, user };
// Where a translation holds: in one address space, or in all of them alike, so that the processor may keep it
// when the space changes.
enum class Reach : std::uint8_t { one_space, all_spaces };
// uncached: each access goes to the device, in the program's order. write_combining: writes are gathered and
// go in bursts, in any order; reads are as slow as uncached ones. That is what a framebuffer wants.
enum class Caching : std::uint8_t { write_back, uncached, write_combining };

struct Rights {
    Access access   = Access::read;
    Owner owner     = Owner::kernel;
    Caching caching = Caching::write_back;

    constexpr bool operator==(Rights const&) const = default;
};

}  // namespace pith::paging
