#include "exercise.hpp"

using pith::exceptions::ExceptionFrame;
using pith::exceptions::Resolution;

// 0F 0B 53 puts the square of RAX into RAX. Whatever else is undefined, is not ours.
Resolution on_invalid_opcode(ExceptionFrame&) { return Resolution::not_mine; }
