#include "paging/kernel_regions.hpp"

#include "boot/image.hpp"
#include "console/print.hpp"
#include "console/stacks.hpp"

namespace pith::paging {
namespace {

std::string_view owner_in_direct_map(Caching caching) {
    switch (caching) {
        case Caching::write_back:      return "direct map";
        case Caching::uncached:        return "device";
        case Caching::write_combining: return "screen";
    }
    return "unknown";
}

char letter_of(Caching caching) {
    switch (caching) {
        case Caching::write_back:      return '-';
        case Caching::uncached:        return 'd';
        case Caching::write_combining: return 'c';
    }
    return '?';
}

char letter_of_writes(Region const& region) {
    if (region.is_writable) return 'w';
    return region.is_shadow_stack ? 's' : '-';
}

}  // namespace

std::string_view owner_of(Region const& region) {
    auto const parts = boot::image_parts();
    if (region.start < layout::upper_half_start) return "not the kernel's";
    if (region.start < layout::kernel_start) return owner_in_direct_map(region.caching);
    if (region.start < parts.text || region.start >= parts.end) return "unknown";
    if (region.start < parts.constants) return "code";
    if (region.start < parts.sealed) return "constants";
    if (region.start < parts.data) return "sealed";
    if (region.start >= parts.shadow_stacks) return "a shadow";
    return console::stack_with(region.start.value()) != nullptr ? "a stack" : "data";
}

RegionText rights_of(Region const& region) {
    RegionText text;
    std::format_to(std::back_inserter(text), "r{}{}{}{}{}", letter_of_writes(region),
                   region.is_executable ? 'x' : '-', region.is_user ? 'u' : '-', region.is_global ? 'g' : '-',
                   letter_of(region.caching));
    return text;
}

RegionText sizes_of(Region const& region) {
    constexpr std::array<std::string_view, 3> names{"4K", "2M", "1G"};
    RegionText text;
    for (std::size_t index = 0; index < names.size(); ++index) {
        if (region.pages[index] == 0) continue;
        std::format_to(std::back_inserter(text), "{}{} x {}", text.size() == 0 ? "" : ", ",
                       region.pages[index], names[index]);
    }
    return text;
}

bool begins_part(VirtAddr address) {
    auto const parts        = boot::image_parts();
    auto const* const stack = console::stack_with(address.value() - 1);  // does one end here?
    return address == parts.constants || address == parts.sealed || address == parts.data ||
           address == parts.shadow_stacks || (stack != nullptr && stack->top == address);
}

namespace {

void print_row(Region const& region) {
    console::println("  {:#018x} - {:#018x}  {}  {:>12} KiB  {:24}  {}{:#x}  {}", region.start.value(),
                     region.last.value(), rights_of(region).view(), region.bytes() / 1024,
                     sizes_of(region).view(), region.is_in_a_row ? "" : "~", region.memory.value(),
                     owner_of(region));
}

void print_values(Region const& region) {
    console::println("pages,{:#018x},{:#018x},{},{},{},{},{},{:#x},{},{}", region.start.value(),
                     region.last.value(), rights_of(region).view(), region.bytes(), region.pages[0],
                     region.pages[1], region.pages[2], region.memory.value(),
                     region.is_in_a_row ? "row" : "scattered", owner_of(region));
}

}  // namespace

void print_pages() {
    console::println("The kernel's address space (r read, w write, s calls write, x execute, u user, g "
                     "global, d device, c "
                     "combined writes):");
    for_each_kernel_region(print_row);
}

void print_pages_for_programs() {
    console::println("pages,start,last,rights,bytes,4K,2M,1G,memory,order,owner");
    for_each_kernel_region(print_values);
}

}  // namespace pith::paging
