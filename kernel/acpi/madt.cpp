#include "acpi/madt.hpp"

namespace pith::acpi {
namespace {

constexpr std::uint64_t address_at = 36, flags_at = 40, entries_at = 44;
constexpr std::uint32_t with_8259s = 1;

template <typename Value>
Value field(Bytes entry, std::uint64_t offset) {
    return load<Value>(entry, offset).value();
}

// The least length of an entry of this type; 2 for those that we do not know.
std::uint8_t length_of(std::uint8_t type) {
    std::uint8_t length = 2;
    auto const look_at  = [&]<MadtEntry... Entries>() {
        ((length = type == Entries::type ? Entries::length : length), ...);
    };
    look_at.operator()<LocalApic, IoApic, InterruptOverride, NmiSource, LocalApicNmi, LocalApicAddress,
                       LocalX2Apic, LocalX2ApicNmi>();
    return length;
}

}  // namespace

LocalApic LocalApic::decode(Bytes entry) {
    return {.processor = field<std::uint8_t>(entry, 2),
            .id        = field<std::uint8_t>(entry, 3),
            .flags     = field<std::uint32_t>(entry, 4)};
}

IoApic IoApic::decode(Bytes entry) {
    return {.id              = field<std::uint8_t>(entry, 2),
            .address         = PhysAddr{field<std::uint32_t>(entry, 4)},
            .first_interrupt = field<std::uint32_t>(entry, 8)};
}

InterruptOverride InterruptOverride::decode(Bytes entry) {
    return {.source    = field<std::uint8_t>(entry, 3),
            .interrupt = field<std::uint32_t>(entry, 4),
            .flags     = InterruptFlags{field<std::uint16_t>(entry, 8)}};
}

NmiSource NmiSource::decode(Bytes entry) {
    return {.flags     = InterruptFlags{field<std::uint16_t>(entry, 2)},
            .interrupt = field<std::uint32_t>(entry, 4)};
}

LocalApicNmi LocalApicNmi::decode(Bytes entry) {
    return {.processor = field<std::uint8_t>(entry, 2),
            .flags     = InterruptFlags{field<std::uint16_t>(entry, 3)},
            .pin       = field<std::uint8_t>(entry, 5)};
}

LocalApicAddress LocalApicAddress::decode(Bytes entry) { return {.address = field<std::uint64_t>(entry, 4)}; }

LocalX2Apic LocalX2Apic::decode(Bytes entry) {
    return {.id        = field<std::uint32_t>(entry, 4),
            .flags     = field<std::uint32_t>(entry, 8),
            .processor = field<std::uint32_t>(entry, 12)};
}

LocalX2ApicNmi LocalX2ApicNmi::decode(Bytes entry) {
    return {.flags     = InterruptFlags{field<std::uint16_t>(entry, 2)},
            .processor = field<std::uint32_t>(entry, 4),
            .pin       = field<std::uint8_t>(entry, 8)};
}

std::expected<Madt, TableError> Madt::read(Table const& all) {
    auto const table = all.of_size(entries_at);
    if (!table) return std::unexpected{table.error()};
    MadtEntries const entries{table->bytes.subspan(entries_at)};
    auto entry        = entries.begin();
    auto const offset = [&] { return table->bytes.size() - entry.bytes_left(); };

    std::expected<PhysAddr, TableError> address = PhysAddr{table->at<std::uint32_t>(address_at)};
    for (; entry != entries.end(); ++entry) {
        auto const type = type_of(*entry);
        if ((*entry).size() < length_of(type))
            return table->error(Problem::wrong_entry_length, offset(), (*entry).size());
        if (type != LocalApicAddress::type) continue;
        address = table->checked_address(offset() + 4, LocalApicAddress::decode(*entry).address);
        if (!address) return std::unexpected{address.error()};
    }
    if (entry.bytes_left() != 0)
        return table->error(Problem::wrong_entry_length, offset(), entry.bytes_left());
    return Madt{entries, *address, (table->at<std::uint32_t>(flags_at) & with_8259s) != 0};
}

}  // namespace pith::acpi
