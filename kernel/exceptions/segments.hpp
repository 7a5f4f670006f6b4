// Segment descriptors and selectors: what is left of segmentation in 64-bit mode, and cannot be done without.
//
// Needs:     memory (addresses).
// Reference: Intel SDM vol. 3A "Segment Descriptors", "TSS Descriptor in 64-bit mode"; vol. 2 "SYSCALL",
//            "SYSRET".
#pragma once

#include "memory/address.hpp"

#include <cstdint>

namespace pith::exceptions {

// A place in the GDT, and with which privilege it is used.
class Selector {
public:
    constexpr Selector(std::uint16_t index, std::uint16_t privilege)
        : raw_{static_cast<std::uint16_t>(index << 3 | privilege)} {}

    constexpr std::uint16_t raw() const { return raw_; }
    constexpr std::uint16_t index() const { return raw_ >> 3; }
    constexpr bool operator==(Selector const&) const = default;

private:
    std::uint16_t raw_;
};

// SYSCALL wants the kernel's data right behind its code; SYSRET wants the user's code right behind its data.
inline constexpr Selector kernel_code{1, 0}, kernel_data{2, 0}, user_data{3, 3}, user_code{4, 3},
    task_state{5, 0};
// Said not to be present: whoever loads it gets a fault. `fault segment-not-present` does (shell/faults.cpp).
inline constexpr Selector absent_data{7, 0};

// A code or data segment. In 64-bit mode its base and limit mean nothing.
//
//    55  54  53   47  46 45  44   43   42 41  40
//   +---+---+---+----+-----+----+----+-----+-----+
//   | G | B | L | P  | DPL | 1  |code| .. W| A   |
//   +---+---+---+----+-----+----+----+-----+-----+
class SegmentDescriptor {
public:
    constexpr SegmentDescriptor() = default;

    static constexpr SegmentDescriptor code(unsigned privilege) {
        return SegmentDescriptor{flags(privilege) | is_code | is_long_mode};
    }
    // B is how wide a stack pointer would be in 32-bit code. It is set as in the boot's descriptor, and as SYSCALL
    // and SYSRET set it: emulators keep what they translated apart by it, and would do all of it twice.
    static constexpr SegmentDescriptor data(unsigned privilege) {
        return SegmentDescriptor{flags(privilege) | is_wide};
    }
    static constexpr SegmentDescriptor absent_data() {
        return SegmentDescriptor{data(0).raw() & ~is_present};
    }

    constexpr std::uint64_t raw() const { return raw_; }

private:
    static constexpr std::uint64_t is_code = std::uint64_t{1} << 43, is_long_mode = std::uint64_t{1} << 53,
                                   is_wide         = std::uint64_t{1} << 54;
    static constexpr std::uint64_t is_present      = std::uint64_t{1} << 47,
                                   is_code_or_data = std::uint64_t{1} << 44;
    // Writable data, or readable code. Accessed already: so the processor has no reason to write here.
    static constexpr std::uint64_t is_writable = std::uint64_t{1} << 41, is_accessed = std::uint64_t{1} << 40;

    static constexpr std::uint64_t flags(unsigned privilege) {
        return is_present | is_code_or_data | is_writable | is_accessed | (std::uint64_t{privilege} << 45);
    }
    constexpr explicit SegmentDescriptor(std::uint64_t raw) : raw_{raw} {}

    std::uint64_t raw_ = 0;  // the null descriptor
};
static_assert(SegmentDescriptor::code(0).raw() == 0x0020'9b00'0000'0000);
static_assert(SegmentDescriptor::data(3).raw() == 0x0040'f300'0000'0000);
static_assert(SegmentDescriptor::absent_data().raw() == 0x0040'1300'0000'0000);

// The descriptor of the task state segment takes two places.
struct TaskStateDescriptor {
    std::uint64_t low, high;

    // The segment of `size` bytes at `base`, not busy.
    static constexpr TaskStateDescriptor of(VirtAddr base, std::uint64_t size) {
        constexpr std::uint64_t available = 0x9, present = std::uint64_t{1} << 47;
        auto const address = base.value();
        auto const limit   = size - 1;
        return {.low = (limit & 0xffff) | ((address & 0xff'ffff) << 16) | (available << 40) | present |
                       (((limit >> 16) & 0xf) << 48) | (((address >> 24) & 0xff) << 56),
                .high = address >> 32};
    }
};
static_assert(TaskStateDescriptor::of(VirtAddr{0xffff'ffff'8012'3456}, 104).low == 0x8000'8912'3456'0067);
static_assert(TaskStateDescriptor::of(VirtAddr{0xffff'ffff'8012'3456}, 104).high == 0xffff'ffff);

}  // namespace pith::exceptions
