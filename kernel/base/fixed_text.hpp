// Text in a fixed place, for std::format_to(std::back_inserter(text), ...) where there is no heap.
//
// Needs:     nothing.
// Promises:  never more than Capacity characters: what does not fit is left out, and the last three that do
//            are dots then.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pith {

template <std::size_t Capacity>
class FixedText {
public:
    using value_type = char;
    static_assert(Capacity >= 3);

    constexpr void push_back(char character) {
        if (size_ < Capacity) {
            characters_[size_++] = character;
        } else {
            characters_[Capacity - 3] = characters_[Capacity - 2] = characters_[Capacity - 1] = '.';
        }
    }

    constexpr std::size_t size() const { return size_; }
    constexpr std::string_view view() const { return {characters_.data(), size_}; }

private:
    std::array<char, Capacity> characters_{};
    std::size_t size_ = 0;
};

}  // namespace pith
