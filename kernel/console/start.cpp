#include "console/start.hpp"

#include "boot/image.hpp"
#include "console/console.hpp"
#include "console/panic.hpp"
#include "console/serial.hpp"
#include "console/stacks.hpp"
#include "console/text_screen.hpp"
#include "memory/direct_map.hpp"

namespace pith::console {
namespace {

using Screen = TextScreen<cpu::PortRange>;

constexpr std::uint16_t first_serial_port = SERIAL_PORT;
constexpr std::uint16_t colour_controller = 0x3d4;
constexpr PhysRange colour_memory{PhysAddr{0xb'8000}, PhysAddr{0xc'0000}};

Screen::VideoMemory video_memory() {
    auto const start = in_direct_map(colour_memory.start());
// SAFETY: because the boot map reaches it, and what stands there on a PC is video memory or nothing at all.
#pragma clang unsafe_buffer_usage begin
    return Screen::VideoMemory{reinterpret_cast<std::uint16_t volatile*>(start.value()), Screen::cells};
#pragma clang unsafe_buffer_usage end
}

// #region devices
constinit Uart16550<cpu::PortRange> serial{cpu::PortRange{first_serial_port}};
constinit KnownStack boot_stack{.name = "boot", .bottom = {}, .top = {}};
constinit Screen screen{cpu::PortRange{colour_controller}};
constinit bool devices_were_sought = false;
// #endregion devices

// Whether the text screen that we write to is what the loader left. (PVH says nothing; a PC starts with it.)
bool shows_our_screen(boot::Handoff const& handoff) {
    if (!handoff.framebuffer) return true;
    auto const& left = *handoff.framebuffer;
    return left.kind == boot::Framebuffer::Kind::text && left.address == colour_memory.start() &&
           left.width == Screen::columns && left.height == Screen::rows;
}

}  // namespace

// #region start
void start() {
    install_panic();
    boot_stack.bottom = boot::boot_stack_bottom();
    boot_stack.top    = boot::boot_stack_top();
    register_stack(boot_stack);
    the_console.with(attach_devices);
}

void attach_devices(Console& console) {
    if (std::exchange(devices_were_sought, true)) return;
    if (serial.start()) console.attach(serial, SinkKind::line);
    if (screen.start(video_memory())) console.attach(screen, SinkKind::screen);
}
// #endregion start

bool writes_to_serial() {
    return the_console.with([](Console const& console) { return console.writes_to(serial); });
}

std::uint64_t serial_output_lost() {
    return the_console.with([](Console const&) { return serial.lost(); });
}

std::uint64_t serial_input_overruns() {
    return the_console.with([](Console const&) { return serial.input_overruns(); });
}

std::optional<PhysRange> text_screen_memory() {
    if (!the_console.with([](Console const& console) { return console.writes_to(screen); }))
        return std::nullopt;
    return colour_memory;
}

void adopt(boot::Handoff const& handoff) {
    if (!shows_our_screen(handoff)) the_console.with([](Console& console) { console.detach(screen); });
}

boot::Handoff adopt_handoff(boot::Start start) {
    auto const handoff = boot::read_handoff(start, boot_window(), boot::image());
    if (!handoff) panic("{}", handoff.error());
    adopt(*handoff);
    return *handoff;
}

}  // namespace pith::console
