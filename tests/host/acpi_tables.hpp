// ACPI tables as firmware leaves them, for tests: made field by field, good or bad, and lying about in
// memory.
#pragma once

#include "acpi/tables.hpp"

#include <cstring>
#include <format>
#include <map>
#include <string>
#include <vector>

namespace pith::testing {

// A table that grows with what is put into it. Its length and its sum are right, unless that is overwritten.
class TableBytes {
public:
    explicit TableBytes(std::string_view signature, std::uint8_t revision = 1,
                        std::size_t size = acpi::Table::header_size)
        : bytes_(size) {
        std::memcpy(bytes_.data(), signature.data(), signature.size());
        std::memcpy(&bytes_.at(10), "MAKER ", 6);
        put(8, revision).seal();
    }

    // Overwrites a field, or appends it.
    template <typename Number>
    TableBytes& put(std::size_t offset, Number value) {
        if (bytes_.size() < offset + sizeof value) bytes_.resize(offset + sizeof value);
        std::memcpy(&bytes_.at(offset), &value, sizeof value);
        return seal();
    }
    template <typename... Bytes>
    TableBytes& append(Bytes... bytes) {
        (bytes_.push_back(static_cast<std::byte>(bytes)), ...);
        return seal();
    }
    TableBytes& register_at(std::size_t offset, std::uint8_t space, std::uint8_t bits,
                            std::uint64_t address) {
        return put(offset, space)
            .put(offset + 1, bits)
            .put(offset + 2, std::uint16_t{0})
            .put(offset + 4, address);
    }
    TableBytes& resize(std::size_t size) {
        bytes_.resize(size);
        return seal();
    }
    // Puts a wrong byte in: now the sum is wrong, too, or the length.
    TableBytes& damage(std::size_t offset, std::uint8_t value) {
        bytes_.at(offset) = std::byte{value};
        return *this;
    }

    std::vector<std::byte> const& bytes() const { return bytes_; }
    // A view of the bytes.
    acpi::Table table(std::uint64_t address = 0x7fe'1000) const { return {PhysAddr{address}, bytes_}; }

private:
    TableBytes& seal() {
        auto const length = static_cast<std::uint32_t>(bytes_.size());
        std::memcpy(&bytes_.at(4), &length, sizeof length);
        bytes_.at(9) = std::byte{0};
        bytes_.at(9) = static_cast<std::byte>(0x100 - acpi::sum_of(bytes_));
        return *this;
    }

    std::vector<std::byte> bytes_;
};

// Physical memory with pieces in it, and nothing between them.
class SparseMemory {
public:
    SparseMemory& put(std::uint64_t address, std::vector<std::byte> bytes) {
        pieces_[address] = std::move(bytes);
        return *this;
    }
    SparseMemory& put(std::uint64_t address, TableBytes const& table) { return put(address, table.bytes()); }

