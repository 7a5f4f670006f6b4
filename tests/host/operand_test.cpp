// Which memory instructions reach for: what the assembler makes of the text, the decoder must read back.
#include "exceptions/operand.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <format>
#include <string>
#include <vector>

// A row: how many bytes the instruction has, the instruction, and what is expected of it, with a zero behind.
asm(R"(
    .macro row expected:req, instruction:vararg
    .byte 2f - 1f
1:  \instruction
2:  .asciz "\expected"
    .endm
    .pushsection .rodata
    .intel_syntax noprefix
    .global operand_rows
operand_rows:
    row "rax", mov rdx, [rax]
    row "rbx + 0x8", mov qword ptr [rbx + 8], rdx
    row "rbx - 0x80", mov al, [rbx - 128]
    row "rcx + 0x12345678", mov eax, [rcx + 0x12345678]
    row "rcx - 0x12345678", add dword ptr [rcx - 0x12345678], 7
    row "rsp", mov rax, [rsp]
    row "rsp + 0x10", mov [rsp + 16], ax
    row "rbp", mov rax, [rbp]
    row "r12", mov rax, [r12]
    row "r13", mov rax, [r13]
    row "r8 + 0x40", lock xadd [r8 + 64], r9
    row "rax + rbx * 4 + 0x10", mov rcx, [rax + rbx * 4 + 16]
    row "rbp + rcx * 8", lock inc qword ptr [rbp + rcx * 8]
    row "r13 + r12 * 2 - 0x1", cmp byte ptr [r13 + r12 * 2 - 1], 3
    row "r15 + r14 * 1", movzx eax, word ptr [r15 + r14]
    row "rdx * 8 + 0x1000", mov rax, [rdx * 8 + 0x1000]
    row "from the instruction itself", mov eax, [0x1234]
    row "from the instruction itself", movabs rax, [0x8000000000000000]
    row "from the instruction itself", movabs [0x8000000000000000], al
    row "rsi", movsxd rax, dword ptr [rsi]
    row "rdi + 0x7", imul rax, [rdi + 7], 100
    row "rdi", imul eax, [rdi], 1000
    row "r10", shl qword ptr [r10], 3
    row "r10", shl qword ptr [r10], cl
    row "r11", not qword ptr [r11]
    row "rax", div qword ptr [rax]
    row "rdx", xchg [rdx], rax
    row "rbx", mov dword ptr [rbx], 1
    row "rbx", mov ds, [rbx]
    row "rbx", mov [rbx], ss
    row "rax", fld qword ptr [rax]
    row "rax", fxsave [rax]
    row "rax + 0x20", movaps xmm8, [rax + 32]
    row "rcx", pshufb xmm1, [rcx]
    row "rcx", palignr xmm1, [rcx], 4
    row "rcx", cmpxchg16b [rcx]
    row "rcx", bt [rcx], rax
    row "rcx", cmove rax, [rcx]
    row "rcx", sete [rcx]
    row "rcx", lgdt [rcx]
    row "rcx", crc32 eax, byte ptr [rcx]
    row "rcx", movbe eax, [rcx]
    row "rsp - 0x8", push rax
    row "rsp - 0x8", push r15
    row "rsp - 0x8", push 1
    row "rsp - 0x8", push 1000
    row "rsp - 0x8", pushfq
    row "rsp - 0x8", push fs
    row "rsp - 0x8", call 1b
    row "rsp - 0x8", enter 16, 0
    row "rbx, rsp - 0x8", push [rbx]
    row "rbx + 0x18, rsp - 0x8", call [rbx + 24]
    row "r11, rsp - 0x8", call r11
    row "rsp", pop rax
    row "rsp", pop r15
    row "rsp", popfq
    row "rsp", pop gs
    row "rsp", ret
    row "rsp", ret 8
    row "rsp", retfq
    row "rsp", iretq
    row "rbp", leave
    row "rbx + 0x18", jmp [rbx + 24]
    row "rax", jmp rax
    row "rsi, rdi", movsq
    row "rsi, rdi", rep movsb
    row "rsi, rdi", repe cmpsb
    row "rdi", rep stosq
    row "rdi", repne scasb
    row "rdi", insb
    row "rsi", lodsb
    row "rsi", outsd
    row "", lea rax, [rbx + rcx * 8 + 16]
    row "", mov rax, rbx
    row "", mov rax, [rip + 16]
    row "", mov rax, fs:[rbx]
    row "", mov rax, gs:[0]
    row "", mov eax, [ebx]
    row "", mov cr0, rax
    row "", mov rax, dr6
    row "", wrmsr
    row "", rdmsr
    row "", cpuid
    row "", syscall
    row "", int3
    row "", int 13
    row "", hlt
    row "", ud2
    row "", cli
    row "", in al, 0x60
    row "", jmp 1b
    row "", je 1b
    row "", je operand_rows - 1000
    row "", mov rax, 0x1122334455667788
    row "", add eax, 5
    row "", bswap rax
    row "", inc rax
    row "", vmovaps ymm0, [rax]
    .byte 0
    .att_syntax
    .popsection
)");

