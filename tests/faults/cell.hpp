// One raised exception, from the sentinels in every register to the comparison with what came back.
#pragma once

#include "kinds.hpp"

namespace pith::faults {

inline constexpr std::uint64_t interrupt_flag = 1U << 9, direction_flag = 1U << 10;

// In what circumstances a kind is raised.
struct Setting {
    std::uint64_t flags         = 0;        // beside the arithmetic ones
    std::uint64_t rsp           = 0;        // 0: somewhere on the stack in use
    void (*inside)(Kind const&) = nullptr;  // what its handler calls ...
    Kind const* inner           = nullptr;  // ... with this
    bool is_default             = false;    // the kernel's own handler answers, not ours
    void (*prepare)(Block&)     = nullptr;  // is called when the block is filled
    std::uint64_t resumes_at    = 0;        // if the program gets another RSP on its way back (entering.cpp)
};

// Our handler for `kind`: it checks the frame that it is given, overwrites what a function may overwrite, and
// lets the program go on.
void install_handler(Kind const& kind);
// The kernel's handlers, as install_default_handlers leaves them; one that is injected also ends its waiting.
void install_default_handler(Kind const& kind);

// From now on raise_kind says (RAISE) what it fills the registers with: a panic has to show the same.
void tell_registers();

// Fills all registers, raises `kind`, and compares.
void raise_kind(Kind const& kind, Setting const& setting);

// The registers of what is under way.
Block& current_block();
// Notes where `is` is not the sentinel.
void expect_general(General const& is, General const& should_be);
General general_of(exceptions::ExceptionFrame const& frame);

// Notes that something is not as it should be. Prints nothing: the console may be locked.
void note(char const* what, std::uint64_t is, std::uint64_t should_be);
// Prints the notes and whether there were none, which it returns.
bool print_verdict(std::string_view kind);

}  // namespace pith::faults
