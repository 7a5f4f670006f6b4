#include "screen/start.hpp"

#include "console/console.hpp"
#include "console/start.hpp"
#include "cpu/string_instructions.hpp"
#include "log/log.hpp"
#include "memory/direct_map.hpp"
#include "paging/kernel_map.hpp"
#include "screen/cell_screen.hpp"

#include <memory>

// The font, as kernel/CMakeLists.txt unpacks it.
extern "C" std::byte const font_start[], font_end[];

namespace pith::screen {
namespace {

Bytes packaged_font() {
// SAFETY: because both symbols stand around one section.
#pragma clang unsafe_buffer_usage begin
    return {font_start, font_end};
#pragma clang unsafe_buffer_usage end
}

// #region video
// The framebuffer, as far as the kernel's map has it. String instructions: no write is left out, or read
// back.
class MappedVideo {
public:
    explicit MappedVideo(PhysRange range)
        : bytes_{physical_span<std::byte>(range.start(), static_cast<std::size_t>(range.size()))} {}

    void write(std::uint64_t offset, std::span<std::byte const> pixels) const {
        auto const place = bytes_.subspan(static_cast<std::size_t>(offset), pixels.size());
        auto const words = pixels.size() / 8, tail = words * 8;
        cpu::copy_words(place.data(), pixels.data(), words);
        cpu::copy_bytes(place.subspan(tail).data(), pixels.subspan(tail).data(), pixels.size() - tail);
    }

private:
    std::span<std::byte> bytes_;
};
// #endregion video

// All of it: the kernel's image may lie amidst, and has no second name.
bool is_mapped(PhysRange range) {
    if (range.end().value() > layout::direct_map_size) return false;
    return paging::with_kernel_space([&](paging::KernelSpace& space, paging::KernelFrames&) {
        for (auto page = range.start(); page < range.end();) {
            auto const found = space.find(in_direct_map(page));
            if (!found || !found->is_writable || found->caching == paging::Caching::write_back) return false;
            page = found->memory + bytes_in(found->size);
        }
        return true;
    });
}

using Screen = CellScreen<MappedVideo>;

// #region attach
void attach(PhysRange memory, Picture const& picture, Font font) {
    // It lives as long as the console: for ever.
    auto& screen = *std::make_unique<Screen>(MappedVideo{memory}, picture, std::move(font)).release();
    console::the_console.with(
        [&](console::Console& console) { console.attach(screen, console::SinkKind::screen); });
    log::found("screen", "{} x {} pixels, {} columns and {} rows of text", picture.width, picture.height,
               screen.columns(), screen.rows());
}
// #endregion attach

// In text mode the console has it from the start.
void print_text_screen() {
    if (console::text_screen_memory())
        log::found("screen", "text, 80 columns and 25 rows");
    else
        log::found("screen", "there is none");
}

void refuse(std::string_view why) { log::found_wrong("screen", "no text is shown: {}", why); }

}  // namespace

// #region start
void start(boot::Handoff const& handoff) {
    if (!handoff.framebuffer || handoff.framebuffer->kind == boot::Framebuffer::Kind::text)
        return print_text_screen();
    auto const& left  = *handoff.framebuffer;
    auto const format = PixelFormat::of(left);
    if (!format) return refuse(explain(format.error()));
    auto font = Font::read(packaged_font());
    if (!font) return refuse(explain(font.error()));
    Picture const picture{.pitch = left.pitch, .width = left.width, .height = left.height, .format = *format};
    if (!Screen::fits(picture, *font)) return refuse("it has no room for a character");
    if (!is_mapped(left.memory())) return refuse("its memory cannot be reached");
    attach(left.memory(), picture, *std::move(font));
}
// #endregion start

}  // namespace pith::screen
