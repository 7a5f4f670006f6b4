// Keys: the keyboard's controller hands us, as if they came from the keyboard, the bytes that we write.
//
// Reference: IBM, "Personal System/2 Hardware Interface Technical Reference", "Keyboard and Auxiliary Device
//            Controller", command D2.
#include "cpu/port.hpp"
#include "findings.hpp"
#include "input/start.hpp"
#include "load.hpp"
#include "plant.hpp"
#include "weather.hpp"

#include <array>
#include <vector>

namespace pith::endurance {
namespace {

constexpr cpu::Port<std::uint8_t> data{0x60}, status{0x64}, command{0x64};
constexpr std::uint8_t output_full = 1, input_full = 2, write_output = 0xd2;
constexpr std::uint8_t shift = 0x2a, released = 0x80;

struct Letter {
    std::uint8_t scancode;
    char32_t plain, shifted;
};
// Of set 1, on the first layout.
constexpr Letter letters[] = {{0x10, U'q', U'Q'}, {0x11, U'w', U'W'}, {0x12, U'e', U'E'}, {0x13, U'r', U'R'},
                              {0x1e, U'a', U'A'}, {0x1f, U's', U'S'}, {0x20, U'd', U'D'}, {0x2e, U'c', U'C'},
                              {0x2f, U'v', U'V'}, {0x30, U'b', U'B'}, {0x39, U' ', U' '}};

// The byte before must have been read.
Task<> send(std::uint8_t byte) {
    while ((status.read() & (output_full | input_full)) != 0) co_await tasks::sleep_for(10us);
    command.write(write_output);
    while ((status.read() & input_full) != 0) co_await tasks::sleep_for(10us);
    data.write(byte);
}

Task<char32_t> press(Work& work) {
    auto const letter     = work.chance.one_of(letters);
    bool const is_shifted = work.chance.once_in(4);
    if (is_shifted) co_await send(shift);
    if (!is_planted(Plant::key)) co_await send(letter.scancode);
    co_await send(letter.scancode | released);
    if (is_shifted) co_await send(shift | released);
    co_return is_shifted ? letter.shifted : letter.plain;
}

Task<std::optional<input::Key>> next_of(tasks::Stream<input::Key>& keys) { co_return co_await keys.next(); }

}  // namespace

Task<> work_with_keys(Work& work) {
    auto keys = input::keys();
    while (!work.is_over()) {
        co_await tasks::sleep_for(work.up_to(2s));
        std::vector<char32_t> pressed;
        strike_soon(work.chance);
        for (auto left = work.chance.between(1, 20); left > 0; --left)
            pressed.push_back(co_await press(work));
        for (auto const expected : pressed) {
            auto const key = co_await tasks::with_timeout(next_of(keys), 1s);
            if (!key) co_return find("a key arrives", 0, expected);
            expect_equal("a key", (*key)->character().value_or(0), expected);
            ++work.done;
        }
    }
}

}  // namespace pith::endurance
