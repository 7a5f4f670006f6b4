// What exercise 15.3 asks for.
#pragma once

#include "tasks/sleep.hpp"
#include "tasks/stream.hpp"

#include <string>

namespace exercise {

// Waits for a letter, however long that takes; then takes all that follow, until for `pause` none has come.
// Nothing of the stream is lost: what comes later is there for the next call. Empty at the stream's end.
pith::tasks::Task<std::string> read_burst(pith::tasks::Stream<char>& from, pith::time::Clock::duration pause);

}  // namespace exercise
