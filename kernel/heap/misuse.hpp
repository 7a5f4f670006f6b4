// What the checking heap knows of its blocks, and what it can find wrong with them.
//
// Needs:     base (text).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <format>
#include <string_view>

namespace pith::heap {

// Return addresses, innermost first. Zeros fill up what is not there.
using Backtrace = std::array<std::uintptr_t, 8>;

// A way that led to the heap, and what was allocated on it and is still in use.
struct Caller {
    Backtrace backtrace{};
    std::size_t blocks = 0, bytes = 0;
    Caller* next_in_bucket = nullptr;

    std::size_t hash() const { return hash_of(backtrace); }
    static std::size_t hash_of(Backtrace const& backtrace) {
        std::size_t hash = 0;
        for (auto const address : backtrace) hash = std::rotl(hash, 7) ^ address;
        return hash;
    }
};

// What asked for a block, and what it has to be freed by.
enum class Form : std::uint8_t { single, array };

constexpr std::string_view name_of_new(Form form) { return form == Form::single ? "new" : "new[]"; }
constexpr std::string_view name_of_delete(Form form) { return form == Form::single ? "delete" : "delete[]"; }

// #region block
// A block that was given out, as whoever asked for it sees it.
struct CheckedBlock {
    std::uintptr_t address;
    std::size_t size, alignment;  // as asked for; 0: no alignment was
    Form form;
    Caller* allocated_by;
    Caller* freed_by             = nullptr;  // while it is in use
    CheckedBlock* next_in_bucket = nullptr;
    CheckedBlock* next_freed     = nullptr;

    std::size_t hash() const { return hash_of(address); }
    static std::size_t hash_of(std::uintptr_t address) { return address / 16; }
};
// #endregion block

// #region mistakes
enum class Mistake : std::uint8_t {
    foreign,         // freed, and no block of the heap
    inside_a_block,  // freed, and not the beginning of a block
    freed_twice,
    wrong_form,       // new[] and delete, or new and delete[]
    wrong_size,       // the size at delete is not the one at new
    wrong_alignment,  // nor the alignment
    written_before_start,
    written_past_end,
    written_after_free,
    accessed_before_start,  // read or written: it was seen when it happened
    accessed_past_end,
    accessed_after_free,
};
// #endregion mistakes

struct Misuse {
    Mistake mistake;
    std::uintptr_t address;     // what was freed, or the first byte that was written
    CheckedBlock const* block;  // nullptr: it is about none
    std::size_t found;          // the form, size or alignment at delete, or the byte that was written
};

// What is wrong, in a sentence without a full stop.
template <typename Out>
void describe(Misuse const& misuse, Out out) {
    if (misuse.mistake == Mistake::foreign) {
        std::format_to(out, "memory was freed that does not belong to the heap: {:016x}", misuse.address);
        return;
    }
    auto const& block = *misuse.block;
    auto const offset = static_cast<std::ptrdiff_t>(misuse.address - block.address);
    std::format_to(out, "the {} bytes at {:016x} were ", block.size, block.address);
    switch (misuse.mistake) {
        case Mistake::foreign: break;
        case Mistake::inside_a_block:
            std::format_to(out, "freed by an address {} bytes inside", offset);
            break;
        case Mistake::freed_twice: std::format_to(out, "freed twice"); break;
        case Mistake::wrong_form:
            std::format_to(out, "allocated by {} and freed by {}", name_of_new(block.form),
                           name_of_delete(static_cast<Form>(misuse.found)));
            if (offset != 0) std::format_to(out, ", {} bytes inside", offset);
            break;
        case Mistake::wrong_size: std::format_to(out, "freed as {} bytes", misuse.found); break;
        case Mistake::wrong_alignment:
            std::format_to(out, "allocated with alignment {} and freed with {} (0: with none)",
                           block.alignment, misuse.found);
            break;
        case Mistake::written_before_start:
            std::format_to(out, "written to before their start: byte {} is {:#04x}", offset, misuse.found);
            break;
        case Mistake::written_past_end:
            std::format_to(out, "written to past their end: byte {} is {:#04x}", offset, misuse.found);
            break;
        case Mistake::written_after_free:
            std::format_to(out, "written to after they were freed: byte {} is {:#04x}", offset, misuse.found);
            break;
        case Mistake::accessed_before_start:
            std::format_to(out, "accessed before their start: byte {}", offset);
            break;
        case Mistake::accessed_past_end:
            std::format_to(out, "accessed past their end: byte {}", offset);
            break;
        case Mistake::accessed_after_free:
            std::format_to(out, "accessed after they were freed: byte {}", offset);
            break;
    }
}

}  // namespace pith::heap
