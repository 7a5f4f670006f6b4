#include "input/start.hpp"

#include "boot/entry.inc"
#include "console/start.hpp"
#include "cpu/interrupts.hpp"
#include "input/lights.hpp"
#include "input/ps2_controller.hpp"
#include "input/ring.hpp"
#include "input/serial_input.hpp"
#include "input/terminal_keys.hpp"
#include "interrupts/start.hpp"
#include "log/log.hpp"
#include "tasks/sleep.hpp"
#include "time/clock.hpp"

#include <deque>
#include <utility>

namespace pith::input {
namespace {

using namespace std::chrono_literals;
using interrupts::IsaLine;

// How long a terminal takes at most between the bytes of one key. (Escape alone is the beginning of others.)
constexpr auto key_pause = 50ms;
// What a device may have to say in one interrupt: a UART's queue has 16 bytes. One that never ends is broken.
constexpr int longest_burst = 256;

// #region source
// A device that an interrupt handler reads, as far as there is room. What has none stays in the device, which
// then does not interrupt any more (an edge-triggered line goes up once): whoever makes room goes on reading.
template <typename Device, std::size_t room>
struct Source {
    Device device;
    Ring<std::uint8_t, room> ring{};
    bool is_there = false, is_stalled = false;

    // With interrupts off.
    void read_all() {
        is_stalled = false;
        for (int count = 0; count < longest_burst && !ring.is_full(); ++count) {
            auto const byte = device.read();
            if (!byte) return;
            ring.push(*byte);
        }
        is_stalled = true;
    }
    std::optional<std::uint8_t> next() {
        if (auto const byte = ring.pop()) return byte;
        cpu::InterruptGuard const guard;
        if (is_stalled) read_all();
        return ring.pop();
    }
};
// #endregion source

constinit Source<Ps2Controller<cpu::PortRange>, 256> keyboard_source{Ps2Controller{cpu::PortRange{0x60}}};
constinit Source<SerialInput<cpu::PortRange>, 4096> serial_source{SerialInput{cpu::PortRange{SERIAL_PORT}}};
[[clang::no_destroy]] constinit tasks::Signal something_came;
[[clang::no_destroy]] constinit std::optional<Keyboard> the_keyboard;

// #region handler
template <auto& source>
void on_interrupt() {
    source.read_all();
    something_came.raise();
}
// #endregion handler

// ---- Setting up ------------------------------------------------------------------------------------------

template <auto& source>
bool take_line(IsaLine line, std::string_view name) {
    auto const taken = interrupts::take(line, name, on_interrupt<source>);
    if (!taken)
        log::warning("input", "the {} cannot interrupt: {}", name, interrupts::explain(taken.error()));
    return taken.has_value();
}

bool start_keyboard() {
    auto const started = keyboard_source.device.start();
    if (!started) {
        log::info("input", "{}", explain(started.error()));
        return false;
    }
    return take_line<keyboard_source>(IsaLine::keyboard, "keyboard") &&
           keyboard_source.device.enable_interrupt();
}

bool start_serial() {
    if (!console::writes_to_serial() || !take_line<serial_source>(IsaLine::serial_1, "serial line"))
        return false;
    serial_source.device.enable_interrupt();
    return true;
}

// ---- Bytes to keys ---------------------------------------------------------------------------------------

// What reads the rings: the state that a stream of keys has between two bytes.
class Reader {
    auto add() {
        return [this](Key const& key) { keys_.push_back(key); };
    }

public:
    // All that has come becomes keys.
    void read() {
        while (auto const byte = keyboard_source.next()) take_scancode(*byte);
        while (auto const byte = serial_source.next()) terminal_.feed(*byte, add());
        say_losses();
        show_lights();
    }
    std::optional<Key> take() {
        if (keys_.empty()) return std::nullopt;
        auto const key = keys_.front();
        keys_.pop_front();
        return key;
    }

    bool is_waiting_for_more() const { return terminal_.is_waiting(); }
    // Nothing more came.
    void flush() { terminal_.flush(add()); }

private:
    void take_scancode(std::uint8_t byte) {
        auto const [was_answer, reply] = lights_.take(byte);
        if (reply) tell_keyboard(*reply);
        if (!was_answer) the_keyboard->feed(byte, add());
    }
    void show_lights() {
        if (!keyboard_source.is_there) return;
        if (auto const byte = lights_.begin(the_keyboard->leds())) tell_keyboard(*byte);
    }
    // What cannot be told now is told with the next key.
    void tell_keyboard(std::uint8_t byte) {
        if (!keyboard_source.device.try_send(byte)) lights_.not_sent();
    }
    void say_losses() {
        auto const overruns =
            serial_source.device.overruns() + console::serial_input_overruns() + the_keyboard->overruns();
        if (auto const more = overruns - std::exchange(overruns_, overruns); more != 0)
            log::warning("input", "bytes were lost {} times: a device's own queue was full", more);
        auto const lost = console::serial_output_lost();
        if (auto const more = lost - std::exchange(lost_output_, lost); more != 0)
            log::warning("input", "the serial line took nothing for a while: {} bytes were not sent", more);
    }

    TerminalKeys terminal_;
    Lights lights_;
    std::deque<Key> keys_;
    std::uint64_t overruns_ = 0, lost_output_ = 0;
};

constexpr std::string_view input_found(bool has_keyboard, bool has_serial_line) {
    if (has_keyboard) return has_serial_line ? "keyboard, serial line" : "keyboard; there is no serial line";
    return has_serial_line ? "serial line; there is no keyboard" : "there is nothing to type on";
}

tasks::Task<> wait_for_bytes() { co_await something_came; }

}  // namespace

void start() {
    the_keyboard.emplace(layouts().front());
    keyboard_source.is_there = start_keyboard();
    serial_source.is_there   = start_serial();
    log::found("input", "{}", input_found(keyboard_source.is_there, serial_source.is_there));
}

// #region keys
tasks::Stream<Key> keys() {
    Reader reader;
    while (true) {
        reader.read();
        while (auto const key = reader.take()) co_yield *key;
        if (!reader.is_waiting_for_more() || !time::can_wake())
            co_await something_came;
        else if (!co_await tasks::with_timeout(wait_for_bytes(), key_pause))
            reader.flush();
    }
}
// #endregion keys

Layout const& layout() { return the_keyboard->layout(); }
void use_layout(Layout const& layout) { the_keyboard->use(layout); }

}  // namespace pith::input
