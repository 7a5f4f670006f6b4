// C++ without a runtime: it compiles. Then the linker says what is missing.
#include "boot/start.hpp"
#include "cpu/halt.hpp"
#include "memory/layout.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace {

// #region try
using Line = std::array<std::uint16_t, 80>;

Line in_green(std::span<char const> text) {
    Line line{};
    for (std::size_t column = 0; column < text.size(); ++column) {
        line[column] = static_cast<std::uint16_t>(0x2f00 | text[column]);
    }
    return line;
}

void show(Line const& line) {
    // SAFETY: because the boot map reaches video memory, and nobody else in this kernel writes to it.
    *reinterpret_cast<Line*>(DIRECT_MAP_START + 0xb8000) = line;
}
// #endregion try

}  // namespace

void kernel_main(pith::boot::Start) {
    show(in_green("Hello"));
    pith::cpu::halt_forever();
}
