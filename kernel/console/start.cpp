#include "console/start.hpp"

#include "boot/image.hpp"
#include "console/console.hpp"
#include "console/panic.hpp"
#include "console/serial.hpp"
#include "console/stacks.hpp"
#include "console/text_screen.hpp"

namespace pith::console {
namespace {

using Screen = TextScreen<cpu::PortRange>;

constexpr std::uint16_t first_serial_port = SERIAL_PORT;
constexpr std::uint16_t colour_controller = 0x3d4;

Screen::VideoMemory video_memory() {
    auto const start = layout::direct_map_start + 0xb8000;
// SAFETY: because the boot map reaches it, and what stands there on a PC is video memory or nothing at all.
#pragma clang unsafe_buffer_usage begin
    return Screen::VideoMemory{reinterpret_cast<std::uint16_t volatile*>(start.value()), Screen::cells};
#pragma clang unsafe_buffer_usage end
}

constinit Uart16550<cpu::PortRange> serial{cpu::PortRange{first_serial_port}};
constinit KnownStack boot_stack{.name = "boot", .bottom = {}, .top = {}};
constinit Screen screen{cpu::PortRange{colour_controller}};

}  // namespace

void start() {
    install_panic();
    boot_stack.bottom = boot::boot_stack_bottom();
    boot_stack.top    = boot::boot_stack_top();
    register_stack(boot_stack);
    the_console.with([](Console& console) {
        if (serial.start()) console.attach(serial);
        if (screen.start(video_memory())) console.attach(screen);
    });
}

void adopt(boot::Handoff const& handoff) {
    bool const is_text = !handoff.framebuffer || handoff.framebuffer->kind == boot::Framebuffer::Kind::text;
    if (!is_text) the_console.with([](Console& console) { console.detach(screen); });
}

}  // namespace pith::console
