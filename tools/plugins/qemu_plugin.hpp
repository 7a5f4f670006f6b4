// What our plugins need of the interface of QEMU's plugins, version 1 (QEMU 4.2 to 8.2). Debian packages no qemu-plugin.h.
//
// A plugin of QEMU's TCG sees each block of instructions when it is translated, and may ask to be called, or to have a number
// added to, when one of them is executed.
//
// Reference: QEMU, "TCG Plugins".
#pragma once

#include <cstddef>
#include <cstdint>

struct qemu_plugin_tb;    // a block that is translated
struct qemu_plugin_insn;  // an instruction in it

extern "C" {
using PluginId = std::uint64_t;
enum class Registers : int { none };       // enum qemu_plugin_cb_flags: which registers a callback looks at
enum class InlineOperation : int { add };  // enum qemu_plugin_op: *place += value

std::size_t qemu_plugin_tb_n_insns(qemu_plugin_tb const*);
qemu_plugin_insn* qemu_plugin_tb_get_insn(qemu_plugin_tb const*, std::size_t index);
void const* qemu_plugin_insn_data(qemu_plugin_insn const*);
std::size_t qemu_plugin_insn_size(qemu_plugin_insn const*);
std::uint64_t qemu_plugin_insn_vaddr(qemu_plugin_insn const*);
void const*
qemu_plugin_insn_haddr(qemu_plugin_insn const*);  // where QEMU itself has its bytes; null: in no memory
void qemu_plugin_register_vcpu_tb_trans_cb(PluginId, void (*translated)(PluginId, qemu_plugin_tb*));
void qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_insn*, void (*executed)(unsigned processor, void*),
                                            Registers, void* context);
void qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_insn*, InlineOperation, void* place,
                                                std::uint64_t value);
void qemu_plugin_outs(char const* text);

// What QEMU looks for in a plugin.
[[gnu::visibility("default")]] extern int const qemu_plugin_version;
[[gnu::visibility("default")]] int qemu_plugin_install(PluginId, void const* information, int count,
                                                       char** words);
}
