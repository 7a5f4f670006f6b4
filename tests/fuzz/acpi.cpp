// Fuzzes the readers of ACPI tables, in two ways.
//
// As they are, the bytes are what a BIOS left: the root pointer is looked for there, and all it leads to
// read.
//
// Then the same bytes are taken for tables, one behind the other, each as long as its header says. A root
// pointer and a list are made for them, the FADT is led to the last one, and their lengths and sums are put
// right, unless the sum is said to stay: for random bytes hardly ever sum to zero, and nothing behind that
// would be tried.
#include "acpi_tables.hpp"

#include <cstdlib>

namespace {

using pith::Bytes;
using pith::load;
using pith::PhysAddr;
using pith::PhysicalWindow;
using namespace pith::acpi;
using pith::testing::SparseMemory;

constexpr std::size_t length_at = 4, sum_at = 9;
constexpr std::byte sum_stays{0xff};

void insist(bool condition) {
    if (!condition) std::abort();
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; });
}

void look_at(TableError const& error) { insist(is_printable(std::format("{}", error))); }

void look_at(std::optional<GenericAddress> const& where) {
    if (!where) return;
    insist(where->space != Space::port || where->address <= 0xffff);
    insist(where->space != Space::memory || PhysAddr::checked(where->address));
    insist(where->space != Space::pci_configuration || PciRegister{where->address}.is_reachable());
}

template <typename Entry>
std::size_t count(Madt const& madt) {
    std::size_t entries = 0;
    for ([[maybe_unused]] auto const& entry : madt.all<Entry>()) ++entries;
    return entries;
}

void look_at(Madt const& madt) {
    auto const entries = count<LocalApic>(madt) + count<IoApic>(madt) + count<InterruptOverride>(madt) +
                         count<NmiSource>(madt) + count<LocalApicNmi>(madt) + count<LocalApicAddress>(madt) +
                         count<LocalX2Apic>(madt) + count<LocalX2ApicNmi>(madt);
    insist(entries <= Table::max_size / 2);
}

void look_at(Tables const& tables) {
    if (tables.madt) look_at(*tables.madt);
    if (tables.soft_off) insist(tables.soft_off->type_a <= 7 && tables.soft_off->type_b <= 7);
    if (!tables.fadt) return;
    auto const& fadt = *tables.fadt;
    for (auto const& where : {fadt.pm1a_control, fadt.pm1b_control, fadt.timer, fadt.sleep_control})
        look_at(where);
    if (fadt.reset) look_at(fadt.reset->where);
}

void read_all(auto& memory, RootPointer const& pointer) {
    auto const report = [](TableError const& error) { look_at(error); };
    auto const tables = read_tables(memory, pointer, report);
    look_at(tables);
    if (!tables.root) return;
    auto const visit = [](Table const& table) {
        insist(is_printable(table.signature().view()) && is_printable(table.oem_id().view()));
    };
    for_each_table(memory, *tables.root, visit, report);
}

void read_what_a_bios_left(Bytes input) {
    PhysicalWindow const memory{PhysAddr{0xe'0000}, input};
    auto const pointer = search_root_pointer(memory);
    if (!pointer) return look_at(pointer.error());
    read_all(memory, *pointer);
}

template <typename Number>
void put(std::vector<std::byte>& table, std::size_t offset, Number value) {
    if (table.size() >= offset + sizeof value) std::memcpy(&table.at(offset), &value, sizeof value);
}

void put_right(std::vector<std::byte>& table, std::uint64_t address_of_last) {
    constexpr std::size_t dsdt_at = 40, long_dsdt_at = 140;
    put(table, length_at, static_cast<std::uint32_t>(table.size()));
    if (std::memcmp(table.data(), "FACP", 4) == 0) {
        put(table, dsdt_at, static_cast<std::uint32_t>(address_of_last));
        put(table, long_dsdt_at, address_of_last);
    }
    if (table.at(sum_at) == sum_stays) return;
    table.at(sum_at) = {};
    table.at(sum_at) = static_cast<std::byte>(0x100 - sum_of(table));
}

std::vector<std::vector<std::byte>> tables_in(Bytes input) {
    constexpr std::size_t most = 300;
    std::vector<std::vector<std::byte>> tables;
    while (input.size() >= Table::header_size && tables.size() < most) {
        std::size_t const wanted = *load<std::uint32_t>(input, length_at);
        auto const size          = std::clamp(wanted, std::size_t{Table::header_size}, input.size());
        tables.emplace_back(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
        input = input.subspan(size);
    }
    return tables;
}

void read_as_tables(Bytes input) {
    constexpr std::uint64_t list_at = 0x1000, apart = 0x10'0000;
    auto tables = tables_in(input);
    if (tables.empty()) return;
    SparseMemory memory;
    std::vector<std::uint64_t> addresses;
    for (auto& table : tables) {
        put_right(table, apart * tables.size());
        addresses.push_back(apart * (1 + addresses.size()));
        memory.put(addresses.back(), std::move(table));
    }
    memory.put(list_at, pith::testing::xsdt_of(addresses));
    read_all(memory, {.address = {}, .revision = 2, .oem_id = {}, .xsdt = PhysAddr{list_at}, .rsdt = {}});
    // The first table may be a list itself.
    PhysAddr const first{addresses.front()};
    read_all(memory, {.address = {}, .revision = 2, .oem_id = {}, .xsdt = first, .rsdt = first});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    auto const input = std::as_bytes(std::span{data, size});
#pragma clang unsafe_buffer_usage end
    read_what_a_bios_left(input);
    read_as_tables(input);
    return 0;
}
