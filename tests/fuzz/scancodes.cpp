// Fuzzes a keyboard: scancodes in any order, on a layout that the first byte of the input chooses.
#include "input/keyboard.hpp"
#include "keys.hpp"

#include <cstdlib>
#include <vector>

namespace {

using namespace pith::input;

void demand(bool condition) {
    if (!condition) std::abort();
}

std::vector<Key> keys_of(Keyboard& keyboard, std::uint8_t scancode) {
    std::vector<Key> keys;
    keyboard.feed(scancode, [&](Key key) { keys.push_back(key); });
    return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    std::span const input{data, size};
#pragma clang unsafe_buffer_usage end
    if (input.empty()) return 0;
    Keyboard keyboard{layouts()[input.front() % layouts().size()]};
    for (auto const byte : input.subspan(1)) {
        for (auto const& key : keys_of(keyboard, byte)) {
            demand(pith::testing::is_normal(key) && !is_dead(key.character().value_or(0)));
        }
        demand(keyboard.leds().raw() <= 7);
    }
    // Another layout, while keys are held and an accent waits.
    keyboard.use(*find_layout(layouts().back().name));
    demand(keyboard.layout().name == layouts().back().name);
    demand(find_layout("nonsense") == nullptr);
    // However it was left: two errors bring it back to where a space is a space.
    for (auto const byte : {std::uint8_t{0xff}, std::uint8_t{0xff}}) demand(keys_of(keyboard, byte).empty());
    demand(keyboard.overruns() > 0);
    demand(keys_of(keyboard, 0x39) == std::vector{Key{U' '}});
    keyboard.forget_held();
    demand(keys_of(keyboard, 0x39) == std::vector{Key{U' '}});
    return 0;
}
