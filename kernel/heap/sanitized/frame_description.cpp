#include "heap/sanitized/frame_description.hpp"

#include "heap/checked/shadow.hpp"
#include "heap/sanitized/image_marks.hpp"

#include <charconv>
#include <memory>

namespace pith::heap::image {
namespace {

struct Frame {
    static constexpr std::uint64_t right_magic = 0x41b58ab3;

    std::uint64_t magic;
    char const* description;
    std::uintptr_t function;
};

// Below `address`, on the same stack, where the zone in front of the variables begins.
Frame const* frame_around(std::uintptr_t address) {
    auto at = address - address % granule_bytes;
    while (mark_of(at) != Mark::stack_left && address - at < 32768) at -= granule_bytes;
    while (mark_of(at - granule_bytes) == Mark::stack_left) at -= granule_bytes;
    if (mark_of(at) != Mark::stack_left) return nullptr;
    // SAFETY: because a marked address lies in the image, which is mapped; and the magic number is looked at.
    auto const* const frame = std::bit_cast<Frame const*>(at);
    return frame->magic == Frame::right_magic ? frame : nullptr;
}

// Takes the next number, and the blank behind it.
std::size_t next_number(std::string_view& text) {
    std::size_t number = 0;
    auto const [end, error] =
        std::from_chars(std::to_address(text.begin()), std::to_address(text.end()), number);
    text.remove_prefix(error == std::errc{} ? static_cast<std::size_t>(end - text.data()) : text.size());
    if (text.starts_with(' ')) text.remove_prefix(1);
    return number;
}

std::size_t distance(Variable const& variable, std::uintptr_t address) {
    if (address < variable.address) return variable.address - address;
    return address < variable.address + variable.size ? 0 : address - (variable.address + variable.size) + 1;
}

}  // namespace

std::optional<Variable> variable_near(std::uintptr_t address) {
    auto const* const frame = frame_around(address);
    if (frame == nullptr) return std::nullopt;
    std::optional<Variable> nearest;
    std::string_view text = frame->description;
    for (auto count = next_number(text); count != 0 && !text.empty(); --count) {
        auto const offset = next_number(text), size = next_number(text), length = next_number(text);
        auto const name = text.substr(0, length);
        text.remove_prefix(std::min(length + 1, text.size()));
        Variable const variable{std::bit_cast<std::uintptr_t>(frame) + offset, size,
                                name.substr(0, name.find(':')), frame->function};
        if (!nearest || distance(variable, address) < distance(*nearest, address)) nearest = variable;
    }
    return nearest;
}

}  // namespace pith::heap::image
