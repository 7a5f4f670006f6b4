#include "contexts.hpp"

#include "boot/image.hpp"
#include "cell.hpp"
#include "console/console.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "exceptions/handlers.hpp"
#include "testing/emulator_exit.hpp"
#include "user.hpp"

#include <array>

using namespace pith;
using namespace pith::faults;

extern "C" {
extern std::byte const critical_stack_bottom[], double_fault_stack_bottom[];
extern std::array<exceptions::InterruptHandler, exceptions::vector_count> exception_handlers;
extern exceptions::PageFaultResolver page_fault_resolver;
}

namespace {

struct Raiser {
    Kind const* kind;
};

}  // namespace

// Formatting it raises the exception.
template <>
struct std::formatter<Raiser> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(Raiser raiser, auto& context) const {
        raise_kind(*raiser.kind, {.is_default = true});
        print_verdict(raiser.kind->name);
        return std::format_to(context.out(), "{}", raiser.kind->name);
    }
};

namespace {

// How far above a stack's bottom: not enough for what the processor pushes; enough for the frame, but not for
// a handler in C++.
constexpr std::uint64_t nothing_left = 16, little_left = 208;

constexpr std::uint64_t not_canonical = 0x0000'9000'0000'0000, unmapped = 0x5ead'0000;

// ---- Interrupts on and off --------------------------------------------------------------------------------

void plain(Kind const& kind) {
    install_handler(kind);
    raise_kind(kind, {.flags = interrupt_flag});
}

void interrupts_off(Kind const& kind) {
    install_handler(kind);
    raise_kind(kind, {});
}

void counting_downwards(Kind const& kind) {
    install_handler(kind);
    raise_kind(kind, {.flags = interrupt_flag | direction_flag});
}

void explained(Kind const& kind) {
    install_default_handler(kind);
    raise_kind(kind, {.flags = interrupt_flag, .is_default = true});
}

void unhandled(Kind const& kind) { raise_kind(kind, {.is_default = true}); }

// ---- Inside handlers --------------------------------------------------------------------------------------

// Raises `inner` inside the handler of `outer`.
void raise_inside(std::string_view outer_name, Kind const& inner) {
    auto const outer = find_kind(outer_name);
    install_handler(*outer);
    install_handler(inner);
    raise_kind(*outer, {.inside = interrupts_off, .inner = &inner});
}

void in_handler(Kind const& kind) { raise_inside("interrupt_128", kind); }
void in_nmi_handler(Kind const& kind) { raise_inside("nmi_int2", kind); }
void in_resolver(Kind const& kind) { raise_inside("page_fault_resolved", kind); }

void in_same_handler(Kind const& kind) {
    install_handler(kind);
    raise_kind(kind, {.inside = interrupts_off, .inner = &kind});
}

constinit unsigned levels_left = 8;

void raise_deeper(Kind const& kind) {
    if (levels_left-- == 0) return;
    raise_kind(kind, {.inside = raise_deeper, .inner = &kind});
}

void nested_deep(Kind const& kind) {
    install_handler(kind);
    raise_deeper(kind);
}

// The panic of a double fault has been told to its end; what follows happens on its stack.
constinit Kind const* awaiting = nullptr;

[[noreturn]] void end_as_panicked() { testing::exit_emulator(testing::Outcome::panicked); }

void on_double_fault_stack(Kind const& kind) {
    awaiting = &kind;
    console::set_panic_epilogue([] {
        console::set_panic_epilogue(end_as_panicked);
        interrupts_off(*awaiting);
        auto const is_good = print_verdict(awaiting->name);
        testing::exit_emulator(is_good ? testing::Outcome::passed : testing::Outcome::failed);
    });
    raise_double_fault();
}

// ---- The console's lock -----------------------------------------------------------------------------------

void console_locked(Kind const& kind) {
    install_handler(kind);
    console::the_console.with([&](console::Console&) { raise_kind(kind, {}); });
}

void console_locked_explained(Kind const& kind) {
    install_default_handler(kind);
    console::the_console.with([&](console::Console&) { raise_kind(kind, {.is_default = true}); });
    raise_kind(*find_kind("interrupt_32"), {.is_default = true});  // says how many were not said
}

// ---- Stacks -----------------------------------------------------------------------------------------------

void raise_at(std::uint64_t rsp, Kind const& kind) {
    install_handler(kind);
    raise_kind(kind, {.rsp = rsp});
}

void full_stack(Kind const& kind) { raise_at(boot::boot_stack_bottom().value() + nothing_left, kind); }
void nearly_full_stack(Kind const& kind) { raise_at(boot::boot_stack_bottom().value() + little_left, kind); }
void full_critical_stack(Kind const& kind) {
    raise_at(VirtAddr{critical_stack_bottom}.value() + nothing_left, kind);
}
void full_double_fault_stack(Kind const& kind) {
    raise_at(VirtAddr{double_fault_stack_bottom}.value() + nothing_left, kind);
}
void bad_stack_pointer(Kind const& kind) { raise_at(not_canonical, kind); }
void unmapped_stack_pointer(Kind const& kind) { raise_at(unmapped, kind); }

// ---- Damage -----------------------------------------------------------------------------------------------

void raise_with_handler_at(std::uint64_t address, Kind const& kind) {
    // SAFETY: because nothing is safe here: calling this must end in a panic.
    if (kind.is_resolved()) {
        page_fault_resolver = std::bit_cast<exceptions::PageFaultResolver>(address);
    } else {
        exception_handlers[kind.vector] = std::bit_cast<exceptions::InterruptHandler>(address);
    }
    raise_kind(kind, {});
}

void corrupted_handler(Kind const& kind) { raise_with_handler_at(not_canonical, kind); }
void unmapped_handler(Kind const& kind) { raise_with_handler_at(unmapped, kind); }

// No handler can be called, whatever is raised.
void corrupted_table(Kind const& kind) {
    // SAFETY: because nothing is safe here: calling one must end in a panic.
    exception_handlers.fill(std::bit_cast<exceptions::InterruptHandler>(not_canonical));
    page_fault_resolver = std::bit_cast<exceptions::PageFaultResolver>(not_canonical);
    raise_kind(kind, {});
}

void in_panic(Kind const& kind) {
    install_default_handler(kind);
    console::panic("this panic's argument raises {}: it goes on", Raiser{&kind});
}

constexpr std::array all = std::to_array<Context>({
    {"explained", explained, true},
    {"unhandled", unhandled, true},
    {"plain", plain, false},
    {"interrupts_off", interrupts_off, false},
    {"direction_flag", counting_downwards, false},
    {"in_handler", in_handler, false},
    {"in_same_handler", in_same_handler, false},
    {"nested_deep", nested_deep, false},
    {"in_nmi_handler", in_nmi_handler, false},
    {"in_resolver", in_resolver, false},
    {"on_double_fault_stack", on_double_fault_stack, false},
    {"while_entering", while_entering, false},
    {"console_locked", console_locked, false},
    {"console_locked_explained", console_locked_explained, true},
    {"full_stack", full_stack, false},
    {"nearly_full_stack", nearly_full_stack, false},
    {"full_critical_stack", full_critical_stack, false},
    {"full_double_fault_stack", full_double_fault_stack, false},
    {"bad_stack_pointer", bad_stack_pointer, false},
    {"unmapped_stack_pointer", unmapped_stack_pointer, false},
    {"corrupted_handler", corrupted_handler, false},
    {"unmapped_handler", unmapped_handler, false},
    {"corrupted_table", corrupted_table, false},
    {"in_panic", in_panic, true},
    {"user", user, false},
    {"user_window", user_window, false},
    {"user_without_stack", user_without_stack, true},
    {"user_explained", user_explained, true},
});

}  // namespace

std::span<Context const> faults::contexts() { return all; }
