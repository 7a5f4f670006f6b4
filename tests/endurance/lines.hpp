// Lines that tell whether they are whole: each has the number of its speaker's lines before it, and a checksum.
//
//   task 17 qzkfpw… #5d0a91cc        FNV-1a of all before " #"
//
// tools/pith/endurance.py reads them outside: none may be missing, torn, or of anybody else.
//
// Reference: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm".
#pragma once

#include "base/fixed_text.hpp"
#include "chance.hpp"
#include "console/print.hpp"

#include <cstdint>
#include <format>
#include <iterator>
#include <string_view>

namespace pith::endurance {

// Who prints: its lines are counted, and only one of them is printed at a time.
struct Speaker {
    std::string_view name;
    std::uint64_t lines = 0;
};
inline constinit Speaker task_speaker{"task"}, timer_speaker{"timer"}, nmi_speaker{"nmi"};

using Line = FixedText<400>;
void add_checksum(Line& line);

// A line of any letters.
void speak(Speaker& speaker, Chance& chance);
// The same by who may have interrupted whoever holds the console: then nothing is said.
void try_speak(Speaker& speaker, Chance& chance);

// A line with a checksum and no number.
template <typename... Arguments>
void say(std::format_string<Arguments...> format, Arguments&&... arguments) {
    Line line;
    std::format_to(std::back_inserter(line), format, std::forward<Arguments>(arguments)...);
    add_checksum(line);
    console::println("{}", line.view());
}

}  // namespace pith::endurance
