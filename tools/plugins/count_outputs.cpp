// A plugin for QEMU's TCG: how many instructions had run when the guest wrote to a port, how many of them did
// nothing but wait, and how many blocks of them QEMU had translated, which is what the start of a kernel takes its
// time for.
//
// It prints `ENTRY` when the guest executes at the address that `entry=ADDRESS` gives, and counts from there; and
// `OUT n w m` at each OUT and OUTS, which is the n-th instruction since then, w of which waited, and in the m-th block.
// So any kernel can be counted, without changing it. What QEMU traces of a device (`-d plugin,trace:serial_write`)
// follows in the same log. Run by `./pith bench boot`.
//
// With `blocks=on` it also prints `BLOCK ADDRESS` for each block that is translated, where it begins. (For that the
// kernel must stay where it is linked.) Run so by `python3 -m pith.bench.blocks`.
//
// Each instruction is counted when it begins: one that faults is counted too, and so is each round of a REP. One PAUSE
// soon after another is a turn of a loop that waits, for that is what PAUSE is for; all from the one to the other counts
// as waiting. (The blocks of such a loop are translated once.)
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>
#include <system_error>

#include "qemu_plugin.hpp"

namespace {

// A loop that waits looks at a device or a clock in each turn, and does little else.
constexpr std::uint64_t longest_turn = 100;

std::uint64_t executed     = 0;
std::uint64_t waited       = 0;
std::uint64_t latest_pause = 0;  // as `executed` was
std::uint64_t translated   = 0;
std::uint64_t entry        = 0;
bool tells_blocks          = false;

void on_entry(unsigned, void*) {
    executed     = 0;
    waited       = 0;
    latest_pause = 0;
    translated   = 1;  // the block that begins here
    qemu_plugin_outs("ENTRY\n");
}

void on_output(unsigned, void*) {
    std::array<char, 96> line{};
    std::snprintf(line.data(), line.size(), "OUT %llu %llu %llu\n", static_cast<unsigned long long>(executed),
                  static_cast<unsigned long long>(waited), static_cast<unsigned long long>(translated));
    qemu_plugin_outs(line.data());
}

void on_pause(unsigned, void*) {
    auto const turn = executed - latest_pause;
    if (latest_pause != 0 && turn <= longest_turn) waited += turn;
    latest_pause = executed;
}

bool is_prefix(std::uint8_t byte) { return byte == 0x66 || byte == 0x67 || byte == 0xf2 || byte == 0xf3; }

std::span<std::uint8_t const> bytes_of(qemu_plugin_insn const* instruction) {
    return {static_cast<std::uint8_t const*>(qemu_plugin_insn_data(instruction)),
            qemu_plugin_insn_size(instruction)};
}

// OUT has the opcodes E6, E7, EE and EF, OUTS has 6E and 6F.
bool is_output(std::span<std::uint8_t const> instruction) {
    std::size_t first = 0;
    while (first + 1 < instruction.size() && is_prefix(instruction[first])) ++first;
    constexpr std::string_view opcodes{"\xe6\xe7\xee\xef\x6e\x6f"};
    return opcodes.contains(static_cast<char>(instruction[first]));
}

void tell_block(std::uint64_t address) {
    std::array<char, 32> line{};
    std::snprintf(line.data(), line.size(), "BLOCK %llx\n", static_cast<unsigned long long>(address));
    qemu_plugin_outs(line.data());
}

// It is a NOP with the prefix of REP.
bool is_pause(std::span<std::uint8_t const> instruction) {
    return instruction.size() == 2 && instruction[0] == 0xf3 && instruction[1] == 0x90;
}

// The order counts: an entry is the first of those counted, and an OUT counts itself.
void on_translation(PluginId, qemu_plugin_tb* block) {
    ++translated;
    if (tells_blocks) tell_block(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(block, 0)));
    for (std::size_t index = 0; index < qemu_plugin_tb_n_insns(block); ++index) {
        auto* const instruction = qemu_plugin_tb_get_insn(block, index);
        if (qemu_plugin_insn_vaddr(instruction) == entry)
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_entry, Registers::none, nullptr);
        qemu_plugin_register_vcpu_insn_exec_inline(instruction, InlineOperation::add, &executed, 1);
        if (is_output(bytes_of(instruction)))
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_output, Registers::none, nullptr);
        if (is_pause(bytes_of(instruction)))
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_pause, Registers::none, nullptr);
    }
}

}  // namespace

int const qemu_plugin_version = 1;

int qemu_plugin_install(PluginId id, void const*, int count, char** words) {
    constexpr std::string_view key{"entry="};
    for (std::string_view const word : std::span{words, static_cast<std::size_t>(count)}) {
        if (word == "blocks=on") {
            tells_blocks = true;
            continue;
        }
        if (!word.starts_with(key)) return -1;
        auto const number = word.substr(key.size());
        if (std::from_chars(number.data(), number.data() + number.size(), entry).ec != std::errc{}) return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    return 0;
}
