#include "exercise.hpp"

// At frame_pointer lies the caller's frame pointer, and 8 bytes above it the return address. 0 ends the
// chain; so does whatever cannot be a frame pointer.
std::size_t collect(std::uint64_t, Stack, std::span<std::uint64_t>) { return 0; }
