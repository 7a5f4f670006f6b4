// A plugin for QEMU's TCG: which instructions of a kernel have been executed, wherever in the address space it runs.
//
//     -plugin FILE,entry=ADDRESS:WORD,…,image=ADDRESS,size=BYTES,marks=FILE
//
// A kernel may be moved when it boots, but its image stays where it is in physical memory. So an instruction is known by
// its place there: `marks` is a file with 8 bytes for each byte of the image, which count how often the instruction that
// begins there was executed. Several machines may write to one file; they may lose a count to each other, and never the
// last one. (Counts are also kept of a machine that is killed.) Read by tools/pith/executed.py.
//
// QEMU says where in its own memory an instruction stands, and not where that is in the machine's. An entry of the kernel
// gives the difference: it is executed where virtual addresses still are physical ones. What was executed before an entry,
// firmware and loader, is not marked. That they never have the entry's first word at its address is taken for granted.
//
// An instruction is counted when it begins: one that faults is, too.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qemu_plugin.hpp"

namespace {

struct Entry {
    std::uint64_t address;
    std::uint32_t word;  // its first four bytes
};

std::vector<Entry> entries;
std::uint64_t image = 0;               // its physical address
std::span<std::uint64_t> marks;        // one for each byte of the image
std::optional<std::uintptr_t> memory;  // where QEMU has the machine's; known from the first entry on

bool is_entry(qemu_plugin_insn const* instruction, std::uintptr_t place) {
    auto const address = qemu_plugin_insn_vaddr(instruction);
    return std::ranges::any_of(entries, [&](Entry const& entry) {
        return entry.address == address &&
               std::memcmp(reinterpret_cast<void const*>(place), &entry.word, sizeof entry.word) == 0;
    });
}

void on_translation(PluginId, qemu_plugin_tb* block) {
    for (std::size_t index = 0; index < qemu_plugin_tb_n_insns(block); ++index) {
        auto* const instruction = qemu_plugin_tb_get_insn(block, index);
        auto const place        = reinterpret_cast<std::uintptr_t>(qemu_plugin_insn_haddr(instruction));
        if (place == 0) continue;
        if (is_entry(instruction, place)) memory = place - qemu_plugin_insn_vaddr(instruction);
        if (!memory) continue;
        auto const offset = place - *memory - image;  // below the image it wraps around, and is too large
        if (offset < marks.size())
            qemu_plugin_register_vcpu_insn_exec_inline(instruction, InlineOperation::add, &marks[offset], 1);
    }
}

// ---- The plugin's words --------------------------------------------------------------------------------

// What stands before a character, and behind it.
std::pair<std::string_view, std::string_view> split(std::string_view text, char separator) {
    auto const place = std::min(text.find(separator), text.size());
    return {text.substr(0, place), text.substr(std::min(place + 1, text.size()))};
}

std::uint64_t number(std::string_view digits) {
    std::uint64_t found = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), found, 16);
    return found;
}

bool open_marks(std::string const& file, std::size_t count) {
    auto const bytes      = count * sizeof(std::uint64_t);
    auto const descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0 || ftruncate(descriptor, static_cast<off_t>(bytes)) != 0) return false;
    auto* const mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (mapped == MAP_FAILED) return false;
    marks = {static_cast<std::uint64_t*>(mapped), count};
    return true;
}

int fail(char const* reason) {
    std::fprintf(stderr, "mark_executed: %s\n", reason);
    return -1;
}

}  // namespace

int const qemu_plugin_version = 1;

int qemu_plugin_install(PluginId id, void const*, int count, char** words) {
    std::string file;
    std::size_t size = 0;
    for (std::string_view const word : std::span{words, static_cast<std::size_t>(count)}) {
        auto const [key, value] = split(word, '=');
        if (key == "entry") {
            auto const [address, first] = split(value, ':');
            entries.push_back({number(address), static_cast<std::uint32_t>(number(first))});
        } else if (key == "image") {
            image = number(value);
        } else if (key == "size") {
            size = number(value);
        } else if (key == "marks") {
            file = value;
        } else {
            return fail("it does not know this word");
        }
    }
    if (entries.empty() || size == 0) return fail("it wants an entry, and the image's size");
    if (!open_marks(file, size)) return fail("it cannot open its file of marks");
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    return 0;
}
