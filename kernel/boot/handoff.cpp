#include "boot/handoff.hpp"

#include "boot/multiboot2.hpp"
#include "boot/pvh.hpp"

namespace pith::boot {

std::string_view explain(HandoffProblem problem) {
    using enum HandoffProblem;
    switch (problem) {
        case unreachable:       return "it points outside the memory that the boot map reaches";
        case misaligned:        return "it is not aligned to 8 bytes";
        case wrong_magic:       return "its magic number is not the protocol's";
        case wrong_total_size:  return "its total size is too small, or reaches beyond memory";
        case wrong_record_size: return "a record is too small, or reaches beyond the end";
        case no_end:            return "it ends without an end record";
        case text_without_end:  return "a text has no terminating zero";
        case no_memory_map:     return "it holds no memory map";
        case wrong_entry_size:  return "the entries of the memory map are too small";
        case too_many_areas:    return "the memory map has more than 1024 areas";
        case backward_range:    return "a module ends before it starts";
        case too_many_modules:  return "there are more than 32 modules";
        case wrong_framebuffer: return "the framebuffer's description contradicts itself";
        case address_too_large: return "an address has more than 52 bits";
        case inside_the_image:  return "it lies where the kernel does";
    }
    return "unknown problem";
}

HandoffResult read_handoff(Start start, PhysicalWindow const& memory, PhysRange image) {
    auto handoff = start.loader == Loader::pvh ? read_pvh(start.information, memory)
                                               : read_multiboot2(start.information, memory);
    if (!handoff) return handoff;
    for (auto const& part : handoff->information) {
        if (part.overlaps(image)) {
            return std::unexpected{
                HandoffError{HandoffProblem::inside_the_image, part.start().value(), part.size()}};
        }
    }
    handoff->image = image;
    return handoff;
}

std::string_view read_command_line(Start start, PhysicalWindow const& memory) {
    return start.loader == Loader::pvh ? pvh_command_line(start.information, memory)
                                       : multiboot2_command_line(start.information, memory);
}

}  // namespace pith::boot
