// A kernel with a prompt and hardly anything behind it: what the tools that play a session are tried on.
//
// Keys come from the keyboard and from the serial line, by looking. With "layout=NAME" on its command line
// the keyboard is another country's.
#include "acpi/power.hpp"
#include "acpi/start.hpp"
#include "console/ansi.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "input/line_editor.hpp"
#include "input/ps2_controller.hpp"
#include "input/serial_input.hpp"
#include "input/terminal_keys.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"
#include "screen/start.hpp"

using namespace pith;
using input::LineEditor;

namespace {

// ---- commands ---------------------------------------------------------------------------------------------

struct Command {
    std::string_view name;
    void (*run)(std::string_view rest);
};

void echo(std::string_view text) { console::println("{}", text); }
void json(std::string_view) {
    console::println(R"({{"name": "echo", "frames": {{"free": 1200}}, "ways": ["serial", "keys"]}})");
}
void colours(std::string_view) {
    for (int colour = 1; colour < 8; ++colour)
        console::print("\x1b[3{}m dark \x1b[9{}m bright {}", colour, colour, console::ansi::reset);
    console::println("\nGröße, Ελληνικά, 漢字");
}
void count(std::string_view) {
    for (int line = 1; line <= 60; ++line) console::println("{:{}}line {}", "", line, line);
}
void fail(std::string_view) { console::panic("it was asked for"); }
[[noreturn]] void hang(std::string_view) {
    for (;;) cpu::pause();
}
void halt(std::string_view) { cpu::halt_forever(); }
void power_off(std::string_view) { console::println("{}", acpi::explain(acpi::power_off())); }
void reset(std::string_view) { acpi::restart(); }
void help(std::string_view);

constexpr Command commands[] = {{"colours", colours},    {"count", count}, {"echo", echo}, {"halt", halt},
                                {"hang", hang},          {"help", help},   {"json", json}, {"panic", fail},
                                {"poweroff", power_off}, {"reset", reset}};

void help(std::string_view) {
    for (auto const& command : commands) console::print("{} ", command.name);
    console::println("");
}

void run(std::string_view line) {
    auto const end  = std::min(line.find(' '), line.size());
    auto const name = line.substr(0, end), rest = line.substr(std::min(end + 1, line.size()));
    if (name.empty()) return;
    auto const* const found = std::ranges::find(commands, name, &Command::name);
    if (found == std::ranges::end(commands)) return console::println("there is no command '{}'", name);
    found->run(rest);
}

std::vector<std::string> complete(std::string_view) {
    std::vector<std::string> names;
    for (auto const& command : commands) names.emplace_back(command.name);
    return names;
}

// ---- the prompt -------------------------------------------------------------------------------------------

class Prompt {
public:
    explicit Prompt(input::Layout const& layout) : keyboard_{layout} {}

    [[noreturn]] void run() {
        bool const has_keyboard = controller_.start().has_value();
        begin();
        for (;;) {
            if (auto const byte = line_.read()) terminal_.feed(*byte, [this](auto key) { take(key); });
            if (!has_keyboard) continue;
            if (auto const code = controller_.read()) keyboard_.feed(*code, [this](auto key) { take(key); });
        }
    }

private:
    void begin() {
        show([this](auto out) {
            editor_.begin(std::format("{}pith>{} ", console::ansi::bold_green, console::ansi::reset), out);
        });
    }
    void take(input::Key const& key) {
        auto outcome = LineEditor::Outcome::editing;
        show([&](auto out) { outcome = editor_.feed(key, out); });
        if (outcome == LineEditor::Outcome::entered) ::run(editor_.text());
        if (outcome != LineEditor::Outcome::editing) begin();
    }
    // What one key changes is written in one piece.
    void show(auto&& edit) {
        std::string out;
        edit(std::back_inserter(out));
        console::print("{}", out);
    }

    input::Ps2Controller<cpu::PortRange> controller_{cpu::PortRange{0x60}};
    input::SerialInput<cpu::PortRange> line_{cpu::PortRange{0x3f8}};
    input::Keyboard keyboard_;
    input::TerminalKeys terminal_;
    LineEditor editor_{{.complete = complete}};
};

input::Layout const& layout_of(std::string_view command_line) {
    constexpr std::string_view key = "layout=";
    auto const start               = command_line.find(key);
    if (start == std::string_view::npos) return input::layouts().front();
    auto const rest          = command_line.substr(start + key.size());
    auto const* const layout = input::find_layout(rest.substr(0, rest.find(' ')));
    require(layout != nullptr, "there is such a layout");
    return *layout;
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);
    screen::start(handoff);
    acpi::start(handoff);
    console::println("This is a prompt; 'help' lists its commands.");
    Prompt{layout_of(handoff.command_line)}.run();
}
