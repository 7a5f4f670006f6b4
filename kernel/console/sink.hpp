// A place that text goes to: a serial port, a screen, a log.
//
// Which ones there are is known only when the machine runs: hence a virtual function.
//
// Needs:     nothing.
#pragma once

#include <string_view>

namespace pith::console {

class Sink {
public:
    // Shows `text`: UTF-8, lines ended by '\n', ANSI escape sequences for colours. Must not fail, and not
    // wait for ever.
    virtual void write(std::string_view text) = 0;

protected:
    constexpr Sink()             = default;
    ~Sink()                      = default;  // nobody owns a sink through this type
    Sink(Sink const&)            = delete;
    Sink& operator=(Sink const&) = delete;
};

}  // namespace pith::console
