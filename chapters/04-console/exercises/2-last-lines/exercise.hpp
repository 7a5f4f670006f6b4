// A sink that keeps what was written last, so that it can be shown once more.
#pragma once

#include "console/sink.hpp"

#include <cstddef>

// How many bytes it keeps.
inline constexpr std::size_t capacity = 64;

// The sink. It lives as long as the kernel.
pith::console::Sink& memory();

// Writes to `to` what the sink remembers, the oldest first: the last `capacity` bytes that were written to
// it. If bytes before them are lost, the first line may be torn: it is left out, with its line end.
void replay(pith::console::Sink& to);
