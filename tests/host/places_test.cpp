// The places that the image and the direct map may have (kernel/boot/places.hpp).
#include "boot/places.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace pith::boot {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20, gib = std::uint64_t{1} << 30;

TEST(Places, without_a_draw_all_is_where_it_is_linked) {
    EXPECT_EQ(Places{}.image_slide(), 0U);
    EXPECT_EQ(Places{}.direct_map_start(), layout::upper_half_start);
}

TEST(Places, the_image_stays_in_the_top_two_gib) {
    std::set<std::uint64_t> slides;
    for (std::uint32_t image = 0; image < Places::images; ++image) {
        auto const slide = Places{.image = image}.image_slide();
        EXPECT_EQ(slide % (2 * mib), 0U);
        EXPECT_EQ(slide / gib, (slide + 4 * mib - 1) / gib) << "its 4 MiB are in one table of the boot map";
        EXPECT_LE(slide, 2 * gib - 4 * mib);
        slides.insert(slide);
    }
    EXPECT_EQ(slides.size(), Places::images);
    EXPECT_EQ(*slides.rbegin(), 2 * gib - 4 * mib);
}

TEST(Places, the_direct_map_has_room_behind_each_of_its_places) {
    std::set<VirtAddr> starts;
    for (std::uint32_t map = 0; map < Places::direct_maps; ++map) {
        auto const start = Places{.direct_map = map}.direct_map_start();
        EXPECT_EQ(start.value() % gib, 0U);
        EXPECT_LE(start.value() / gib % 512, 512U - 4) << "its first 4 GiB are in one table of the boot map";
        EXPECT_LE(start + layout::direct_map_size, layout::kernel_start);
        starts.insert(start);
    }
    EXPECT_EQ(starts.size(), Places::direct_maps);
}

TEST(Places, draws_reach_all_places_about_equally) {
    std::mt19937_64 chance{42};
    std::array<unsigned, Places::images> images{};
    std::array<unsigned, 126> root_entries{};
    constexpr unsigned draws = 100 * Places::images;
    for (unsigned draw = 0; draw < draws; ++draw) {
        auto const places = drawn(Draw::rdrand, chance(), chance());
        ++images[places.image];
        ++root_entries[places.direct_map / Places::maps_in_root_entry];
    }
    for (auto const count : images) EXPECT_NEAR(count, 100, 60);  // six standard deviations
    for (auto const count : root_entries) EXPECT_NEAR(count, draws / 126.0, 180);
}

TEST(Places, the_command_line_orders_by_whole_words) {
    EXPECT_FALSE(ordered_by(""));
    EXPECT_FALSE(ordered_by("run=\"log\" nokaslrs xnokaslr"));
    auto const off = ordered_by("quiet  nokaslr run=1");
    ASSERT_TRUE(off);
    EXPECT_EQ(off->draw, Draw::none);
    EXPECT_EQ(off->image_slide(), 0U);
    auto const given = ordered_by("kaslr=1021,64133");
    ASSERT_TRUE(given);
    EXPECT_EQ(given->image, 1021U);
    EXPECT_EQ(given->direct_map, 64133U);
    EXPECT_EQ(given->draw, Draw::given);
}

// `run="…"` as people type it, and as GRUB hands it over.
TEST(Places, what_stands_in_quotes_orders_nothing) {
    for (auto const* const text : {R"(run="x nokaslr y")", R"("run=x nokaslr y")",
                                   R"(run="kaslr=1,1 kaslr=1,1 ")", R"(run="log nokaslr)"}) {
        EXPECT_FALSE(ordered_by(text)) << text;
    }
    auto const given = ordered_by(R"(run="x nokaslr y" kaslr=1,2 run="z")");
    ASSERT_TRUE(given);
    EXPECT_EQ(given->image, 1U);
    EXPECT_EQ(given->direct_map, 2U);
}

TEST(Places, an_order_that_makes_no_sense_is_none) {
    for (auto const* const text : {"kaslr=", "kaslr=1", "kaslr=1,", "kaslr=,1", "kaslr=-1,1", "kaslr=1,1x",
                                   "kaslr=1022,0", "kaslr=0,64134", "kaslr=99999999999,0", "kaslr=1,2,3"}) {
        EXPECT_FALSE(ordered_by(text)) << text;
    }
}

}  // namespace
}  // namespace pith::boot
