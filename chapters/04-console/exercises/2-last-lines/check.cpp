// Writes much and little to the sink, and looks at what it plays back.
#include "base/fixed_text.hpp"
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

using namespace pith;
using console::println;

namespace {

// What was played back.
class Recorder final : public console::Sink {
public:
    void write(std::string_view text) override {
        for (char const character : text) text_.push_back(character);
    }
    std::string_view text() const { return text_.view(); }

private:
    FixedText<4 * capacity> text_;
};

constinit bool is_right = true;

// With line ends that can be seen.
void print_lines(std::string_view what, std::string_view text) {
    console::print("    {} \"", what);
    for (char const character : text) {
        if (character == '\n')
            console::print("\\n");
        else
            console::print("{}", character);
    }
    println("\"");
}

void expect(std::string_view when, std::string_view wanted) {
    Recorder recorder;
    replay(recorder);
    bool const is_equal = recorder.text() == wanted;
    println("{}: {}", when, is_equal ? "right" : "wrong");
    is_right = is_right && is_equal;
    if (is_equal) return;
    print_lines("it remembers", recorder.text());
    print_lines("and should  ", wanted);
}

constexpr std::string_view digits = "123456789\n";

}  // namespace

void kernel_main(boot::Start) {
    runtime::choose_stack_guard();
    console::start();
    auto& sink = memory();
    expect("nothing was written", "");
    sink.write("one line\nand a half");
    expect("a line and a half", "one line\nand a half");
    sink.write("");
    expect("an empty text", "one line\nand a half");
    sink.write(", now whole\n");
    for (std::size_t letter = 0; letter < 33; ++letter) sink.write("x");
    expect("64 bytes: all are kept", "one line\nand a half, now whole\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    sink.write("\n");
    expect("one more: the first line is torn", "and a half, now whole\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
    for (unsigned turn = 0; turn < 1000; ++turn) sink.write(digits);
    expect("many lines of ten bytes", "123456789\n123456789\n123456789\n123456789\n123456789\n123456789\n");
    sink.write("a text of more than 64 bytes, which is given in one piece, and\nends here\n");
    expect("more than it keeps, at once", "ends here\n");
    for (unsigned turn = 0; turn < 65; ++turn) sink.write("-");
    expect("a line longer than all that it keeps", "");
    sink.write("\nlast\n");
    expect("and the line behind it", "last\n");

    console::the_console.with([&](console::Console& all) { all.attach(sink, console::SinkKind::line); });
    println("a line for the console, which writes it to all of its sinks");
    console::the_console.with([&](console::Console& all) { all.detach(sink); });
    expect("as a sink of the console", "a line for the console, which writes it to all of its sinks\n");
    if (is_right) println("solved");
    cpu::halt_forever();
}
