#include "exercise.hpp"

std::size_t collect(std::uint64_t frame_pointer, Stack stack, std::span<std::uint64_t> found) {
    std::size_t count = 0;
    while (count < found.size()) {
        if (frame_pointer < stack.bottom || frame_pointer % 8 != 0) break;
        if (frame_pointer >= stack.top || stack.top - frame_pointer < 16) break;
        found[count++]    = word_at(frame_pointer + 8);
        auto const caller = word_at(frame_pointer);
        if (caller <= frame_pointer) break;  // also 0
        frame_pointer = caller;
    }
    return count;
}