    std::optional<Bytes> at(PhysAddr address, std::uint64_t size) const {
        auto const behind = pieces_.upper_bound(address.value());
        if (behind == pieces_.begin()) return std::nullopt;
        auto const& [start, bytes] = *std::prev(behind);
        return slice(bytes, address.value() - start, size);
    }
    auto& pieces() { return pieces_; }

private:
    std::map<std::uint64_t, std::vector<std::byte>> pieces_;
};
static_assert(acpi::TableMemory<SparseMemory>);

// A root pointer of 36 bytes (revision 2) or 20, with right sums.
inline std::vector<std::byte> root_pointer_bytes(std::uint8_t revision, std::uint32_t rsdt,
                                                 std::uint64_t xsdt = 0, std::uint32_t length = 36) {
    std::vector<std::byte> bytes(revision < 2 ? 20 : std::max(length, 36U));
    std::memcpy(bytes.data(), "RSD PTR \0MAKER ", 15);
    bytes[15] = std::byte{revision};
    std::memcpy(&bytes[16], &rsdt, 4);
    if (revision >= 2) {
        std::memcpy(&bytes[20], &length, 4);
        std::memcpy(&bytes[24], &xsdt, 8);
    }
    bytes[8] = static_cast<std::byte>(0x100 - acpi::sum_of(Bytes{bytes}.first(20)));
    if (revision >= 2) bytes[32] = static_cast<std::byte>(0x100 - acpi::sum_of(bytes));
    return bytes;
}

// A list of tables at these addresses.
inline TableBytes xsdt_of(std::vector<std::uint64_t> const& addresses) {
    TableBytes list{"XSDT"};
    for (auto const address : addresses) list.put(list.bytes().size(), address);
    return list;
}
inline TableBytes rsdt_of(std::vector<std::uint32_t> const& addresses) {
    TableBytes list{"RSDT"};
    for (auto const address : addresses) list.put(list.bytes().size(), address);
    return list;
}

// All that the tables say, in words: reads every byte that is used, for the sanitizers to see.
class TablesText {
public:
    static std::string of(acpi::Tables const& tables) {
        TablesText text;
        if (tables.root) text.say("root {}", tables.root->table().signature().view());
        if (tables.madt) text.say_madt(*tables.madt);
        if (tables.fadt) text.say_fadt(*tables.fadt);
        if (tables.dsdt) text.say("dsdt {} {}", tables.dsdt->address, tables.dsdt->bytes.size());
        if (tables.soft_off) text.say("soft off {} {}", tables.soft_off->type_a, tables.soft_off->type_b);
        if (tables.hpet)
            text.say("hpet {} {} {}", tables.hpet->address, tables.hpet->number, tables.hpet->minimum_tick);
        if (tables.mcfg) {
            for (auto const& segment : tables.mcfg->segments())
                text.say("pci {} {} {}-{}", segment.base, segment.number, segment.first_bus,
                         segment.last_bus);
        }
        return text.text_;
    }

private:
    template <typename... Arguments>
    void say(std::format_string<Arguments...> format, Arguments&&... arguments) {
        std::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
        text_ += '\n';
    }
    void say_madt(acpi::Madt const& madt) {
        say("local apics at {}, {}", madt.local_apics(), madt.has_8259s() ? "8259s" : "no 8259s");
        for (auto const& apic : madt.all<acpi::LocalApic>())
            say("processor {} apic {} {:#x}", apic.processor, apic.id, apic.flags);
        for (auto const& apic : madt.all<acpi::LocalX2Apic>())
            say("processor {} x2apic {} {:#x}", apic.processor, apic.id, apic.flags);
        for (auto const& apic : madt.all<acpi::IoApic>())
            say("io apic {} {} from {}", apic.id, apic.address, apic.first_interrupt);
        for (auto const& changed : madt.all<acpi::InterruptOverride>())
            say("irq {} is {} {}", changed.source, changed.interrupt, words(changed.flags));
        for (auto const& source : madt.all<acpi::NmiSource>())
            say("nmi {} {}", source.interrupt, words(source.flags));
        for (auto const& pin : madt.all<acpi::LocalApicNmi>())
            say("apic nmi {} pin {} {}", pin.processor, pin.pin, words(pin.flags));
        for (auto const& pin : madt.all<acpi::LocalX2ApicNmi>())
            say("x2apic nmi {} pin {} {}", pin.processor, pin.pin, words(pin.flags));
    }
    static std::string words(acpi::InterruptFlags flags) {
        return std::format("{} {}", flags.is_active_low() ? "low" : "high",
                           flags.is_level() ? "level" : "edge");
    }
    void say_fadt(acpi::Fadt const& fadt) {
        say("fadt {} sci {} features {:#x} boot {:#x}", fadt.revision, fadt.interrupt, fadt.features.raw(),
            fadt.boot.raw());
        if (fadt.smi_command) say("smi {:#x} {:#x}", fadt.smi_command->port, fadt.smi_command->enable);
        if (fadt.century) say("century {:#x}", *fadt.century);
        say_register("pm1a", fadt.pm1a_control);
        say_register("pm1b", fadt.pm1b_control);
        say_register("timer", fadt.timer);
        say_register("sleep", fadt.sleep_control);
        if (fadt.reset) {
            say_register("reset", fadt.reset->where);
            say("reset by {:#x}", fadt.reset->value);
        }
    }
    void say_register(std::string_view name, std::optional<acpi::GenericAddress> const& where) {
        if (where) say("{} {} {:#x} {}", name, std::to_underlying(where->space), where->address, where->bits);
    }

    std::string text_;
};

}  // namespace pith::testing
