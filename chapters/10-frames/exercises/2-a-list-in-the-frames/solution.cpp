// Each frame holds the address of the one that came before it. No frame begins at 0, so 0 ends the list.
#include "exercise.hpp"

#include "memory/direct_map.hpp"

namespace exercise {
namespace {

using pith::PhysAddr;

constinit PhysAddr newest;

PhysAddr& link_in(PhysAddr frame) { return pith::physical_span<PhysAddr>(frame, 1).front(); }

}  // namespace

void give(Frame frame) {
    auto const address = std::move(frame).disown();
    link_in(address)   = std::exchange(newest, address);
}

std::optional<Frame> take() {
    if (newest == PhysAddr{}) return std::nullopt;
    auto const address = std::exchange(newest, link_in(newest));
    return Frame::own(address);
}

}  // namespace exercise
