#include "lines.hpp"

#include "load.hpp"
#include "plant.hpp"

namespace pith::endurance {
namespace {

std::uint32_t checksum_of(std::string_view text) {
    std::uint32_t sum = 2'166'136'261;
    for (char const letter : text) sum = (sum ^ static_cast<std::uint8_t>(letter)) * 16'777'619;
    return sum;
}

Line next_line(Speaker const& speaker, Chance& chance) {
    constexpr std::uint64_t longest = 100;
    Line line;
    std::format_to(std::back_inserter(line), "{} {} ", speaker.name, speaker.lines + 1);
    for (auto left = chance.between(1, longest); left > 0; --left)
        line.push_back(static_cast<char>('a' + chance.below(26)));
    add_checksum(line);
    return line;
}

void tear(Line const& line) {
    auto const half = line.size() / 2;
    console::print("{}", line.view().substr(0, half));
    console::println("a line amidst another");
    console::println("{}", line.view().substr(half));
}

}  // namespace

void add_checksum(Line& line) {
    std::format_to(std::back_inserter(line), " #{:08x}", checksum_of(line.view()));
}

void speak(Speaker& speaker, Chance& chance) {
    auto const line = next_line(speaker, chance);
    ++speaker.lines;
    if (is_planted(Plant::line)) return tear(line);
    console::println("{}", line.view());
}

void try_speak(Speaker& speaker, Chance& chance) {
    auto const line = next_line(speaker, chance);
    if (console::try_println("{}", line.view())) ++speaker.lines;
}

Task<> work_with_lines(Work& work) {
    while (!work.is_over()) {
        co_await tasks::sleep_for(work.up_to(2s));
        for (auto left = work.chance.between(1, 4); left > 0; --left) {
            speak(task_speaker, work.chance);
            ++work.done;
        }
    }
}

}  // namespace pith::endurance
