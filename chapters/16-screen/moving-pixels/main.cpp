// A console as one writes it first: it draws each letter where it stands, and to scroll it moves all pixels.
// What that costs is counted, and what the same text costs through cells.
//
// It needs a framebuffer: start it with --boot uefi, or with --boot bios --graphics 1024x768x32.
#include "boot/handoff.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "cpu/string_instructions.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "memory/direct_map.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"
#include "screen/cell_screen.hpp"

// The font that stands in the kernel.
extern "C" std::byte const font_start[], font_end[];

using namespace pith;
using console::println;
using screen::Font;
using screen::Picture;

namespace {

// #region video
struct Traffic {
    std::uint64_t written = 0, read = 0;
};

// Video memory that counts what goes to it and comes from it.
class CountedVideo {
public:
    CountedVideo(PhysRange range, Traffic& traffic)
        : bytes_{physical_span<std::byte>(range.start(), static_cast<std::size_t>(range.size()))},
          traffic_{traffic} {}

    void write(std::uint64_t offset, std::span<std::byte const> pixels) {
        cpu::copy_bytes(bytes_.subspan(offset, pixels.size()).data(), pixels.data(), pixels.size());
        traffic_.written += pixels.size();
    }
    void move(std::uint64_t to, std::uint64_t from, std::size_t size) {
        cpu::copy_words(bytes_.subspan(to, size).data(), bytes_.subspan(from, size).data(), size / 8);
        traffic_.written += size;
        traffic_.read += size;
    }

private:
    std::span<std::byte> bytes_;
    Traffic& traffic_;
};
// #endregion video

// #region naive
class NaiveScreen {
public:
    NaiveScreen(CountedVideo video, Picture const& picture, Font font)
        : video_{video}, picture_{picture}, font_{std::move(font)} {}

    void write(std::string_view text) {
        for (char const character : text) {
            if (character == '\n')
                new_line();
            else
                draw(font_.glyph_of(static_cast<unsigned char>(character)), column_++);
        }
    }

private:
    void draw(Font::Glyph glyph, std::uint32_t column) {
        auto const left = column * font_.width() * 4;
        for (std::uint32_t line = 0; line < font_.height(); ++line) {
            auto bits = font_.row(glyph, line);
            std::array<std::uint32_t, Font::max_width> pixels{};
            for (std::uint32_t pixel = 0; pixel < font_.width(); ++pixel, bits <<= 1)
                pixels[pixel] = (bits >> 31) != 0 ? 0xd3'd7'cf : 0;
            video_.write((row_ * font_.height() + line) * picture_.pitch + left,
                         std::as_bytes(std::span{pixels}.first(font_.width())));
        }
    }

    void new_line() {
        column_ = 0;
        if (row_ + 1 < picture_.height / font_.height())
            ++row_;
        else
            scroll();
    }
    void scroll() {
        auto const row_bytes = font_.height() * picture_.pitch;
        video_.move(0, row_bytes, row_ * row_bytes);
        for (std::uint32_t column = 0; column < picture_.width / font_.width(); ++column)
            draw(font_.glyph_of(U' '), column);
    }

    CountedVideo video_;
    Picture picture_;
    Font font_;
    std::uint32_t row_ = 0, column_ = 0;
};
// #endregion naive

// #region measure
template <typename Screen>
void measure(std::string_view what, boot::Framebuffer const& left, Font const& font) {
    Traffic traffic;
    Screen screen{CountedVideo{left.memory(), traffic},
                  Picture{.pitch  = left.pitch,
                          .width  = left.width,
                          .height = left.height,
                          .format = *screen::PixelFormat::of(left)},
                  font};
    traffic = {};  // clearing the screen is no part of it
    for (unsigned line = 1; line <= 100; ++line) {
        std::array<char, 64> text{};
        auto const end = std::format_to_n(text.begin(), text.size(), "line {} of a hundred\n", line);
        screen.write({text.data(), static_cast<std::size_t>(end.size)});
    }
    println("{}: {} bytes written, {} read", what, traffic.written, traffic.read);
}
// #endregion measure

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    auto const& left = handoff.framebuffer;
    if (!left || left->kind != boot::Framebuffer::Kind::rgb || left->bits_per_pixel != 32) {
        println("no framebuffer of 32 bits a pixel: start this kernel with --boot uefi");
        cpu::halt_forever();
    }
    println("{} x {} pixels, {} bytes from one line to the next", left->width, left->height, left->pitch);
// SAFETY: because both symbols stand around one section.
#pragma clang unsafe_buffer_usage begin
    auto const font = Font::read({font_start, font_end});
#pragma clang unsafe_buffer_usage end
    measure<NaiveScreen>("moving pixels", *left, *font);
    measure<screen::CellScreen<CountedVideo>>("cells        ", *left, *font);
    cpu::halt_forever();
}
