// Which memory an instruction reaches for.
//
// A general protection or stack-segment fault does not say which address was wrong; the instruction does,
// with the registers as they were. This is no disassembler: it reads prefixes, the opcode and what follows
// from ModRM, and knows which instructions use the stack or the string registers unasked. What it does not
// know has no operand: VEX and EVEX, addresses of 32 bits, and those relative to RIP, FS or GS.
//
//   | prefixes | REX | opcode: xx, 0F xx, 0F 38 xx or 0F 3A xx | ModRM | SIB | displacement | ...
//
// Needs:     base (bytes, small containers).
// Promises:  whatever the bytes are, nothing outside them is read.
// Reference: Intel SDM vol. 2 "Instruction Format", "Opcode Map".
#pragma once

#include "base/bytes.hpp"
#include "base/fixed_vector.hpp"

#include <array>
#include <cstdint>
#include <format>
#include <optional>
#include <string_view>

namespace pith::exceptions {

// The general registers' values, in the order of their numbers in an instruction.
using GeneralRegisters = std::array<std::uint64_t, 16>;
inline constexpr std::array<std::string_view, 16> register_names{"rax", "rcx", "rdx", "rbx", "rsp", "rbp",
                                                                 "rsi", "rdi", "r8",  "r9",  "r10", "r11",
                                                                 "r12", "r13", "r14", "r15"};

// #region operand
// base + index * scale + displacement. The registers are numbers below 16.
struct MemoryOperand {
    std::optional<std::uint8_t> base, index;
    std::uint8_t scale        = 1;
    std::int64_t displacement = 0;

    constexpr std::uint64_t address(GeneralRegisters const& registers) const {
        auto address = static_cast<std::uint64_t>(displacement);
        if (base) address += registers.at(*base);
        if (index) address += registers.at(*index) * scale;
        return address;
    }
    bool operator==(MemoryOperand const&) const = default;
};
// #endregion operand

// No instruction has more.
using MemoryOperands = FixedVector<MemoryOperand, 2>;

// What the instruction at the start of `bytes` reaches for. (For a jump through a register: the target.)
MemoryOperands memory_operands(Bytes bytes);

}  // namespace pith::exceptions

// rbx + rcx * 8 - 0x10
template <>
struct std::formatter<pith::exceptions::MemoryOperand> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::exceptions::MemoryOperand const& operand, auto& context) const {
        using pith::exceptions::register_names;
        auto out = context.out();
        if (!operand.base && !operand.index) return std::format_to(out, "from the instruction itself");
        if (operand.base) out = std::format_to(out, "{}", register_names.at(*operand.base));
        if (operand.base && operand.index) out = std::format_to(out, " + ");
        if (operand.index)
            out = std::format_to(out, "{} * {}", register_names.at(*operand.index), operand.scale);
        auto const distance = static_cast<std::uint64_t>(operand.displacement);
        if (operand.displacement > 0) return std::format_to(out, " + {:#x}", distance);
        return operand.displacement < 0 ? std::format_to(out, " - {:#x}", -distance) : out;
    }
};
