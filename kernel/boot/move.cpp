// Moving the kernel to the places that this boot chooses (KASLR): what move.S calls. Only kernels that are linked to be moved
// have it.
//
// Needs:     placement, the handoff's readers (for the command line), cpu (random numbers).
// Reference: boot/move.S, which calls and moves; tools/pith/relocations.py, which lists what has to be changed.
#include "boot/handoff.hpp"
#include "boot/image_size.inc"
#include "boot/placement.hpp"
#include "cpu/random.hpp"

#include <array>

namespace {

// What move.S does with it: in two registers (System V ABI for AMD64, "Parameter Passing").
struct Move {
    std::uint64_t slide;       // of the image
    std::uint64_t root_entry;  // of the direct map
};

}  // namespace

// Tables of move.S and page_tables.S, which it will hang in. They are linked at their physical addresses, and so long as
// this runs memory is mapped there, too.
extern "C" {
extern std::array<std::uint64_t, 512> moved_directory, moved_direct_map, boot_kernel_directory, boot_pdpt_low;
Move choose_move(pith::boot::Start start);
}

namespace pith::boot {
namespace {

static_assert(Places::images_in_gib == 512 - (IMAGE_TABLES - 1),
              "all of the image's tables hang in one directory");
constexpr std::size_t map_gib = layout::boot_map_size >> 30;
static_assert(Places::maps_in_root_entry == 512 - (map_gib - 1), "all of the boot map hangs in one table");

Places draw_places() {
    if (auto const first = cpu::hardware_seed()) {
        if (auto const second = cpu::hardware_seed()) return drawn(Draw::rdseed, *first, *second);
    }
    if (auto const first = cpu::hardware_random()) {
        if (auto const second = cpu::hardware_random()) return drawn(Draw::rdrand, *first, *second);
    }
    return drawn(Draw::time_stamp, cpu::time_stamp_noise(), cpu::time_stamp_noise());
}

Places choose_places(Start start) {
    auto const ordered = ordered_by(read_command_line(start, boot_window()));
    return ordered ? *ordered : draw_places();
}

}  // namespace
}  // namespace pith::boot

Move choose_move(pith::boot::Start start) {
    using namespace pith;
    using boot::Places;
    auto const places = boot::choose_places(start);
    boot::note_places(places);
    layout::direct_map_start = places.direct_map_start();

    auto const in_directory = places.image % Places::images_in_gib;
    for (std::size_t table = 0; table < IMAGE_TABLES; ++table) {
        moved_directory[in_directory + table] = boot_kernel_directory[table];
    }
    auto const in_map = places.direct_map % Places::maps_in_root_entry;
    for (std::size_t gib = 0; gib < boot::map_gib; ++gib) moved_direct_map[in_map + gib] = boot_pdpt_low[gib];
    return {.slide      = places.image_slide(),
            .root_entry = 256 + places.direct_map / Places::maps_in_root_entry};
}
