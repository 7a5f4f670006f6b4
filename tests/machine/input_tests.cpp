// Keys from a keyboard that somebody types on, and bytes from a serial line: by looking, without interrupts.
#include "console/print.hpp"
#include "input/key.hpp"
#include "input/line_editor.hpp"
#include "input/ps2_controller.hpp"
#include "input/serial_input.hpp"
#include "input/terminal_keys.hpp"
#include "own_map.hpp"
#include "suites.hpp"

#include <array>

using namespace pith;
using input::Key;
using input::NamedKey;
using testing::check;
using testing::check_equal;

namespace {

constexpr cpu::PortRange keyboard_ports{0x60}, serial_ports{0x3f8};

// The controller, if there is one; else it is said why not.
std::optional<input::Ps2Controller<cpu::PortRange>> start() {
    input::Ps2Controller controller{keyboard_ports};
    auto const outcome = controller.start();
    if (outcome) return controller;
    console::print("{} ", input::explain(outcome.error()));
    return std::nullopt;
}

void a_machine_without_a_controller_is_told() { check(!start()); }

// The harness has them typed.
void typed_keys_arrive() {
    auto controller = start();
    if (!controller) return;
    constexpr std::array expected{Key{U'h'},
                                  Key{U'I'},
                                  Key{U'@'},
                                  Key{U'â'},
                                  Key{U'z'},
                                  Key{NamedKey::up},
                                  Key{U'c', {.control = true}},
                                  Key{NamedKey::f12, {.shift = true}}};
    console::println("");
    for (auto const* const keys : {"h", "shift-i", "alt_r-2", "equal", "a", "y", "up", "ctrl-c", "shift-f12"})
        console::println("MONITOR sendkey {} 20", keys);
    input::Keyboard keyboard{*input::find_layout("ch")};
    std::size_t arrived = 0;
    while (arrived < expected.size()) {
        auto const scancode = controller->read();
        if (!scancode) continue;
        keyboard.feed(*scancode, [&](Key const& key) { check(key == expected.at(arrived++)); });
    }
    console::print("{} keys arrived ", arrived);
}

void the_lights_are_shown() {
    auto controller = start();
    if (!controller) return;
    check(controller->show({.num_lock = true}));
    check(!controller->read());
    console::print("shown ");
}

// What is sent in loopback mode comes back. Nothing may be printed meanwhile.
std::string through_loopback(std::string_view bytes, input::SerialInput<cpu::PortRange>& line) {
    constexpr std::uint16_t data = 0, modem_control = 4;
    constexpr int patience = 1'000'000;
    auto const before      = serial_ports.read(modem_control);
    serial_ports.write(modem_control, before | 0x10);
    for (char const byte : bytes) serial_ports.write(data, static_cast<std::uint8_t>(byte));
    std::string received;
    for (int look = 0; look < patience && received.size() < bytes.size(); ++look) {
        if (auto const byte = line.read()) received.push_back(static_cast<char>(*byte));
    }
    serial_ports.write(modem_control, before);
    return received;
}

void bytes_come_from_the_serial_line() {
    tests::move_into_own_map();
    input::SerialInput line{serial_ports};
    check_equal(through_loopback("h\xc3\xa9\x1b[A\r", line), "h\xc3\xa9\x1b[A\r");
    check_equal(line.overruns(), 0U);
}

void what_the_serial_line_lost_is_counted() {
    tests::move_into_own_map();
    input::SerialInput line{serial_ports};
    auto const received = through_loopback("more than sixteen bytes", line);
    check_equal(received, "more than sixtee");
    check(line.overruns() > 0);
}

// All of it together, as the prompt will use it.
void a_line_is_edited() {
    tests::move_into_own_map();
    input::LineEditor editor{
        {.complete = [](std::string_view) { return std::vector<std::string>{"memory"}; }}};
    input::TerminalKeys terminal;
    std::string shown;
    editor.begin("> ", std::back_inserter(shown));
    auto outcome = input::LineEditor::Outcome::editing;
    for (char const byte : std::string_view{"me\tx\x1b[D\x1b[D\x7fY\r"}) {
        terminal.feed(static_cast<std::uint8_t>(byte),
                      [&](Key const& key) { outcome = editor.feed(key, std::back_inserter(shown)); });
    }
    check(outcome == input::LineEditor::Outcome::entered);
    check_equal(editor.text(), "memorY x");
    console::print("{}", shown);
}

// The harness types the lines; without it (--typed) nobody would.
void typed_lines_arrive() {
    tests::move_into_own_map();
    if (!tests::handoff().command_line.contains(" typed")) return;
    input::SerialInput line{serial_ports};
    input::TerminalKeys terminal;
    input::LineEditor editor;
    std::string shown;
    for (std::string_view const wanted :
         {"first", "wörld €", "a line that is longer than the queue of a UART"}) {
        console::println("\nTYPE {}", wanted);
        editor.begin("> ", std::back_inserter(shown));
        auto outcome = input::LineEditor::Outcome::editing;
        while (outcome == input::LineEditor::Outcome::editing) {
            auto const byte = line.read();
            if (!byte) continue;
            terminal.feed(*byte,
                          [&](Key const& key) { outcome = editor.feed(key, std::back_inserter(shown)); });
        }
        check_equal(editor.text(), wanted);
    }
    check_equal(line.overruns(), 0U);
    console::print("3 lines arrived ");
}

constexpr testing::Test list[] = {
    {.name          = "input.a_machine_without_a_controller_is_told",
     .run           = a_machine_without_a_controller_is_told,
     .expected_text = "this machine has no keyboard controller"},
    {"input.typed_keys_arrive", typed_keys_arrive},
    {"input.the_lights_are_shown", the_lights_are_shown},
    {"input.bytes_come_from_the_serial_line", bytes_come_from_the_serial_line},
    {"input.what_the_serial_line_lost_is_counted", what_the_serial_line_lost_is_counted},
    {"input.typed_lines_arrive", typed_lines_arrive},
    {.name = "input.a_line_is_edited", .run = a_line_is_edited, .expected_text = "> memory"},
};

}  // namespace

constinit testing::Suite const tests::input_suite = list;
