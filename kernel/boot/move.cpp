#include "boot/move.hpp"

#include "boot/handoff.hpp"
#include "boot/image.hpp"
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

[[gnu::section(".sealed")]] constinit Places chosen{};

Places draw_places() {
    if (auto const first = cpu::hardware_seed()) {
        if (auto const second = cpu::hardware_seed()) return drawn(Draw::rdseed, *first, *second);
    }
    if (auto const first = cpu::hardware_random()) {
        if (auto const second = cpu::hardware_random()) return drawn(Draw::rdrand, *first, *second);
    }
    return drawn(Draw::time_stamp, cpu::time_stamp_noise(), cpu::time_stamp_noise());
}

// A loader's information that cannot be read orders nothing. The panic about it comes later, when there is a console.
std::optional<Places> ordered_by_loader(Start start) {
    auto const handoff = read_handoff(start, boot_window(), image());
    return handoff ? ordered_by(handoff->command_line) : std::nullopt;
}

}  // namespace

Places places() { return chosen; }

}  // namespace pith::boot

Move choose_move(pith::boot::Start start) {
    using namespace pith;
    auto const ordered       = boot::ordered_by_loader(start);
    boot::chosen             = ordered ? *ordered : boot::draw_places();
    layout::direct_map_start = boot::chosen.direct_map_start();

    auto const in_directory           = boot::chosen.image % boot::Places::images_in_gib;
    moved_directory[in_directory]     = boot_kernel_directory[0];
    moved_directory[in_directory + 1] = boot_kernel_directory[1];
    auto const in_map                 = boot::chosen.direct_map % boot::Places::maps_in_root_entry;
    for (std::size_t gib = 0; gib < 4; ++gib) moved_direct_map[in_map + gib] = boot_pdpt_low[gib];
    return {.slide      = boot::chosen.image_slide(),
            .root_entry = 256 + boot::chosen.direct_map / boot::Places::maps_in_root_entry};
}
