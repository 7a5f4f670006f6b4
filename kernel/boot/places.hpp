// Which places the kernel's image and the direct map may have, and which they get (KASLR).
//
// Who finds a way to write somewhere in memory has to know where. So both are put at other addresses in each boot.
//
//   the image       steps of 2 MiB in the top 2 GiB. One table of the boot map holds its 4 MiB: so there are 511 places
//                   in each GiB
//   direct map      steps of 1 GiB in the upper half. One table holds the boot map's 4 GiB: so there are 509 places in
//                   each of 126 entries of the root. Behind the last place there is room for 64 TiB
//
// The command line may say more: `nokaslr` leaves both where they are linked, and `kaslr=IMAGE,MAP` gives the places by
// their numbers, to see once more what was seen once.
//
// Needs:     memory (addresses, layout).
// Promises:  whatever the command line says, a place that exists.
#pragma once

#include "memory/layout.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace pith::boot {

// Where the numbers come from.
enum class Draw : std::uint8_t { none, given, time_stamp, rdrand, rdseed };

// In words, for the boot report.
std::string_view explain(Draw draw);

struct Places {
    static constexpr std::uint32_t images_in_gib = 511, images = 2 * images_in_gib;
    static constexpr std::uint32_t maps_in_root_entry = 509, direct_maps = 126 * maps_in_root_entry;

    std::uint32_t image = 0, direct_map = 0;  // 0: where the linker put it
    Draw draw = Draw::none;

    // How far the image lies behind where it is linked.
    constexpr std::uint64_t image_slide() const {
        constexpr std::uint64_t step = std::uint64_t{1} << 21, gib = std::uint64_t{1} << 30;
        return image / images_in_gib * gib + image % images_in_gib * step;
    }
    constexpr VirtAddr direct_map_start() const {
        constexpr std::uint64_t step = std::uint64_t{1} << 30, root_entry = std::uint64_t{1} << 39;
        return layout::upper_half_start + direct_map / maps_in_root_entry * root_entry +
               direct_map % maps_in_root_entry * step;
    }
};

static_assert(layout::upper_half_start +
                  Places::direct_maps / Places::maps_in_root_entry * (std::uint64_t{1} << 39) +
                  layout::direct_map_size <=
              layout::kernel_start);

// What two numbers that nobody can guess choose.
constexpr Places drawn(Draw draw, std::uint64_t first, std::uint64_t second) {
    return {.image      = static_cast<std::uint32_t>(first % Places::images),
            .direct_map = static_cast<std::uint32_t>(second % Places::direct_maps),
            .draw       = draw};
}

// What the command line orders, if it does. What stands in quotes there is for others.
std::optional<Places> ordered_by(std::string_view command_line);

}  // namespace pith::boot
