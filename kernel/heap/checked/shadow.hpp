// Shadow memory: which bytes may be touched, and which not.
//
// A mark, one byte, stands for 8 bytes of memory: 0 if all of them may be touched, 1 to 7 if only so many
// from the first on, and 255 if none may. The marks of 32 MiB come at once, when something there is forbidden
// for the first time; they stay, and smaller pieces of them would leave little memory in one. What has no
// marks may be touched.
//
// Needs:     memory for marks.
// Reference: Serebryany et al., "AddressSanitizer: A Fast Address Sanity Checker" (USENIX ATC 2012), "Shadow
//            Memory".
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pith::heap {

inline constexpr std::size_t granule_bytes = 8, marked_bytes = std::size_t{32} << 20;
inline constexpr std::size_t marks_at_once = marked_bytes / granule_bytes;

// The first of these bytes that must not be touched, where `mark_of` has an address's mark.
std::optional<std::uintptr_t> first_forbidden(std::uintptr_t address, std::size_t size, auto&& mark_of) {
    for (auto at = address; at < address + size; at += granule_bytes - at % granule_bytes) {
        std::uint8_t const mark = mark_of(at);
        if (mark == 0) continue;
        auto const start          = at - at % granule_bytes;
        std::size_t const allowed = mark < granule_bytes ? mark : 0;
        auto const bad            = std::max(at, start + allowed);
        if (bad < std::min(address + size, start + granule_bytes)) return bad;
    }
    return std::nullopt;
}

// `take` has memory for so many marks, or for none.
template <typename Model>
concept MarkSource = requires(Model& source) {
    { source.take() } -> std::same_as<std::span<std::uint8_t>>;
};

// Of the first 4 GiB behind `start`.
template <MarkSource Source>
class Shadow {
public:
    constexpr Shadow(std::uintptr_t start, Source source) : start_{start}, source_{source} {}

    // Both `address`es are multiples of 8. What is left of the last 8 bytes is forbidden.
    void allow(std::uintptr_t address, std::size_t size) {
        auto const rest = size % granule_bytes;
        set(address, size - rest, 0);
        if (rest != 0) set(address + size - rest, granule_bytes, static_cast<std::uint8_t>(rest));
    }
    void forbid(std::uintptr_t address, std::size_t size) {
        set(address, (size + granule_bytes - 1) / granule_bytes * granule_bytes, none);
    }

    // The first of these bytes that must not be touched.
    std::optional<std::uintptr_t> first_forbidden(std::uintptr_t address, std::size_t size) const {
        return heap::first_forbidden(address, size, [&](std::uintptr_t at) { return mark_of(at); });
    }

private:
    static constexpr std::uint8_t none = 255;

    // `size` is a multiple of 8.
    void set(std::uintptr_t address, std::size_t size, std::uint8_t mark) {
        while (size != 0) {
            auto const offset = (address - start_) % marked_bytes;
            auto const bytes  = std::min(size, marked_bytes - offset);
            auto const marks  = marks_for(address, mark);
            if (!marks.empty())
                std::ranges::fill(marks.subspan(offset / granule_bytes, bytes / granule_bytes), mark);
            address += bytes;
            size -= bytes;
        }
    }
    // Those for the 32 MiB around the address; none if there are none, and none are needed or can be had.
    std::span<std::uint8_t> marks_for(std::uintptr_t address, std::uint8_t mark) {
        auto const index = (address - start_) / marked_bytes;
        if (index >= marks_.size()) return {};
        auto& marks = marks_[index];
        if (marks.empty() && mark != 0) {
            marks = source_.take();
            std::ranges::fill(marks, std::uint8_t{0});
        }
        return marks;
    }
    std::uint8_t mark_of(std::uintptr_t address) const {
        auto const offset = address - start_;
        auto const index  = offset / marked_bytes;
        if (index >= marks_.size() || marks_[index].empty()) return 0;
        return marks_[index][offset % marked_bytes / granule_bytes];
    }

    std::uintptr_t start_;
    Source source_;
    std::array<std::span<std::uint8_t>, (std::size_t{4} << 30) / marked_bytes> marks_{};
};

}  // namespace pith::heap
