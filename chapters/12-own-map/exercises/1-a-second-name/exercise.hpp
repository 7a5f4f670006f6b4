// Exercise 12.1: can memory be written under another address?
#pragma once

#include "paging/kernel_map.hpp"

#include <optional>

namespace exercise {

using pith::VirtAddr;
using pith::paging::KernelSpace;

// An address at which the byte behind `address` can be written: `address` itself, or another. Nothing if
// there is none, or if nothing is mapped at `address`.
std::optional<VirtAddr> writable_name(KernelSpace const& space, VirtAddr address);

}  // namespace exercise
