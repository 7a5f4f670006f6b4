// Pixel formats: every layout that a boot loader may leave, and those that are refused.
#include "screen/pixel_format.hpp"

#include <gtest/gtest.h>

namespace pith::screen {
namespace {

using boot::Framebuffer;

Framebuffer framebuffer(unsigned bits, boot::ColourField red, boot::ColourField green,
                        boot::ColourField blue) {
    return {.address        = PhysAddr{0},
            .pitch          = 64,
            .width          = 16,
            .height         = 1,
            .bits_per_pixel = static_cast<std::uint8_t>(bits),
            .kind           = Framebuffer::Kind::rgb,
            .red            = red,
            .green          = green,
            .blue           = blue};
}

constexpr Rgb white{0xff, 0xff, 0xff}, orange{0xff, 0x80, 0x10};

struct Case {
    char const* name;
    Framebuffer framebuffer;
    std::size_t bytes;
    std::uint32_t white, orange;
};

TEST(PixelFormat, knows_every_layout) {
    Case const cases[]{
        {"x8r8g8b8", framebuffer(32, {16, 8}, {8, 8}, {0, 8}), 4, 0xff'ffff, 0xff'8010},
        {"x8b8g8r8", framebuffer(32, {0, 8}, {8, 8}, {16, 8}), 4, 0xff'ffff, 0x10'80ff},
        {"r8g8b8x8", framebuffer(32, {24, 8}, {16, 8}, {8, 8}), 4, 0xffff'ff00, 0xff80'1000},
        {"r8g8b8", framebuffer(24, {16, 8}, {8, 8}, {0, 8}), 3, 0xff'ffff, 0xff'8010},
        {"r5g6b5", framebuffer(16, {11, 5}, {5, 6}, {0, 5}), 2, 0xffff, 0x1f << 11 | 0x20 << 5 | 2},
        {"x1r5g5b5", framebuffer(15, {10, 5}, {5, 5}, {0, 5}), 2, 0x7fff, 0x1f << 10 | 0x10 << 5 | 2},
        {"r3g3b2", framebuffer(8, {5, 3}, {2, 3}, {0, 2}), 1, 0xff, 7 << 5 | 4 << 2},
        {"r10g10b10", framebuffer(30, {20, 10}, {10, 10}, {0, 10}), 4, 0x3fff'ffff,
         0x3ffU << 20 | 0x202U << 10 | 0x040U},
        {"fields of one bit", framebuffer(3, {2, 1}, {1, 1}, {0, 1}), 1, 7, 6},
    };
    for (auto const& one : cases) {
        auto const format = PixelFormat::of(one.framebuffer);
        ASSERT_TRUE(format) << one.name;
        EXPECT_EQ(format->bytes(), one.bytes) << one.name;
        EXPECT_EQ(format->pixel(white), one.white) << one.name;
        EXPECT_EQ(format->pixel(orange), one.orange) << one.name;
        EXPECT_EQ(format->pixel(Rgb{}), 0U) << one.name;
    }
}

// Black must be no bits at all: a screen is cleared by zeros. And no colour may get into its neighbours.
TEST(PixelFormat, keeps_colours_in_their_fields) {
    for (std::uint8_t size = 1; size <= 10; ++size) {
        auto const last   = static_cast<std::uint8_t>(2 * size);
        auto const format = PixelFormat::of(framebuffer(3U * size, {0, size}, {size, size}, {last, size}));
        ASSERT_TRUE(format);
        auto const all = (std::uint64_t{1} << size) - 1;
        EXPECT_EQ(format->pixel({0xff, 0, 0}), all) << int{size};
        EXPECT_EQ(format->pixel({0, 0xff, 0}), all << size) << int{size};
        EXPECT_EQ(format->pixel({0, 0, 0xff}), all << last) << int{size};
    }
}

TEST(PixelFormat, refuses_what_has_no_colours_of_its_own) {
    auto left = framebuffer(32, {16, 8}, {8, 8}, {0, 8});
    left.kind = Framebuffer::Kind::indexed;
    EXPECT_EQ(PixelFormat::of(left).error(), FormatError::indexed);
    left.kind = Framebuffer::Kind::text;
    EXPECT_EQ(PixelFormat::of(left).error(), FormatError::not_pixels);
}

TEST(PixelFormat, refuses_what_cannot_be) {
    EXPECT_EQ(PixelFormat::of(framebuffer(48, {32, 16}, {16, 16}, {0, 16})).error(), FormatError::too_deep);
    EXPECT_EQ(PixelFormat::of(framebuffer(32, {16, 8}, {8, 0}, {0, 8})).error(), FormatError::no_colour);
    EXPECT_EQ(PixelFormat::of(framebuffer(32, {16, 8}, {15, 8}, {0, 8})).error(),
              FormatError::fields_overlap);
    EXPECT_EQ(PixelFormat::of(framebuffer(16, {16, 8}, {8, 8}, {0, 8})).error(), FormatError::fields_overlap);
    EXPECT_EQ(PixelFormat::of(framebuffer(32, {255, 255}, {8, 8}, {0, 8})).error(),
              FormatError::fields_overlap);
}

TEST(PixelFormat, errors_say_what_is_wrong) {
    EXPECT_EQ(explain(FormatError::not_pixels), "it has characters in place of pixels");
    EXPECT_EQ(explain(FormatError::indexed), "its pixels are numbers in a palette, which Pith does not set");
    EXPECT_EQ(explain(FormatError::too_deep), "its pixels have more than 32 bits");
    EXPECT_EQ(explain(FormatError::no_colour), "its pixels lack a colour");
    EXPECT_EQ(explain(FormatError::fields_overlap), "its pixels' colours overlap");
}

}  // namespace
}  // namespace pith::screen
