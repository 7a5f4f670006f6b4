// The root pointer, the list of tables, and the walk over them: each way to be wrong, and what is done then.
#include "acpi_tables.hpp"

#include <gtest/gtest.h>

namespace pith::acpi {
namespace {

using testing::root_pointer_bytes;
using testing::rsdt_of;
using testing::SparseMemory;
using testing::TableBytes;
using testing::TablesText;
using testing::xsdt_of;

// The first MiB of a PC, with a root pointer somewhere.
class LowMemory {
public:
    LowMemory& put(std::size_t address, std::vector<std::byte> const& bytes) {
        std::ranges::copy(bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(address));
        return *this;
    }
    LowMemory& data_area(std::uint16_t segment) {
        std::memcpy(&bytes_.at(0x40e), &segment, sizeof segment);
        return *this;
    }
    PhysicalWindow window() const { return {PhysAddr{0}, bytes_}; }

private:
    std::vector<std::byte> bytes_ = std::vector<std::byte>(0x10'0000);
};

std::string words(auto const& result) { return result ? "" : std::format("{}", result.error()); }

std::string error_of(std::vector<std::byte> const& pointer) {
    return words(read_root_pointer(PhysicalWindow{PhysAddr{0xf'59e0}, pointer}, PhysAddr{0xf'59e0}));
}

TEST(AcpiRootPointer, of_revision_0_leads_to_the_rsdt) {
    auto const bytes = root_pointer_bytes(0, 0x7fe'1234);
    auto const found = read_root_pointer(PhysicalWindow{PhysAddr{0x1003}, bytes}, PhysAddr{0x1003});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->rsdt, PhysAddr{0x7fe'1234});
    EXPECT_EQ(found->xsdt, std::nullopt);
    EXPECT_EQ(found->revision, 0);
    EXPECT_EQ(found->oem_id.view(), "MAKER");
}

TEST(AcpiRootPointer, of_revision_2_leads_to_both) {
    auto const bytes = root_pointer_bytes(2, 0x1234, 0x12'3456'789a);
    auto const found = read_root_pointer(PhysicalWindow{PhysAddr{0}, bytes}, PhysAddr{0});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->rsdt, PhysAddr{0x1234});
    EXPECT_EQ(found->xsdt, PhysAddr{0x12'3456'789a});
}

TEST(AcpiRootPointer, may_be_longer_than_we_know) {
    EXPECT_EQ(error_of(root_pointer_bytes(3, 0x1000, 0x2000, 64)), "");
}

TEST(AcpiRootPointer, says_what_is_wrong) {
    auto bytes = root_pointer_bytes(2, 0x1000, 0x2000);
    bytes[0]   = std::byte{'r'};
    EXPECT_EQ(error_of(bytes),
              "table RSDP at 0xf59e0, byte 0: it has another signature (0x2052545020445372)");
    bytes     = root_pointer_bytes(2, 0x1000, 0x2000);
    bytes[17] = std::byte{0x11};
    EXPECT_EQ(error_of(bytes), "table RSDP at 0xf59e0, byte 8: its bytes do not sum to zero (0x1)");
    bytes     = root_pointer_bytes(2, 0x1000, 0x2000);
    bytes[35] = std::byte{2};
    EXPECT_EQ(error_of(bytes), "table RSDP at 0xf59e0, byte 32: its bytes do not sum to zero (0x2)");
    EXPECT_EQ(
        error_of(root_pointer_bytes(2, 0x1000, 0x2000, 35)),
        "table RSDP at 0xf59e0, byte 20: its length is too small for its fields, or more than 16 MiB (0x23)");
    EXPECT_EQ(error_of(root_pointer_bytes(2, 0x1000, 0x2000, 4097)),
              "table RSDP at 0xf59e0, byte 20: its length is too small for its fields, or more than 16 MiB "
              "(0x1001)");
    EXPECT_EQ(error_of(root_pointer_bytes(2, 0x1000, std::uint64_t{1} << 52)),
              "table RSDP at 0xf59e0, byte 24: the address is too large for its space (0x10000000000000)");
    EXPECT_EQ(error_of(root_pointer_bytes(2, 0, 0)),
              "table RSDP at 0xf59e0, byte 16: the address is 0 (0x0)");
    EXPECT_EQ(error_of(root_pointer_bytes(0, 0)), "table RSDP at 0xf59e0, byte 16: the address is 0 (0x0)");
}

TEST(AcpiRootPointer, must_be_in_memory_to_its_end) {
    for (auto const size : std::initializer_list<std::size_t>{0, 19}) {
        auto bytes = root_pointer_bytes(0, 0x1000);
        bytes.resize(size);
        EXPECT_EQ(error_of(bytes),
                  "table RSDP at 0xf59e0, byte 0: it is not in memory that can be reached (0x14)");
    }
    for (auto const size : std::initializer_list<std::size_t>{20, 35}) {
        auto bytes = root_pointer_bytes(2, 0x1000, 0x2000);
        bytes.resize(size);
        EXPECT_EQ(error_of(bytes),
                  "table RSDP at 0xf59e0, byte 0: it is not in memory that can be reached (0x24)");
    }
    auto bytes = root_pointer_bytes(2, 0x1000, 0x2000, 64);
    bytes.resize(63);
    EXPECT_EQ(error_of(bytes),
              "table RSDP at 0xf59e0, byte 0: it is not in memory that can be reached (0x40)");
}

std::expected<RootPointer, TableError> search(PhysicalWindow const& memory) {
    return search_root_pointer(memory);
}

TEST(AcpiRootPointer, is_found_where_a_bios_leaves_it) {
    for (auto const address : std::initializer_list<std::size_t>{0xe'0000, 0xf'59e0, 0xf'ffe0}) {
        auto const memory = LowMemory{}.put(address, root_pointer_bytes(0, 0x1000));
        auto const found  = search(memory.window());
        ASSERT_TRUE(found) << words(found);
        EXPECT_EQ(found->address, PhysAddr{address});
    }
}

TEST(AcpiRootPointer, is_looked_for_in_the_data_area_first) {
    for (auto const address : std::initializer_list<std::size_t>{0x9'fc00, 0x9'ffe0}) {
        auto const memory = LowMemory{}
                                .data_area(0x9fc0)
                                .put(address, root_pointer_bytes(0, 0x1000))
                                .put(0xe'0000, root_pointer_bytes(0, 0x2000));
        auto const found = search(memory.window());
        ASSERT_TRUE(found) << words(found);
        EXPECT_EQ(found->address, PhysAddr{address});
    }
}

TEST(AcpiRootPointer, is_not_found_elsewhere) {
    auto const none =
        "table RSDP at 0xe0000, byte 0: there is none up to 0xfffff, nor in the extended BIOS data "
        "area (0x0)";
    auto const pointer = root_pointer_bytes(0, 0x1000);
    EXPECT_EQ(words(search(LowMemory{}.window())), none);
    // Not at a multiple of 16; below the BIOS's memory; behind the first KiB of the data area; without one.
    for (auto const address : std::initializer_list<std::size_t>{0xe'0008, 0xd'fff0, 0x9'0400, 0x8'fff0}) {
        auto const memory = LowMemory{}.data_area(0x9000).put(address, pointer);
        EXPECT_EQ(words(search(memory.window())), none) << address;
    }
    EXPECT_EQ(words(search(LowMemory{}.put(0, pointer).window())), none);
}

TEST(AcpiRootPointer, behind_a_wrong_one_is_found) {
    auto wrong        = root_pointer_bytes(0, 0x1000);
    wrong[17]         = std::byte{1};
    auto const memory = LowMemory{}.put(0xf'0000, wrong).put(0xf'0100, root_pointer_bytes(0, 0x2000));
    auto const found  = search(memory.window());
    ASSERT_TRUE(found) << words(found);
    EXPECT_EQ(found->address, PhysAddr{0xf'0100});
}

TEST(AcpiRootPointer, that_is_the_only_one_and_wrong_is_named) {
    auto wrong = root_pointer_bytes(0, 0x1000);
    wrong[16]  = std::byte{1};
    for (auto const address : std::initializer_list<std::size_t>{0x9'0010, 0xf'0000}) {
        auto const memory = LowMemory{}.data_area(0x9000).put(address, wrong);
        EXPECT_EQ(words(search(memory.window())),
                  std::format("table RSDP at {:#x}, byte 8: its bytes do not sum to zero (0x1)", address));
    }
}

TEST(AcpiRootPointer, may_be_searched_where_there_is_no_memory) {
    EXPECT_FALSE(search(PhysicalWindow{PhysAddr{0}, {}}));
}

// ---- Tables ----------------------------------------------------------------------------------------------

std::string read_error(SparseMemory const& memory, std::uint64_t address = 0x1000) {
    return words(read_table(memory, PhysAddr{address}));
}

TEST(AcpiTable, is_read_whole) {
    auto const bytes  = TableBytes{"SSDT", 2, 100};
    auto const memory = SparseMemory{}.put(0x1003, bytes);
    auto const table  = read_table(memory, PhysAddr{0x1003});
    ASSERT_TRUE(table) << words(table);
    EXPECT_EQ(table->signature().view(), "SSDT");
    EXPECT_EQ(table->revision(), 2);
    EXPECT_EQ(table->oem_id().view(), "MAKER");
    EXPECT_EQ(table->bytes.size(), 100);
}

TEST(AcpiTable, says_what_is_wrong) {
    EXPECT_EQ(read_error(SparseMemory{}),
              "table ???? at 0x1000, byte 0: it is not in memory that can be reached (0x24)");
    EXPECT_EQ(read_error(SparseMemory{}.put(0x1000, std::vector<std::byte>(35))),
              "table ???? at 0x1000, byte 0: it is not in memory that can be reached (0x24)");
    EXPECT_EQ(read_error(SparseMemory{}.put(0x1000, TableBytes{"SSDT", 1, 100}.damage(4, 101))),
              "table ???? at 0x1000, byte 0: it is not in memory that can be reached (0x65)");
    EXPECT_EQ(
        read_error(SparseMemory{}.put(0x1000, TableBytes{"SSDT"}.damage(4, 35))),
        "table SSDT at 0x1000, byte 4: its length is too small for its fields, or more than 16 MiB (0x23)");
    EXPECT_EQ(read_error(SparseMemory{}.put(0x1000, TableBytes{"SSDT"}.damage(7, 1))),
              "table SSDT at 0x1000, byte 4: its length is too small for its fields, or more than 16 MiB "
              "(0x1000024)");
    EXPECT_EQ(read_error(SparseMemory{}.put(0x1000, TableBytes{"SSDT", 1, 50}.damage(49, 3))),
              "table SSDT at 0x1000, byte 9: its bytes do not sum to zero (0x3)");
}

TEST(AcpiTable, shows_no_control_characters) {
    TableBytes const bytes{std::string_view{"\x1b[\0\xff", 4}};
    EXPECT_EQ(bytes.table().signature().view(), "?[ ?");
}

// ---- The list --------------------------------------------------------------------------------------------

// The signatures of all tables that are visited, and what was wrong.
struct Walk {
    std::string visited;
    std::vector<std::string> errors;

    Walk(SparseMemory const& memory, RootPointer const& pointer) {
        auto const report = [&](TableError const& error) { errors.push_back(std::format("{}", error)); };
        auto const root   = read_root_table(memory, pointer, report);
        if (!root) return;
        auto const visit = [&](Table const& table) {
            visited += std::string{table.signature().view()} + ' ';
        };
        for_each_table(memory, *root, visit, report);
    }
};

RootPointer xsdt_at(std::uint64_t address) {
    return {
        .address = PhysAddr{0xf'0000}, .revision = 2, .oem_id = {}, .xsdt = PhysAddr{address}, .rsdt = {}};
}
RootPointer rsdt_at(std::uint64_t address) {
    return {
        .address = PhysAddr{0xf'0000}, .revision = 0, .oem_id = {}, .xsdt = {}, .rsdt = PhysAddr{address}};
}

SparseMemory two_tables() {
    return SparseMemory{}.put(0x2000, TableBytes{"FACP"}).put(0x3000, TableBytes{"APIC"});
}

using Errors = std::vector<std::string>;

TEST(AcpiRootTable, of_either_kind_is_walked) {
    EXPECT_EQ(Walk(two_tables().put(0x1000, xsdt_of({0x2000, 0x3000})), xsdt_at(0x1000)).visited,
              "FACP APIC ");
    EXPECT_EQ(Walk(two_tables().put(0x1000, rsdt_of({0x2000, 0x3000})), rsdt_at(0x1000)).visited,
              "FACP APIC ");
}

TEST(AcpiRootTable, of_64_bits_is_preferred) {
    auto pointer      = xsdt_at(0x1000);
    pointer.rsdt      = PhysAddr{0x1100};
    auto const memory = two_tables().put(0x1000, xsdt_of({0x2000})).put(0x1100, rsdt_of({0x3000}));
    EXPECT_EQ(Walk(memory, pointer).visited, "FACP ");
}

TEST(AcpiRootTable, of_32_bits_stands_in_for_a_wrong_one) {
    auto pointer = xsdt_at(0x1000);
    pointer.rsdt = PhysAddr{0x1100};
    auto const memory =
        two_tables().put(0x1000, xsdt_of({0x2000}).damage(43, 1)).put(0x1100, rsdt_of({0x3000}));
    Walk const walk{memory, pointer};
    EXPECT_EQ(walk.visited, "APIC ");
    EXPECT_EQ(walk.errors, Errors{"table XSDT at 0x1000, byte 9: its bytes do not sum to zero (0x1)"});
}

TEST(AcpiRootTable, must_be_the_list_that_was_promised) {
    auto const memory = two_tables().put(0x1000, rsdt_of({0x2000}));
    EXPECT_EQ(Walk(memory, xsdt_at(0x1000)).errors,
              Errors{"table RSDT at 0x1000, byte 0: it has another signature (0x54445352)"});
    auto const other = two_tables().put(0x1000, xsdt_of({0x2000}));
    EXPECT_EQ(Walk(other, rsdt_at(0x1000)).errors,
              Errors{"table XSDT at 0x1000, byte 0: it has another signature (0x54445358)"});
}

TEST(AcpiRootTable, may_be_empty) {
    Walk const walk{SparseMemory{}.put(0x1000, xsdt_of({})), xsdt_at(0x1000)};
    EXPECT_EQ(walk.visited, "");
    EXPECT_EQ(walk.errors, Errors{});
}

TEST(AcpiRootTable, leaves_wrong_entries_out) {
    auto const memory = two_tables().put(
        0x1000, xsdt_of({0x2000, 0, 0x1000, 0x2000, std::uint64_t{1} << 52, 0x4000, 0x3000}));
    Walk const walk{memory, xsdt_at(0x1000)};
    EXPECT_EQ(walk.visited, "FACP APIC ");
    EXPECT_EQ(
        walk.errors,
        (Errors{"table XSDT at 0x1000, byte 44: the address is 0 (0x0)",
                "table XSDT at 0x1000, byte 52: the list of tables names itself (0x1000)",
                "table XSDT at 0x1000, byte 60: the list names a table again (0x2000)",
                "table XSDT at 0x1000, byte 68: the address is too large for its space (0x10000000000000)",
                "table ???? at 0x4000, byte 0: it is not in memory that can be reached (0x24)"}));
}

TEST(AcpiRootTable, that_ends_in_an_entry_is_walked_up_to_there) {
    auto list = xsdt_of({0x2000, 0x3000});
    Walk const walk{two_tables().put(0x1000, list.resize(51)), xsdt_at(0x1000)};
    EXPECT_EQ(walk.visited, "FACP ");
    EXPECT_EQ(walk.errors,
              Errors{"table XSDT at 0x1000, byte 44: the list ends in the middle of an entry (0x33)"});
}

TEST(AcpiRootTable, is_walked_up_to_256_entries) {
    SparseMemory memory;
    std::vector<std::uint32_t> addresses;
    for (std::uint32_t index = 0; index < 257; ++index) {
        addresses.push_back(0x1'0000 + 0x100 * index);
        memory.put(addresses.back(), TableBytes{"SSDT"});
    }
    Walk const too_many{memory.put(0x1000, rsdt_of(addresses)), rsdt_at(0x1000)};
    EXPECT_EQ(too_many.visited.size(), 256 * 5);
    EXPECT_EQ(too_many.errors,
              Errors{"table RSDT at 0x1000, byte 1060: the list names more than 256 tables (0x101)"});
    addresses.pop_back();
    Walk const as_many_as_can_be{memory.put(0x1000, rsdt_of(addresses)), rsdt_at(0x1000)};
    EXPECT_EQ(as_many_as_can_be.visited.size(), 256 * 5);
    EXPECT_EQ(as_many_as_can_be.errors, Errors{});
}

// ---- All of it -------------------------------------------------------------------------------------------

struct AllTables {
    Errors errors;  // first: reading reports into it
    Tables tables;

    explicit AllTables(SparseMemory const& memory)
        : tables{read_tables(memory, xsdt_at(0x1000),
                             [&](TableError const& error) { errors.push_back(std::format("{}", error)); })} {}
};

TableBytes dsdt_with_soft_off() {
    return TableBytes{"DSDT"}.append(0x08, '_', 'S', '5', '_', 0x12, 0x06, 0x04, 0x0a, 0x05, 0x00, 0x00);
}
TableBytes fadt_with_dsdt(std::uint32_t address) { return TableBytes{"FACP", 3, 244}.put(40, address); }

TEST(AcpiTables, are_read_into_their_places) {
    auto const memory =
        SparseMemory{}
            .put(0x1000, xsdt_of({0x2000, 0x3000, 0x4000, 0x5000, 0x6000}))
            .put(0x2000, fadt_with_dsdt(0x7000))
            .put(0x3000, TableBytes{"APIC"}
                             .put(36, 0xfee0'0000)
                             .put(40, 1)
                             .append(1, 12, 7, 0)
                             .append(0, 0, 0xc0, 0xfe, 0, 0, 0, 0))
            .put(0x4000, TableBytes{"HPET", 1, 56}.register_at(40, 0, 64, 0xfed0'0000))
            .put(0x5000, TableBytes{"MCFG", 1, 60}.put(44, 0xb000'0000).put(55, std::uint8_t{0xff}))
            .put(0x6000, TableBytes{"WAET"})
            .put(0x7000, dsdt_with_soft_off());
    AllTables const read{memory};
    EXPECT_EQ(read.errors, Errors{});
    EXPECT_EQ(TablesText::of(read.tables), "root XSDT\n"
                                           "local apics at 0x00000000fee00000, 8259s\n"
                                           "io apic 7 0x00000000fec00000 from 0\n"
                                           "fadt 3 sci 0 features 0x0 boot 0x0\n"
                                           "dsdt 0x0000000000007000 48\n"
                                           "soft off 5 0\n"
                                           "hpet 0x00000000fed00000 0 0\n"
                                           "pci 0x00000000b0000000 0 0-255\n");
}

TEST(AcpiTables, are_absent_where_they_are_wrong) {
    auto const memory = SparseMemory{}
                            .put(0x1000, xsdt_of({0x2000, 0x3000, 0x4000, 0x5000}))
                            .put(0x2000, TableBytes{"FACP", 3, 115})
                            .put(0x3000, TableBytes{"APIC", 1, 43})
                            .put(0x4000, TableBytes{"HPET", 1, 55})
                            .put(0x5000, TableBytes{"MCFG", 1, 43});
    AllTables const read{memory};
    EXPECT_EQ(TablesText::of(read.tables), "root XSDT\n");
    auto const wrong = [](std::string_view table, unsigned address, unsigned value) {
        return std::format(
            "table {} at {:#x}, byte 4: its length is too small for its fields, or more than 16 MiB ({:#x})",
            table, address, value);
    };
    EXPECT_EQ(read.errors, (Errors{wrong("FACP", 0x2000, 115), wrong("APIC", 0x3000, 43),
                                   wrong("HPET", 0x4000, 55), wrong("MCFG", 0x5000, 43)}));
}

TEST(AcpiTables, of_two_with_one_signature_the_first_counts) {
    auto const memory = SparseMemory{}
                            .put(0x1000, xsdt_of({0x2000, 0x3000}))
                            .put(0x2000, TableBytes{"HPET", 1, 56}.register_at(40, 0, 64, 0xfed0'0000))
                            .put(0x3000, TableBytes{"HPET", 1, 56}.register_at(40, 0, 64, 0xfed0'1000));
    EXPECT_EQ(AllTables{memory}.tables.hpet.value().address, PhysAddr{0xfed0'0000});
}

TEST(AcpiTables, take_the_second_where_the_first_is_wrong) {
    auto const memory = SparseMemory{}
                            .put(0x1000, xsdt_of({0x2000, 0x3000}))
                            .put(0x2000, TableBytes{"HPET", 1, 55})
                            .put(0x3000, TableBytes{"HPET", 1, 56}.register_at(40, 0, 64, 0xfed0'1000));
    EXPECT_EQ(AllTables{memory}.tables.hpet.value().address, PhysAddr{0xfed0'1000});
}

TEST(AcpiTables, say_what_is_wrong_with_the_dsdt) {
    auto const with = [](TableBytes const& dsdt) {
        return AllTables{SparseMemory{}
                             .put(0x1000, xsdt_of({0x2000}))
                             .put(0x2000, fadt_with_dsdt(0x7000))
                             .put(0x7000, dsdt)};
    };
    EXPECT_EQ(with(TableBytes{"SSDT"}).errors,
              Errors{"table SSDT at 0x7000, byte 0: it has another signature (0x54445353)"});
    EXPECT_EQ(with(dsdt_with_soft_off().damage(40, 0)).errors,
              Errors{"table DSDT at 0x7000, byte 9: its bytes do not sum to zero (0xa1)"});
    auto const without = with(TableBytes{"DSDT"});
    EXPECT_EQ(without.errors,
              Errors{"table DSDT at 0x7000, byte 36: there is no package \\_S5 with two sleep types (0x0)"});
    EXPECT_TRUE(without.tables.dsdt);
    EXPECT_FALSE(without.tables.soft_off);
}

TEST(AcpiTables, are_none_without_a_list) {
    AllTables const read{SparseMemory{}};
    EXPECT_FALSE(read.tables.root);
    EXPECT_EQ(read.errors,
              Errors{"table ???? at 0x1000, byte 0: it is not in memory that can be reached (0x24)"});
}

}  // namespace
}  // namespace pith::acpi
