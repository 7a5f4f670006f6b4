// Fuzzes a line editor as a terminal drives it: whatever bytes come, the terminal shows the line as it is.
//
// The first byte of the input says how wide the terminal is.
#include "input/line_editor.hpp"
#include "input/terminal_keys.hpp"
#include "input/text.hpp"
#include "terminal_emulator.hpp"

#include <cstdlib>
#include <span>

namespace {

using namespace pith::input;
using pith::testing::TerminalEmulator;

constexpr std::u32string_view prompt = U"> ";

void demand(bool condition) {
    if (!condition) std::abort();
}

std::vector<std::string> words(std::string_view before) {
    if (before.ends_with("a")) return {"ab", "abba", "ä", "a"};
    return {"one", "once", "漢字"};
}

class Session {
public:
    explicit Session(std::size_t width)
        : terminal_{width}, editor_{{.width = width, .history = 3, .complete = words}} {
        begin();
    }
    void take(std::uint8_t byte) {
        keys_.feed(byte, [this](Key key) { press(key); });
    }
    // Somebody else writes a line.
    void interrupt() {
        std::string out;
        editor_.hide(std::back_inserter(out));
        out += "news\n";
        editor_.show(std::back_inserter(out));
        terminal_.write(out);
        demand_shown();
    }

private:
    void begin() {
        std::string out;
        editor_.begin(encode(prompt), std::back_inserter(out));
        terminal_.write(out);
        demand_shown();
    }
    void press(Key const& key) {
        std::string out;
        auto const outcome = editor_.feed(key, std::back_inserter(out));
        terminal_.write(out);
        if (outcome != LineEditor::Outcome::editing) return begin();
        demand_shown();
    }
    void demand_shown() const {
        auto const text = decode(editor_.text());
        std::u32string wanted{prompt};
        for (char32_t const character : text) wanted.push_back(shown_as(character));
        demand(text.size() <= LineEditor::max_length && editor_.history().entries().size() <= 3);
        demand(editor_.cursor() <= text.size());
        demand(pith::testing::shows(terminal_, wanted, prompt.size() + editor_.cursor()));
    }

    TerminalEmulator terminal_;
    TerminalKeys keys_;
    LineEditor editor_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    std::span const input{data, size};
#pragma clang unsafe_buffer_usage end
    if (input.empty()) return 0;
    Session session{3U + input.front() % 30};
    for (auto const byte : input.subspan(1)) {
        if (byte == 0xff) session.interrupt();
        session.take(byte);
    }
    return 0;
}
