// How long is meant by "1.5s", "20ms", "300us", or "3", which are seconds.
//
// Needs:     nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace pith::shell {

// Nothing if it is no duration, or longer than eleven days.
std::optional<std::chrono::nanoseconds> duration_of(std::string_view text);

}  // namespace pith::shell
