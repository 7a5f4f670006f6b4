// Accesses to the kernel's image: those to what lies between variables are failures that name the variable.
#include "heap/checked/image_watch.hpp"

#include "base/fail.hpp"
#include "base/fixed_text.hpp"
#include "console/place.hpp"
#include "console/stacks.hpp"
#include "heap/sanitized/frame_description.hpp"
#include "heap/sanitized/globals.hpp"
#include "heap/sanitized/image_marks.hpp"

#include <format>
#include <iterator>

namespace pith::heap {
namespace {

constinit bool globals_are_marked = false;

using Text = FixedText<400>;

// What must not be touched has that mark. (The first of 8 bytes may be allowed: then the next 8 say more.)
image::Mark reason_at(std::uintptr_t address) {
    auto const mark = image::mark_of(address);
    return static_cast<std::uint8_t>(mark) < 8 ? image::mark_of(address + 8) : mark;
}

void describe_global(Text& text, std::uintptr_t address) {
    auto const* const global = image::global_with(address);
    if (global == nullptr) return;
    std::format_to(std::back_inserter(text), ": byte {} of the {} bytes of {}", address - global->address,
                   global->size, global->name);
}

void describe_variable(Text& text, std::uintptr_t address) {
    auto const variable = image::variable_near(address);
    if (!variable) return;
    auto const offset = static_cast<std::ptrdiff_t>(address - variable->address);
    auto const ended  = reason_at(address) == image::Mark::out_of_scope;
    std::format_to(std::back_inserter(text), ": byte {} of the {} bytes of {}{}, on the stack of {}", offset,
                   variable->size, variable->name, ended ? ", whose scope has ended" : "",
                   console::Place{variable->function, console::Place::Kind::instruction});
}

[[noreturn]] void report(ImageAccess const& access, std::uintptr_t address) {
    Text text;
    std::format_to(std::back_inserter(text), "{} of {} {} at {:016x}",
                   access.form == ImageAccess::Form::read ? "a read" : "a write", access.size,
                   access.size == 1 ? "byte" : "bytes", access.address);
    if (reason_at(address) == image::Mark::global)
        describe_global(text, address);
    else
        describe_variable(text, address);
    fail({.message = text.view(), .file = {}, .address = access.by});
}

}  // namespace

void check_image_access(ImageAccess const& access) {
    if (!globals_are_marked) {
        globals_are_marked = true;
        image::mark_globals();
    }
    if (auto const forbidden = image::first_forbidden(access.address, access.size))
        report(access, *forbidden);
}

void forget_stack_from(std::uintptr_t address) {
    auto const* const stack = console::stack_with(address);
    auto const start        = address / 8 * 8;
    if (stack != nullptr) image::mark(start, stack->top.value() - start, image::Mark::allowed);
}

}  // namespace pith::heap

// The compiler calls these by name when a function's frame begins and ends, and when a variable's scope does. They are
// told where the marks lie, and how many there are. With the compiler's offset of 0 that is an eighth of the address.
extern "C" {
void __asan_set_shadow_00(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_01(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_02(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_03(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_04(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_05(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_06(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_07(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_f1(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_f2(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_f3(std::uintptr_t marks, std::size_t count);
void __asan_set_shadow_f8(std::uintptr_t marks, std::size_t count);

// The number of elements that an array has in front of it where they have destructors.
void __asan_poison_cxx_array_cookie(std::uintptr_t* number);
std::uintptr_t __asan_load_cxx_array_cookie(std::uintptr_t const* number);
}

namespace {

using pith::heap::image::Mark;

void set(std::uintptr_t marks, std::size_t count, Mark mark) {
    pith::heap::image::mark(marks * 8, count * 8, mark);
}

}  // namespace

void __asan_set_shadow_00(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark::allowed); }
void __asan_set_shadow_01(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark{1}); }
void __asan_set_shadow_02(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark{2}); }
void __asan_set_shadow_03(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark{3}); }
void __asan_set_shadow_04(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark{4}); }
void __asan_set_shadow_05(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark{5}); }
void __asan_set_shadow_06(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark{6}); }
void __asan_set_shadow_07(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark{7}); }
void __asan_set_shadow_f1(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark::stack_left); }
void __asan_set_shadow_f2(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark::stack_middle); }
void __asan_set_shadow_f3(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark::stack_right); }
void __asan_set_shadow_f8(std::uintptr_t marks, std::size_t count) { set(marks, count, Mark::out_of_scope); }

// It is not forbidden: it would have to be allowed again by whoever frees the array.
void __asan_poison_cxx_array_cookie(std::uintptr_t*) {}
std::uintptr_t __asan_load_cxx_array_cookie(std::uintptr_t const* number) { return *number; }
