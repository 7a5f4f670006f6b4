#include "boot/placement.hpp"

#include "base/sealed.hpp"

namespace pith::boot {
namespace {

PITH_SEALED constinit Places of_this_boot{};

}  // namespace

Places places() { return of_this_boot; }

void note_places(Places places) { of_this_boot = places; }

}  // namespace pith::boot
