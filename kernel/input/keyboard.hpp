// A PS/2 keyboard: scancodes in, keys out.
//
// Needs:     scancode, layout, key.
// Promises:  whatever bytes come: each key given is one that the layout has, and no character is a dead one.
//            When scancodes were lost, no modifier stays behind.
#pragma once

#include "base/fixed_vector.hpp"
#include "input/key.hpp"
#include "input/layout.hpp"
#include "input/scancode.hpp"

namespace pith::input {

// Which lights ought to be on; `raw` is what the keyboard is told.
struct Leds {
    bool scroll_lock = false, num_lock = false, caps_lock = false;

    constexpr std::uint8_t raw() const {
        return static_cast<std::uint8_t>((scroll_lock ? 1 : 0) | (num_lock ? 2 : 0) | (caps_lock ? 4 : 0));
    }
    constexpr bool operator==(Leds const&) const = default;
};

class Keyboard {
public:
    // The layout must live as long as the keyboard: one of `layouts()`.
    constexpr explicit Keyboard(Layout const& layout) : layout_{&layout} {}

    // Takes the next scancode; calls `emit(Key)` with what was typed: nothing, a key, or two (an accent and a
    // letter that does not take it). Releases are not told.
    template <typename Emit>
    void feed(std::uint8_t scancode, Emit&& emit) {
        for (auto const& key : typed(scancode)) emit(key);
    }

    // From now on the keys give what this layout says.
    void use(Layout const& layout);
    Layout const& layout() const { return *layout_; }

    Leds leds() const { return leds_; }

    // Scancodes were lost: nothing counts as held down any more.
    void forget_held();
    // How often the keyboard itself said that it lost something.
    std::uint64_t overruns() const { return overruns_; }

private:
    using Keys = FixedVector<Key, 2>;
    // Those that work while they are held down, and locks, which must not repeat.
    enum class Held : std::uint8_t {
        left_shift,
        right_shift,
        left_control,
        right_control,
        left_alt,
        right_alt,
        caps_lock,
        num_lock,
        scroll_lock
    };
    static std::optional<Held> held_of(KeyCode code);

    Keys typed(std::uint8_t scancode);
    Keys press(KeyCode code);
    Keys type(Key key);  // with what a dead key before it left
    void change_held(Held key, Motion motion);
    void switch_lock(Held key);
    bool is_held(Held key) const { return (held_ >> static_cast<unsigned>(key) & 1) != 0; }
    Modifiers modifiers() const;
    std::optional<char32_t> character(KeyCode code, Modifiers held) const;

    Layout const* layout_;
    ScancodeDecoder decoder_;
    std::uint16_t held_ = 0;  // a bit for each of Held
    Leds leds_;
    std::optional<char32_t> accent_;  // of a dead key that waits for a letter
    std::uint64_t overruns_ = 0;
};

}  // namespace pith::input