extern "C" std::array<std::byte, 4096> const operand_rows;

namespace pith::exceptions {
namespace {

std::string said(Bytes instruction) {
    std::string text;
    for (auto const& operand : memory_operands(instruction)) {
        text += std::format("{}{}", text.empty() ? "" : ", ", operand);
    }
    return text;
}

struct Row {
    Bytes instruction;
    std::string_view expected;
};

std::vector<Row> rows() {
    std::vector<Row> found;
    Bytes rest{operand_rows};
    while (auto const size = std::to_integer<std::size_t>(rest[0])) {
        auto const expected = text_until_zero(rest.subspan(1 + size)).value();
        found.push_back({rest.subspan(1, size), expected});
        rest = rest.subspan(1 + size + expected.size() + 1);
    }
    return found;
}

std::string bytes_of(Bytes bytes) {
    std::string text;
    for (auto const byte : bytes) text += std::format(" {:02x}", std::to_integer<unsigned>(byte));
    return text;
}

TEST(MemoryOperands, are_what_the_assembler_was_told) {
    EXPECT_GT(rows().size(), 90U);
    for (auto const& row : rows())
        EXPECT_EQ(said(row.instruction), row.expected) << bytes_of(row.instruction);
}

// What is said of the beginning of an instruction is also true of all of it.
TEST(MemoryOperands, are_not_made_up_where_bytes_are_missing) {
    for (auto const& row : rows()) {
        for (std::size_t size = 0; size < row.instruction.size(); ++size) {
            auto const text = said(row.instruction.first(size));
            EXPECT_TRUE(row.expected.ends_with(text)) << bytes_of(row.instruction.first(size));
        }
    }
}

TEST(MemoryOperands, have_addresses) {
    GeneralRegisters registers{};
    registers[3] = 0x8000'0000'0000'0000;
    registers[9] = 3;
    EXPECT_EQ((MemoryOperand{.base = 3, .index = 9, .scale = 8, .displacement = -1}.address(registers)),
              0x8000'0000'0000'0017);
    EXPECT_EQ((MemoryOperand{.base = {}, .index = {}, .displacement = -16}.address(registers)),
              0xffff'ffff'ffff'fff0);
}

// A REX byte that a prefix follows does not count.
TEST(MemoryOperands, know_where_rex_counts) {
    auto const of = [](std::initializer_list<unsigned> numbers) {
        std::vector<std::byte> bytes;
        for (auto const number : numbers) bytes.push_back(static_cast<std::byte>(number));
        return said(bytes);
    };
    EXPECT_EQ(of({0x66, 0x41, 0x8b, 0x00}), "r8");
    EXPECT_EQ(of({0x41, 0x66, 0x8b, 0x00}), "rax");
    EXPECT_EQ(of({0x66, 0x66, 0x66, 0x66}), "");
}

}  // namespace
}  // namespace pith::exceptions
