#include "paging/audit.hpp"

#include "boot/image.hpp"
#include "console/print.hpp"
#include "console/stacks.hpp"
#include "paging/kernel_map.hpp"

namespace pith::paging {
namespace {

bool has_guard(Mapping const& page) {
    for (auto const* stack = console::first_known_stack(); stack != nullptr; stack = stack->next) {
        auto const guard = stack->bottom.value() - console::KnownStack::guard_size;
        if (page.start.value() <= guard && guard <= page.start.value() + (bytes_in(page.size) - 1))
            return true;
    }
    return false;
}

}  // namespace

std::string_view explain(Surprise surprise) {
    switch (surprise) {
        case Surprise::writable_and_executable: return "writable and executable";
        case Surprise::writable_alias:          return "writable, but its memory is code or constants elsewhere";
        case Surprise::writable_constant:       return "writable, but a constant";
        case Surprise::executable_elsewhere:    return "executable, but not the kernel's code";
        case Surprise::user_page:               return "open to users";
        case Surprise::in_lower_half:           return "in the half of the address space that is for programs";
        case Surprise::not_global:              return "the kernel's, but not global";
        case Surprise::guard_mapped:            return "mapped, but a stack's guard page";
    }
    return "unknown";
}

std::uint64_t audit_kernel() {
    auto const parts        = boot::image_parts();
    std::uint64_t surprises = 0;
    auto const report       = [&](Surprise surprise, Mapping const& page) {
        ++surprises;
        console::println("  map        {}: {}", page.start, explain(surprise));
    };
    auto const pages = with_kernel_space([&](KernelSpace& space, KernelFrames&) {
        require((cpu::read_cr3() & bits::address) == space.access().root_address().value(),
                "another map is active");
        return audit(space,
                     {.text_start = parts.text, .text_end = parts.constants, .constants_end = parts.data},
                     has_guard, report);
    });
    if (surprises == 0) {
        console::println("  map        {} pages checked: nothing is writable and executable, no surprises",
                         pages);
    } else {
        console::println("  map        {} pages checked: {} surprises", pages, surprises);
    }
    return surprises;
}

}  // namespace pith::paging
