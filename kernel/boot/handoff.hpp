// The handoff: all that the boot loader tells, in one form whichever loader it was.
//
// Every view in it (texts, memory map) points into the loader's own memory, and so does the ACPI root pointer
// under Multiboot2. That memory stays as it is: `information` names it, and nobody is ever given it.
//
// Needs:     base (bytes, containers), memory (addresses, windows).
// Promises:  whatever bytes the loader leaves: a handoff whose every part was checked, or an error that says
//            what is wrong and where.
// Reference: Multiboot2 Specification, "Boot information format"; Xen, "x86/HVM direct boot ABI".
#pragma once

#include "base/fixed_vector.hpp"
#include "boot/memory_map.hpp"
#include "boot/start.hpp"
#include "memory/phys_range.hpp"
#include "memory/physical_window.hpp"

#include <expected>
#include <optional>
#include <string_view>

namespace pith::boot {

// A file that was loaded beside the kernel.
struct Module {
    PhysRange content;
    std::string_view text;  // what the boot configuration says of it: usually its name
};

// Where one colour's bits lie in a pixel.
struct ColourField {
    std::uint8_t position = 0;
    std::uint8_t size     = 0;
};

struct Framebuffer {
    enum class Kind : std::uint8_t { indexed = 0, rgb = 1, text = 2 };

    PhysAddr address;
    std::uint32_t pitch;          // bytes from one line to the next
    std::uint32_t width, height;  // pixels, or characters where kind is text
    std::uint8_t bits_per_pixel;
    Kind kind;
    ColourField red, green, blue;  // where kind is rgb

    PhysRange memory() const { return PhysRange::of_size(address, std::uint64_t{pitch} * height); }
};

struct Handoff {
    static constexpr std::size_t max_modules = 32;

    Loader loader = Loader::multiboot2;
    std::string_view loader_name;  // as it calls itself
    std::string_view command_line;
    MemoryMap memory_map;
    FixedVector<Module, max_modules> modules;
    std::optional<Framebuffer> framebuffer;
    std::optional<PhysAddr> acpi_rsdp;  // the ACPI root pointer, or a copy of it
    PhysRange image;                    // this kernel
    // Where the loader's information itself lies: at most four parts and a text for each module.
    FixedVector<PhysRange, 4 + max_modules> information;
};

enum class HandoffProblem : std::uint8_t {
    unreachable,        // an address outside what the boot map reaches
    misaligned,         // boot information not at a multiple of 8
    wrong_magic,        // not what the loader's protocol says stands there
    wrong_total_size,   // less than the smallest, or beyond memory
    wrong_record_size,  // a record smaller than its fields, or beyond the end
    no_end,             // the records end without an end record
    text_without_end,   // a text without a zero byte
    no_memory_map,      // no record of what memory there is
    wrong_entry_size,   // entries of the memory map too small
    too_many_areas,     // more than MemoryMap::max_size
    backward_range,     // a module that ends before it starts
    too_many_modules,   // more than Handoff::max_modules
    wrong_framebuffer,  // a framebuffer of an unknown kind, or too small for what is in its lines or pixels
    address_too_large,  // an address of more than 52 bits
    inside_the_image,   // boot information that lies where this kernel does
};

// What is wrong, in a few words.
std::string_view explain(HandoffProblem problem);

struct HandoffError {
    HandoffProblem problem;
    std::uint64_t address;  // the physical address of what is wrong
    std::uint64_t value;    // what stands there, as far as it is one number
};

using HandoffResult = std::expected<Handoff, HandoffError>;

// Reads what the loader left, through `memory`. `image` is where this kernel lies.
HandoffResult read_handoff(Start start, PhysicalWindow const& memory, PhysRange image);

// Only the command line; empty if it cannot be read. Whatever the loader left, nothing here fails: this is called before
// there is anybody who would hear of it (boot/move.cpp).
std::string_view read_command_line(Start start, PhysicalWindow const& memory);

}  // namespace pith::boot

template <>
struct std::formatter<pith::boot::HandoffError> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::boot::HandoffError const& error, auto& context) const {
        return std::format_to(context.out(), "the boot information at {:#x} is wrong: {} ({:#x})",
                              error.address, explain(error.problem), error.value);
    }
};
