// The benchmark kernel of the console on a framebuffer: what a finished text costs there, in instructions of the guest,
// beside a floor that has the finished pixels and brings them to the same places.
//
// Run by `./pith bench console`. The framebuffer is normal memory: instructions are the same.
#include "base/fail.hpp"
#include "cpu/hidden.hpp"
#include "cpu/string_instructions.hpp"
#include "measure.hpp"
#include "screen/cell_screen.hpp"
#include "start_memory.hpp"

#include <memory>
#include <string>

using namespace pith;
using bench::cost_of;
using bench::figure;
using cpu::hidden;

// The font, as kernel/CMakeLists.txt unpacks it.
extern "C" std::byte const font_start[], font_end[];

namespace {

constexpr std::uint32_t width = 1024, height = 768, pixel_bytes = 4, pitch = width * pixel_bytes;
constexpr std::size_t words = std::size_t{pitch} * height / 8;
constexpr boot::Framebuffer framebuffer{.address        = {},
                                        .pitch          = pitch,
                                        .width          = width,
                                        .height         = height,
                                        .bits_per_pixel = 8 * pixel_bytes,
                                        .kind           = boot::Framebuffer::Kind::rgb,
                                        .red            = {.position = 16, .size = 8},
                                        .green          = {.position = 8, .size = 8},
                                        .blue           = {.position = 0, .size = 8}};

// What one costs that takes so long is the same in each round.
constexpr std::size_t few_rounds = 4;

constexpr std::string_view line = "timer 12 of 4096 struck after 250 microseconds, 3 others wait";

// As the screen of the system writes to its framebuffer.
struct Memory {
    std::span<std::byte> bytes;

    void write(std::uint64_t offset, std::span<std::byte const> pixels) const {
        auto const place = bytes.subspan(static_cast<std::size_t>(offset), pixels.size());
        cpu::copy_words(place.data(), pixels.data(), pixels.size() / 8);
    }
};

using Screen = screen::CellScreen<Memory>;

screen::Font font() {
// SAFETY: because both symbols stand around one section.
#pragma clang unsafe_buffer_usage begin
    auto read = screen::Font::read(Bytes{font_start, font_end});
#pragma clang unsafe_buffer_usage end
    require(read.has_value(), "the font can be read");
    return *std::move(read);
}

// Rows of so many letters each, on all of the screen but its last row; the cursor stands in that.
std::string text_of(Screen const& screen, std::size_t letters, char first) {
    std::string text = "\x1b[2J\x1b[H";
    for (std::size_t row = 0; row + 1 < screen.rows(); ++row) {
        for (std::size_t letter = 0; letter < letters; ++letter)
            text += static_cast<char>(first + static_cast<int>((row * 7 + letter) % 13));
        text += "\r\n";
    }
    return text;
}

// No cell is as it was.
std::string all_cells(Screen const& screen, char letter) {
    return "\x1b[H" + std::string(screen.rows() * screen.columns() - 1, letter);
}

void measure_screen(Memory memory, screen::Picture const& picture) {
    auto const before = cpu::unordered_time_stamp();
    Screen screen{memory, picture, font()};
    figure("start", cpu::unordered_time_stamp() - before);
    figure("line",
           cost_of<64>([&] { screen.write(line); }, bench::nothing, [&] { screen.write("\x1b[2J\x1b[H"); }));
    auto const thousand = text_of(screen, 21, 'a');
    figure("scrolled", cost_of<few_rounds>([&] { screen.write("\r\n"); }, bench::nothing,
                                           [&] { screen.write(thousand); }));
    auto const all = all_cells(screen, 'a'), others = all_cells(screen, 'b');
    figure("all",
           cost_of<few_rounds>([&] { screen.write(others); }, bench::nothing, [&] { screen.write(all); }));
}

// Lines of finished pixels, one below the other.
void copy_lines(Memory memory, std::span<std::byte const> pixels, std::size_t lines) {
    auto const bytes = pixels.size() / lines;
    for (std::size_t number = 0; number < lines; ++number)
        memory.write(number * pitch, pixels.subspan(number * bytes, bytes));
}

void measure_floors(Memory memory, std::uint32_t glyph_width, std::uint32_t glyph_height) {
    std::vector<std::byte> const pixels(std::size_t{pitch} * height);
    figure("start-floor",
           cost_of<few_rounds>([&] { cpu::fill_words(hidden(memory.bytes.data()), 0, hidden(words)); }));
    auto const of_line = std::span{pixels}.first(line.size() * glyph_width * pixel_bytes * glyph_height);
    figure("line-floor", cost_of<64>([&] { copy_lines(memory, of_line, hidden(glyph_height)); }));
    figure("all-floor", cost_of<few_rounds>([&] { copy_lines(memory, pixels, hidden(height)); }));
}

}  // namespace

void kernel_main(boot::Start start) {
    bench::start_memory(start);
    std::vector<std::byte> video(std::size_t{pitch} * height);
    auto const format = screen::PixelFormat::of(framebuffer);
    require(format.has_value(), "the pixels can be drawn");
    auto const letters = font();
    measure_screen(Memory{video}, {.pitch = pitch, .width = width, .height = height, .format = *format});
    measure_floors(Memory{video}, letters.width(), letters.height());
    bench::finish();
}
