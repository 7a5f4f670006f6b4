// The console: one place to write to, which writes to all that there are.
//
// Needs:     base, cpu (lock).
// Promises:  nobody reaches it without its lock (but for panic), and the lock masks interrupts: lines of
//            different writers do not mix, and an interrupt handler that prints cannot wait for itself.
#pragma once

#include "console/sink.hpp"
#include "cpu/spinlock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pith::console {

// What a sink is to whoever reads it: some of what is written is not for all (log/).
enum class SinkKind : std::uint8_t {
    line,    // a serial line, or a file: it takes everything
    screen,  // what people look at: it has little room
};

// #region console
class Console {
public:
    static constexpr std::size_t max_sinks = 4;

    // Writes to `sink`, too, from now on. It must live as long as the console. Fails if there are too many.
    void attach(Sink& sink, SinkKind kind);
    // Writes to `sink` no more.
    void detach(Sink& sink);

    void write(std::string_view text);
    // To the sinks of one kind only.
    void write(std::string_view text, SinkKind kind);

    bool writes_to(Sink const& sink) const;

private:
    struct Place {
        Sink* sink    = nullptr;
        SinkKind kind = SinkKind::line;
    };

    std::array<Place, max_sinks> places_{};
};

// The kernel's one console.
extern constinit cpu::Locked<Console> the_console;
// #endregion console

}  // namespace pith::console
