// What exercise 6.2 is about: the bytes 0F 0B 53 square RAX.
#pragma once

#include "exceptions/handlers.hpp"

// The byte at an address of the kernel's code.
std::uint8_t byte_at(std::uint64_t address);

// Yours.
pith::exceptions::Resolution on_invalid_opcode(pith::exceptions::ExceptionFrame& frame);
