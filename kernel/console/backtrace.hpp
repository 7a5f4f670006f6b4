// Who called whom: the chain of stack frames that the frame pointer begins.
//
//        higher addresses
//      | return address |  rbp + 8: where the caller goes on
//      | caller's rbp   |  <- rbp: the next frame; 0 ends the chain
//      | locals         |
//        lower addresses
//
// Needs:     base (bytes), memory (addresses).
// Promises:  only the given stack is read. A damaged chain ends, and never loops: each frame must lie above
//            the one before it.
// Reference: System V ABI for AMD64, "The Stack Frame"; clang, "-fno-omit-frame-pointer".
#pragma once

#include "base/bytes.hpp"
#include "memory/address.hpp"

namespace pith::console {

// #region walk
// A stack: its bytes, and the address of the first of them.
struct StackView {
    VirtAddr start;
    Bytes bytes;

    std::optional<std::uint64_t> word_at(std::uint64_t address) const {
        if (address < start.value() || address % sizeof(std::uint64_t) != 0) return std::nullopt;
        return load<std::uint64_t>(bytes, address - start.value());
    }
};

// Calls `visit(return_address, frame_pointer)` for each frame from `frame_pointer` on, innermost first, as
// long as it returns true.
template <typename Visit>
void for_each_return_address(StackView const& stack, std::uint64_t frame_pointer, Visit&& visit) {
    while (frame_pointer != 0) {
        auto const caller  = stack.word_at(frame_pointer);
        auto const address = stack.word_at(frame_pointer + sizeof(std::uint64_t));
        if (!caller || !address || !visit(*address, frame_pointer)) return;
        if (*caller <= frame_pointer) return;
        frame_pointer = *caller;
    }
}
// #endregion walk

// A program that was interrupted: an exception's entry code stands between its frames and the handler's.
struct Interrupted {
    std::uint64_t rip, rsp, rbp;
};

// What the return address `address`, in the frame at `frame_pointer`, goes back to if it lies in an
// exception's entry code; nothing if it does not. The layer that knows those registers it.
using InterruptedFinder = std::optional<Interrupted> (*)(std::uint64_t address, std::uint64_t frame_pointer);
void set_interrupted_finder(InterruptedFinder finder);

}  // namespace pith::console
