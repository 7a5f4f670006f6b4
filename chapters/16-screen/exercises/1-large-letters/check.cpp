// Draws into arrays of several formats, and compares each byte.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "frames/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

extern "C" std::byte const font_start[], font_end[];

using namespace pith;
using console::println;
using namespace screen;

namespace {

struct Form {
    std::string_view name;
    std::uint8_t bits;
    boot::ColourField red, green, blue;
};

constexpr Form forms[] = {
    {"32 bits, blue first", 32, {16, 8}, {8, 8}, {0, 8}},
    {"32 bits, red first", 32, {0, 8}, {8, 8}, {16, 8}},
    {"24 bits", 24, {16, 8}, {8, 8}, {0, 8}},
    {"16 bits", 16, {11, 5}, {5, 6}, {0, 5}},
    {"15 bits", 15, {10, 5}, {5, 5}, {0, 5}},
};

struct Spot {
    std::string_view name;
    std::uint32_t left, top, scale;
};

constexpr std::uint32_t width = 61, height = 67, padding = 7;

constexpr Spot spots[] = {
    {"as it is", 3, 5, 1},
    {"twice as large", 0, 0, 2},
    {"three times", 7, 2, 3},
    {"over the right edge", width - 5, 0, 2},
    {"over the lower edge", 0, height - 9, 2},
    {"over both edges", width - 3, height - 3, 4},
    {"outside", width, height, 1},
};

constexpr Rgb ink{0xff, 0x80, 0x10}, paper{0x08, 0x20, 0x60};

constinit bool is_right = true;

bool is_ink(Font const& font, Font::Glyph glyph, Spot const& spot, std::uint32_t x, std::uint32_t y) {
    return (font.row(glyph, (y - spot.top) / spot.scale) >> (31 - (x - spot.left) / spot.scale) & 1) != 0;
}

bool is_inside(Font const& font, Spot const& spot, std::uint32_t x, std::uint32_t y) {
    return spot.left <= x && x < spot.left + font.width() * spot.scale && spot.top <= y &&
           y < spot.top + font.height() * spot.scale;
}

// What is wrong with the first byte that is; empty if none is.
std::string problem(Video const& video, Picture const& picture, Font const& font, Font::Glyph glyph,
                    Spot const& spot) {
    if (video.was_left()) return "something was written outside of the memory";
    auto const bytes = picture.format.bytes();
    for (std::uint32_t y = 0; y < picture.height; ++y) {
        for (std::uint32_t offset = 0; offset < picture.pitch; ++offset) {
            auto const x     = static_cast<std::uint32_t>(offset / bytes);
            auto const found = video.bytes()[std::size_t{y} * picture.pitch + offset];
            if (x >= picture.width || !is_inside(font, spot, x, y)) {
                if (found != Video::never_written)
                    return std::format("byte {} of line {} was written, and is not the letter's", offset, y);
                continue;
            }
            auto const value  = picture.format.pixel(is_ink(font, glyph, spot, x, y) ? ink : paper);
            auto const wanted = static_cast<std::byte>(value >> (8 * (offset % bytes)));
            if (found != wanted)
                return std::format("the pixel at ({}, {}) has {:#x} in its byte {}, and should have {:#x}", x,
                                   y, static_cast<unsigned>(found), offset % bytes,
                                   static_cast<unsigned>(wanted));
        }
    }
    return {};
}

void try_form(Form const& form, Font const& font) {
    auto const bytes = (form.bits + 7U) / 8;
    boot::Framebuffer const left{.address        = PhysAddr{0},
                                 .pitch          = width * bytes + padding,
                                 .width          = width,
                                 .height         = height,
                                 .bits_per_pixel = form.bits,
                                 .kind           = boot::Framebuffer::Kind::rgb,
                                 .red            = form.red,
                                 .green          = form.green,
                                 .blue           = form.blue};
    Picture const picture{
        .pitch = left.pitch, .width = width, .height = height, .format = *PixelFormat::of(left)};
    for (auto const& spot : spots) {
        Video video{std::size_t{picture.pitch} * height};
        auto const glyph = font.glyph_of(U'R');
        draw_large(video, picture, font, glyph, spot.left, spot.top, spot.scale, ink, paper);
        auto const what = problem(video, picture, font, glyph, spot);
        if (what.empty()) continue;
        println("wrong: {}, {}: {}", form.name, spot.name, what);
        is_right = false;
    }
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
// SAFETY: because both symbols stand around one section.
#pragma clang unsafe_buffer_usage begin
    auto const font = Font::read({font_start, font_end});
#pragma clang unsafe_buffer_usage end
    for (auto const& form : forms) try_form(form, *font);
    if (is_right) println("solved");
    cpu::halt_forever();
}
