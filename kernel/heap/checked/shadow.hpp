// Shadow memory: which bytes may be touched, and which not.
//
// A mark, one byte, stands for 8 bytes of memory: 0 if all of them may be touched, 1 to 7 if only so many
// from the first on, and 255 if none may. The marks of 2 MiB come at once, when something there is forbidden
// for the first time. What has no marks may be touched.
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

inline constexpr std::size_t granule_bytes = 8, marked_bytes = std::size_t{2} << 20;
using Marks = std::span<std::uint8_t, marked_bytes / granule_bytes>;

// `take` has memory for marks, or nothing.
template <typename Model>
concept MarkSource = requires(Model& source) {
    { source.take() } -> std::same_as<std::optional<Marks>>;
};

// Of the first 4 GiB behind `start`.
template <MarkSource Source>
class Shadow {
public:
    constexpr Shadow(std::uintptr_t start, Source source) : start_{start}, source_{source} {}

    // Both `address`es are multiples of 8. What is left of the last 8 bytes is forbidden, or allowed, too.
    void allow(std::uintptr_t address, std::size_t size) {
        for (; size >= granule_bytes; address += granule_bytes, size -= granule_bytes) set(address, 0);
        if (size != 0) set(address, static_cast<std::uint8_t>(size));
    }
    void forbid(std::uintptr_t address, std::size_t size) {
        for (std::size_t at = 0; at < size; at += granule_bytes) set(address + at, none);
    }

    // The first of these bytes that must not be touched.
    std::optional<std::uintptr_t> first_forbidden(std::uintptr_t address, std::size_t size) const {
        for (auto at = address; at < address + size; at += granule_bytes - at % granule_bytes) {
            auto const* const mark = find(at);
            if (mark == nullptr || *mark == 0) continue;
            std::size_t const allowed = *mark == none ? 0 : *mark;
            auto const bad            = std::max(at, at - at % granule_bytes + allowed);
            if (bad < std::min(address + size, at - at % granule_bytes + granule_bytes)) return bad;
        }
        return std::nullopt;
    }

private:
    static constexpr std::uint8_t none = 255;

    void set(std::uintptr_t address, std::uint8_t value) {
        if (value != 0) provide(address);
        if (auto* const mark = find(address)) *mark = value;
    }
    void provide(std::uintptr_t address) {
        auto const index = (address - start_) / marked_bytes;
        if (index >= marks_.size() || marks_[index] != nullptr) return;
        auto const marks = source_.take();
        if (!marks) return;
        std::ranges::fill(*marks, std::uint8_t{0});
        marks_[index] = marks->data();
    }
    std::uint8_t* find(std::uintptr_t address) const {
        auto const offset = address - start_;
        if (offset / marked_bytes >= marks_.size()) return nullptr;
        auto* const marks = marks_[offset / marked_bytes];
        if (marks == nullptr) return nullptr;
        // SAFETY: because there are as many marks as an offset in 2 MiB needs.
#pragma clang unsafe_buffer_usage begin
        return &marks[offset % marked_bytes / granule_bytes];
#pragma clang unsafe_buffer_usage end
    }

    std::uintptr_t start_;
    Source source_;
    std::array<std::uint8_t*, 2048> marks_{};
};

}  // namespace pith::heap
