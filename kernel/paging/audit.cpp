#include "paging/audit.hpp"

#include "base/sealed.hpp"
#include "boot/image.hpp"
#include "console/stacks.hpp"
#include "log/log.hpp"
#include "paging/kernel_map.hpp"

namespace pith::paging {
namespace {

constexpr auto for_each_guard_in = [](MappingRun const& run, auto&& use) {
    for (auto const* stack = console::first_known_stack(); stack != nullptr; stack = stack->next) {
        VirtAddr const guard{stack->bottom.value() - console::KnownStack::guard_size};
        if (run.first.start <= guard && guard <= run.last_byte()) use(guard);
    }
};

}  // namespace

std::string_view explain(Surprise surprise) {
    switch (surprise) {
        case Surprise::writable_and_executable: return "writable and executable";
        case Surprise::writable_alias:          return "writable, but its memory is protected elsewhere";
        case Surprise::writable_constant:       return "writable, but a constant";
        case Surprise::writable_shadow_stack:   return "writable, but a shadow stack";
        case Surprise::missing_shadow_stack:    return "a shadow stack to which calls cannot write";
        case Surprise::foreign_shadow_stack:    return "written by calls, but no shadow stack";
        case Surprise::executable_elsewhere:    return "executable, but not the kernel's code";
        case Surprise::user_page:               return "open to users";
        case Surprise::in_lower_half:           return "in the half of the address space that is for programs";
        case Surprise::not_global:              return "the kernel's, but not global";
        case Surprise::guard_mapped:            return "mapped, but a stack's guard page";
    }
    return "unknown";
}

std::uint64_t audit_kernel() {
    auto const parts         = boot::image_parts();
    auto const constants_end = is_sealed() ? parts.data : parts.sealed;
    std::uint64_t surprises  = 0;
    auto const report        = [&](Surprise surprise, VirtAddr page) {
        ++surprises;
        log::found_wrong("map", "{}: {}", page, explain(surprise));
    };
    auto const pages = with_kernel_space([&](KernelSpace& space, KernelFrames&) {
        require((cpu::read_cr3() & bits::address) == space.access().root_address().value(),
                "another map is active");
        return audit(space,
                     {.text_start        = parts.text,
                      .text_end          = parts.constants,
                      .constants_end     = constants_end,
                      .shadow_stacks     = parts.shadow_stacks,
                      .shadow_stacks_end = parts.end},
                     for_each_guard_in, report);
    });
    if (surprises == 0) {
        log::found("map", "{} pages checked: nothing is writable and executable, no surprises", pages);
    } else {
        log::found_wrong("map", "{} pages checked: {} surprises", pages, surprises);
    }
    return surprises;
}

}  // namespace pith::paging
