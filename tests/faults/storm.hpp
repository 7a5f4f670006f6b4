// A storm of NMIs from outside, over a program that does nothing but break.
#pragma once

#include <string_view>

namespace pith::faults {

// Runs until so many NMIs have come. True if no register ever changed, and NMIs interrupted NMIs.
bool run_storm(std::string_view nmi_count);

}  // namespace pith::faults
