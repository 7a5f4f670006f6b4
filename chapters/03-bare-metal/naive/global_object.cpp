// error: declaration requires a global constructor
//
// A global object whose constructor has something to do, and nobody who calls it.
#include "../screen.hpp"
#include "boot/start.hpp"
#include "cpu/halt.hpp"

#include <optional>

#ifdef MISTAKE
// #region mistake
namespace {
Screen screen;
}  // namespace

void kernel_main(pith::boot::Start) {
    screen.write_line("Hello");
    pith::cpu::halt_forever();
}
// #endregion mistake
#else
// #region right
namespace {
constinit std::optional<Screen> screen;  // what stands in the file is "no screen yet"
}  // namespace

void kernel_main(pith::boot::Start) {
    screen.emplace().write_line("Hello");
    pith::cpu::halt_forever();
}
// #endregion right
#endif
