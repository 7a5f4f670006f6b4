// Explaining an exception, in words: what happened, to which address, and whose that is.
//
//   page fault: cannot write to 0x00000000deadbeef: no page is mapped there
//     exception 14 (#PF), error code 0x2: not present, write, kernel
//     the address is in the lower half, which is for programs
//
// Needs:     console, decode, frame.
// Promises:  the same words everywhere: in a panic, and for what is survived.
#pragma once

#include "base/fixed_text.hpp"
#include "exceptions/frame.hpp"

namespace pith::exceptions {

// The text above, for one exception.
class Explanation {
public:
    // Reads CR2 and DR6: make it before anything else can fault.
    explicit Explanation(ExceptionFrame const& frame);

    // All of it.
    std::string_view text() const [[clang::lifetimebound]] { return text_.view(); }
    // Its first line.
    std::string_view headline() const [[clang::lifetimebound]] { return text().substr(0, headline_size_); }

private:
    FixedText<512> text_;
    std::size_t headline_size_ = 0;
};

// Panics with the explanation, the interrupted program's registers and its backtrace.
[[noreturn]] void panic_with(ExceptionFrame const& frame);

// Says the explanation in one line, and returns. If the log has an announcer, the log says it. Else it is
// printed at once, and kept; while somebody holds the console's lock it only counts, and the next line says
// how many were not said.
void say_and_go_on(ExceptionFrame const& frame);

}  // namespace pith::exceptions
