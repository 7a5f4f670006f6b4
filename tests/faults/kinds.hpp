// The kinds of exceptions that the fault matrix raises: their code (kinds.S), what has to be prepared for
// them, and what their handler finds.
#pragma once

#include "exceptions/frame.hpp"
#include "raise.hpp"

#include <optional>
#include <string_view>

namespace pith::faults {

enum class Nature : std::uint64_t {
    fault    = NATURE_FAULT,     // the instruction has not run; the handler must skip it
    trap     = NATURE_TRAP,      // the program goes on by itself
    abort    = NATURE_ABORT,     // it never goes on
    injected = NATURE_INJECTED,  // the emulator's monitor sends it
};

// What one kind needs beyond its code. A kind that is not listed needs nothing.
struct Needs {
    std::string_view kind;
    void (*prepare)(Block&)                     = [](Block&) {};  // registers, descriptors, page tables
    void (*repair)(exceptions::ExceptionFrame&) = [](exceptions::ExceptionFrame&) {};  // the handler calls it
    std::uint64_t error_code                    = 0;
    std::optional<std::uint64_t> emulated_error = std::nullopt;  // where QEMU differs from the manuals
    std::optional<std::uint64_t> address        = std::nullopt;  // what CR2 has to say
    std::optional<std::uint64_t> rip            = std::nullopt;  // if it is not the kind's code
    std::string_view command                    = {};            // for whoever injects it
};

struct Kind {
    std::string_view name;
    std::uint64_t start, at, end;
    std::uint8_t vector;
    Nature nature;
    Needs const* needs;

    // Its handler has to send the program past the instruction.
    bool must_be_skipped() const { return nature == Nature::fault || nature == Nature::injected; }
    // It arrives on a small stack of its own, and leaves that.
    bool is_from_anywhere() const { return vector == 1 || vector == 2 || vector == 18; }
    // Whether `rip` is what an exception of this kind leaves in its frame.
    bool may_interrupt_at(std::uint64_t rip) const;
    // Which vector, if its code is an `int`.
    std::optional<unsigned> software_interrupt() const;
    // Nobody handles it: the kernel has declared that it may fault.
    bool is_declared() const { return name == "declared_load"; }
    // The page fault resolver handles it, not the vector's handler; but for user programs.
    bool is_resolved() const { return name == "page_fault_resolved"; }
};

// The kind of that name: one of kinds.S, or int_0 to int_255. Nothing if there is none.
std::optional<Kind> find_kind(std::string_view name);
// `int number` as a kind.
Kind int_kind(unsigned number);

// Prints a line for each kind of kinds.S.
void list_kinds();

// What all kinds stand on: x87 and vector registers on, NMIs let through, nothing mapped in the lower half.
void prepare_machine();
// Lets ring 3 run the kinds' code, and touch their pages.
void let_users_in();
// Takes back what a kind's `prepare` leaves behind should nobody have repaired it.
void disarm();

// Maps what page_fault_resolved has touched.
void map_page();

}  // namespace pith::faults
