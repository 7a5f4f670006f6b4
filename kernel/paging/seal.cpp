#include "paging/seal.hpp"

#include "base/sealed.hpp"
#include "boot/image.hpp"
#include "console/panic.hpp"
#include "paging/kernel_map.hpp"

namespace pith::paging {
namespace {

// #region protect
void protect_sealed(Access access) {
    auto const parts = boot::image_parts();
    with_kernel_space([&](KernelSpace& space, KernelFrames& frames) {
        auto stale         = space.stale_pages(frames);
        auto const changed = space.protect(PageRange::of_bytes(parts.sealed, parts.data - parts.sealed),
                                           {.access = access}, frames, stale);
        stale.flush();
        if (!changed) console::panic("the rights of what is sealed cannot be changed: {}", changed.error());
    });
}
// #endregion protect

}  // namespace

// #region seal
void seal() {
    if (is_sealed()) return;
    note_seal(Seal::closed);  // the last that is written there
    protect_sealed(Access::read);
}
// #endregion seal

void unseal() {
    if (!is_sealed()) return;
    protect_sealed(Access::read_write);
    note_seal(Seal::open);
}

Unsealed::Unsealed() : was_sealed_{is_sealed()} { unseal(); }
Unsealed::~Unsealed() {
    if (was_sealed_) seal();
}

}  // namespace pith::paging
