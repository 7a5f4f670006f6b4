// What the check calls.
#pragma once

#include "../../screen.hpp"
#include "base/fail.hpp"

// Yours. Shows a failure, from the screen's next line on:
//     failed: MESSAGE               as many lines of 80 characters as it takes
//       at FILE:LINE                or, where there is no file:
//       called from ADDRESS         as {:#x}; or, where there is no address either, nothing
void report(Screen& screen, pith::Failure const& failure);
