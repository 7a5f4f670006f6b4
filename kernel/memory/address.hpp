// Physical and virtual addresses: two types that nobody can mix up, and that are never plain integers.
//
// Needs:     base (failure).
// Promises:  a PhysAddr fits in the 52 bits that the architecture gives it; a VirtAddr is canonical:
//            bits 63 to 48 all equal bit 47. Arithmetic that would leave these sets fails.
// Reference: Intel SDM vol. 1 "Canonical Addressing"; vol. 3A "Physical Address Space".
#pragma once

#include "base/fail.hpp"

#include <bit>
#include <compare>
#include <cstdint>
#include <format>
#include <optional>

namespace pith {

// #region physical
// An address on the memory bus. It never converts to a pointer but through the direct map.
class PhysAddr {
public:
    static constexpr unsigned bits = 52;

    constexpr PhysAddr() = default;
    // Fails if `value` needs more than 52 bits.
    constexpr explicit PhysAddr(std::uint64_t value) : value_{value} {
        require(is_valid(value), "a physical address has at most 52 bits");
    }
    // The same for values from outside: nothing if it needs more than 52 bits.
    static constexpr std::optional<PhysAddr> checked(std::uint64_t value) {
        if (!is_valid(value)) return std::nullopt;
        return PhysAddr{value};
    }

    constexpr std::uint64_t value() const { return value_; }

    constexpr PhysAddr operator+(std::uint64_t bytes) const {
        require(bytes < (std::uint64_t{1} << bits), "a physical address overflows");
        return PhysAddr{value_ + bytes};
    }
    constexpr std::uint64_t operator-(PhysAddr other) const {
        require(other.value_ <= value_, "a distance between physical addresses is negative");
        return value_ - other.value_;
    }
    constexpr auto operator<=>(PhysAddr const&) const = default;

private:
    static constexpr bool is_valid(std::uint64_t value) { return (value >> bits) == 0; }

    std::uint64_t value_ = 0;
};
// #endregion physical

// #region virtual
// An address as instructions use it.
class VirtAddr {
public:
    constexpr VirtAddr() = default;
    // Fails if `value` is not canonical.
    constexpr explicit VirtAddr(std::uint64_t value) : value_{value} {
        require(is_canonical(value), "a virtual address is not canonical");
    }
    explicit VirtAddr(void const* pointer) : VirtAddr{std::bit_cast<std::uint64_t>(pointer)} {}
    VirtAddr(std::nullptr_t) = delete;
    // The same for values from outside: nothing if it is not canonical.
    static constexpr std::optional<VirtAddr> checked(std::uint64_t value) {
        if (!is_canonical(value)) return std::nullopt;
        return VirtAddr{value};
    }

    constexpr std::uint64_t value() const { return value_; }

    constexpr VirtAddr operator+(std::uint64_t bytes) const {
        require(bytes <= ~value_, "a virtual address wraps around");
        return VirtAddr{value_ + bytes};
    }
    constexpr std::uint64_t operator-(VirtAddr other) const {
        require(other.value_ <= value_, "a distance between virtual addresses is negative");
        return value_ - other.value_;
    }
    constexpr auto operator<=>(VirtAddr const&) const = default;

private:
    static constexpr bool is_canonical(std::uint64_t value) {
        // The arithmetic shift copies bit 47 into all bits above it.
        auto const extended = static_cast<std::int64_t>(value << 16) >> 16;
        return static_cast<std::uint64_t>(extended) == value;
    }

    std::uint64_t value_ = 0;
};
// #endregion virtual

static_assert(sizeof(PhysAddr) == 8 && sizeof(VirtAddr) == 8);
static_assert(!VirtAddr::checked(0x0000'8000'0000'0000) && VirtAddr::checked(0xffff'8000'0000'0000));
static_assert(!PhysAddr::checked(std::uint64_t{1} << 52));

}  // namespace pith

// Addresses print as hexadecimal numbers of their full width: {} gives 0x0000000000100000.
template <>
struct std::formatter<pith::PhysAddr> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::PhysAddr address, auto& context) const {
        return std::format_to(context.out(), "{:#018x}", address.value());
    }
};

template <>
struct std::formatter<pith::VirtAddr> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::VirtAddr address, auto& context) const {
        return std::format_to(context.out(), "{:#018x}", address.value());
    }
};
