// Boot information as boot loaders leave it, for tests: made part by part, good or bad.
#pragma once

#include "boot/handoff.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pith::testing {

// Bytes that grow at their end.
class ByteWriter {
public:
    template <typename Number>
    ByteWriter& number(Number value) {
        return bytes(std::as_bytes(std::span{&value, 1}));
    }
    ByteWriter& bytes(Bytes more) {
        bytes_.insert(bytes_.end(), more.begin(), more.end());
        return *this;
    }
    // A text and its terminating zero.
    ByteWriter& text(std::string_view text) {
        return bytes(std::as_bytes(std::span{text})).number(std::uint8_t{0});
    }
    ByteWriter& align(std::size_t alignment) {
        while (bytes_.size() % alignment != 0) number(std::uint8_t{0});
        return *this;
    }

    std::size_t size() const { return bytes_.size(); }
    std::vector<std::byte> const& written() const { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

// A piece of physical memory, and where in it the boot information begins.
struct Memory {
    std::uint64_t start = 0;
    std::vector<std::byte> bytes;
    std::uint64_t information = start;

    PhysicalWindow window() const { return {PhysAddr{start}, bytes}; }
};

// One entry of a memory map.
inline ByteWriter& write_area(ByteWriter& writer, boot::MemoryArea area, std::size_t entry_size = 24) {
    auto const end = writer.size() + entry_size;
    writer.number(area.start).number(area.size).number(area.kind);
    while (writer.size() < end) writer.number(std::uint8_t{0xee});
    return writer;
}

// Multiboot2's boot information. Without `end` it has no end record.
class Multiboot2Information {
public:
    static constexpr std::uint64_t default_address = 0x10'8050;

    // Adds a record; returns this.
    Multiboot2Information& record(std::uint32_t type, Bytes content) {
        records_.align(8);
        last_ = header_size + records_.size();
        records_.number(type).number(static_cast<std::uint32_t>(header_size + content.size())).bytes(content);
        return *this;
    }
    Multiboot2Information& record(std::uint32_t type, ByteWriter const& content) {
        return record(type, content.written());
    }
    Multiboot2Information& command_line(std::string_view text) { return record(1, ByteWriter{}.text(text)); }
    Multiboot2Information& loader_name(std::string_view text) { return record(2, ByteWriter{}.text(text)); }
    Multiboot2Information& module(std::uint32_t start, std::uint32_t end, std::string_view text) {
        return record(3, ByteWriter{}.number(start).number(end).text(text));
    }
    Multiboot2Information& memory_map(std::vector<boot::MemoryArea> const& areas,
                                      std::uint32_t entry_size = 24) {
        ByteWriter content;
        content.number(entry_size).number(std::uint32_t{0});
        for (auto const& area : areas) write_area(content, area, entry_size);
        return record(6, content);
    }
    Multiboot2Information& end() { return record(0, Bytes{}); }

    // Where the record added last lies.
    std::uint64_t last_record() const { return default_address + last_; }
    // The information with this total size, if not with its own.
    Memory memory(std::optional<std::uint32_t> total_size = {}) const {
        ByteWriter all;
        auto const size = header_size + records_.size();
        all.number(total_size.value_or(static_cast<std::uint32_t>(size))).number(std::uint32_t{0});
        return {.start = default_address, .bytes = all.bytes(records_.written()).written()};
    }

private:
    static constexpr std::size_t header_size = 8;

    ByteWriter records_;
    std::uint64_t last_ = 0;
};

// What a Multiboot2 framebuffer record says, before its colours.
struct FramebufferContent {
    std::uint64_t address = 0xfd00'0000;
    std::uint32_t pitch = 4096, width = 1024, height = 768;
    std::uint8_t bits_per_pixel = 32, kind = 1;

    ByteWriter written() const {
        ByteWriter writer;
        writer.number(address).number(pitch).number(width).number(height).number(bits_per_pixel).number(kind);
        return writer.number(std::uint16_t{0});
    }
    ByteWriter with_colours(std::vector<std::uint8_t> const& positions_and_sizes) const {
        auto writer = written();
        return writer.bytes(std::as_bytes(std::span{positions_and_sizes}));
    }
};

// PVH's start information. Its fields may be changed before `memory` lays all out.
class PvhInformation {
public:
    struct ModuleEntry {
        std::uint64_t address, size;
        std::optional<std::string> text;
    };

    static constexpr std::uint64_t default_address = 0x9000;
    static constexpr std::size_t header_size = 56, module_size = 32, area_size = 24;

    std::uint32_t magic = 0x336e'c578, version = 1;
    std::optional<std::string> command_line;
    std::vector<ModuleEntry> modules;
    std::uint64_t acpi_rsdp = 0;
    std::vector<boot::MemoryArea> areas;

    // Where `memory` puts the parts.
    std::uint64_t module_entries() const { return default_address + header_size; }
    std::uint64_t area_entries() const { return module_entries() + modules.size() * module_size; }
    std::uint64_t texts() const { return area_entries() + areas.size() * area_size; }

    Memory memory() const {
        ByteWriter texts_written;
        auto const add_text = [&](std::optional<std::string> const& text) -> std::uint64_t {
            if (!text) return 0;
            auto const address = texts() + texts_written.size();
            texts_written.text(*text);
            return address;
        };
        ByteWriter entries;
        auto const command_line_address = add_text(command_line);
        for (auto const& [address, size, text] : modules) {
            entries.number(address).number(size).number(add_text(text)).number(std::uint64_t{0});
        }
        for (auto const& area : areas) write_area(entries, area);
        auto header = written_header(command_line_address);
        return {.start = default_address,
                .bytes = header.bytes(entries.written()).bytes(texts_written.written()).written()};
    }

private:
    ByteWriter written_header(std::uint64_t command_line_address) const {
        ByteWriter header;
        header.number(magic).number(version).number(std::uint32_t{0});
        header.number(static_cast<std::uint32_t>(modules.size()))
            .number(modules.empty() ? 0 : module_entries());
        header.number(command_line_address).number(acpi_rsdp).number(area_entries());
        return header.number(static_cast<std::uint32_t>(areas.size())).number(std::uint32_t{0});
    }
};

}  // namespace pith::testing
