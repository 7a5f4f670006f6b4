#include "acpi/start.hpp"

#include "base/sealed.hpp"
#include "console/print.hpp"
#include "log/log.hpp"
#include "memory/direct_map.hpp"
#include "paging/kernel_map.hpp"

#include <ranges>

namespace pith::acpi {
namespace {

PITH_SEALED constinit Tables the_tables;

// Physical memory, mapped where somebody reads.
struct MappedMemory {
    static std::optional<Bytes> at(PhysAddr address, std::uint64_t size) {
        constexpr std::uint64_t end = std::uint64_t{1} << PhysAddr::bits;
        if (size > end - address.value()) return std::nullopt;
        if (!paging::map_for_reading(PhysRange::of_size(address, size))) return std::nullopt;
        return std::as_bytes(physical_span<std::byte const>(address, static_cast<std::size_t>(size)));
    }
};
static_assert(TableMemory<MappedMemory const>);

std::expected<RootPointer, TableError> find_root_pointer(boot::Handoff const& handoff) {
    MappedMemory memory;
    if (!handoff.acpi_rsdp) return search_root_pointer(memory);
    auto const start = *handoff.acpi_rsdp;
    return read_root_pointer({start, memory.at(start, RootPointer::size).value_or(Bytes{})}, start);
}

void print_error(TableError const& error) { log::found_wrong("ACPI", "{}", error); }

std::ptrdiff_t processors_in(Madt const& madt) {
    auto const can_run = [](auto const& apic) { return apic.is_enabled() || apic.can_be_enabled(); };
    return std::ranges::count_if(madt.all<LocalApic>(), can_run) +
           std::ranges::count_if(madt.all<LocalX2Apic>(), can_run);
}

void print_table(Table const& table) {
    console::println("  {:4}  {:#014x}  {:7} bytes  revision {}  {}", table.signature().view(),
                     table.address.value(), table.bytes.size(), table.revision(), table.oem_id().view());
}

}  // namespace

void start(boot::Handoff const& handoff) {
    auto const pointer = find_root_pointer(handoff);
    if (!pointer) return print_error(pointer.error());
    MappedMemory memory;
    the_tables = read_tables(memory, *pointer, print_error);
}

Tables const& tables() { return the_tables; }

std::vector<std::expected<Table, TableError>> listed_tables() {
    std::vector<std::expected<Table, TableError>> all;
    if (!the_tables.root) return all;
    all.emplace_back(the_tables.root->table());
    MappedMemory memory;
    for_each_table(
        memory, *the_tables.root, [&](Table const& table) { all.emplace_back(table); },
        [&](TableError const& error) { all.emplace_back(std::unexpected{error}); });
    if (the_tables.dsdt) all.emplace_back(*the_tables.dsdt);
    return all;
}

void print_tables() {
    if (!the_tables.root) return console::println("This machine has no ACPI tables.");
    console::println("ACPI tables:");
    for (auto const& table : listed_tables()) {
        if (table)
            print_table(*table);
        else
            console::println("  {}", table.error());
    }
}

void print_summary() {
    auto const& [root, madt, fadt, dsdt, soft_off, hpet, mcfg] = the_tables;
    if (!root) return log::found("ACPI", "there are no tables");
    log::found("ACPI", "processors {}, I/O APICs {}{}{}{}", madt ? processors_in(*madt) : 1,
               madt ? std::ranges::distance(madt->all<IoApic>()) : 0, hpet ? ", HPET" : "",
               mcfg ? ", PCI Express" : "", fadt && soft_off ? ", can switch off" : "");
}

}  // namespace pith::acpi
