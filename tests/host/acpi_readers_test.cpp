// The readers of single ACPI tables: every field, each way to be wrong.
#include "acpi_tables.hpp"

#include <gtest/gtest.h>

#include <ranges>

namespace pith::acpi {
namespace {

using testing::TableBytes;

std::string words(auto const& result) { return result ? "" : std::format("{}", result.error()); }

template <typename Entry>
std::vector<Entry> all(Madt const& madt) {
    return std::ranges::to<std::vector<Entry>>(madt.all<Entry>());
}

// ---- MADT ------------------------------------------------------------------------------------------------

TableBytes madt(std::uint32_t flags = 1) { return TableBytes{"APIC"}.put(36, 0xfee0'0000).put(40, flags); }

TEST(AcpiMadt, has_where_the_local_apics_are) {
    EXPECT_EQ(Madt::read(madt().table())->local_apics(), PhysAddr{0xfee0'0000});
    EXPECT_TRUE(Madt::read(madt(1).table())->has_8259s());
    EXPECT_FALSE(Madt::read(madt(0xffff'fffe).table())->has_8259s());
}

TEST(AcpiMadt, has_where_the_local_apics_are_with_64_bits) {
    auto const bytes = madt().append(5, 12, 0, 0, 0, 0x10, 0, 0, 0x34, 0x12, 0, 0);
    EXPECT_EQ(Madt::read(bytes.table())->local_apics(), PhysAddr{0x1234'0000'1000});
}

TEST(AcpiMadt, has_processors) {
    auto const bytes = madt()
                           .append(0, 8, 1, 2, 1, 0, 0, 0)
                           .append(9, 16, 0, 0, 0x34, 0x12, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0)
                           .append(0, 8, 3, 4, 0, 0, 0, 0);
    auto const read = Madt::read(bytes.table());
    ASSERT_TRUE(read) << words(read);
    EXPECT_EQ(all<LocalApic>(*read), (std::vector<LocalApic>{{1, 2, 1}, {3, 4, 0}}));
    EXPECT_EQ(all<LocalX2Apic>(*read),
              (std::vector<LocalX2Apic>{{.id = 0x1234, .flags = 2, .processor = 7}}));
    EXPECT_TRUE(all<LocalApic>(*read)[0].is_enabled() && !all<LocalApic>(*read)[0].can_be_enabled());
    EXPECT_FALSE(all<LocalApic>(*read)[1].is_enabled());
    EXPECT_TRUE(!all<LocalX2Apic>(*read)[0].is_enabled() && all<LocalX2Apic>(*read)[0].can_be_enabled());
}

TEST(AcpiMadt, has_io_apics_and_what_is_wired_to_them) {
    auto const bytes = madt()
                           .append(1, 12, 5, 0, 0, 0, 0xc0, 0xfe, 24, 0, 0, 0)
                           .append(2, 10, 0, 9, 20, 0, 0, 0, 0x0d, 0)
                           .append(3, 8, 0x0f, 0, 17, 0, 0, 0);
    auto const read = Madt::read(bytes.table());
    ASSERT_TRUE(read) << words(read);
    EXPECT_EQ(all<IoApic>(*read), (std::vector<IoApic>{{5, PhysAddr{0xfec0'0000}, 24}}));
    EXPECT_EQ(all<InterruptOverride>(*read), (std::vector<InterruptOverride>{{9, 20, InterruptFlags{0x0d}}}));
    EXPECT_EQ(all<NmiSource>(*read), (std::vector<NmiSource>{{InterruptFlags{0x0f}, 17}}));
    EXPECT_TRUE(all<InterruptOverride>(*read)[0].flags.is_level());
    EXPECT_FALSE(all<InterruptOverride>(*read)[0].flags.is_active_low());
}

TEST(AcpiMadt, has_the_pins_of_nmis) {
    auto const bytes =
        madt().append(4, 6, 0xff, 5, 0, 1).append(10, 12, 0x0f, 0, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0);
    auto const read = Madt::read(bytes.table());
    ASSERT_TRUE(read) << words(read);
    EXPECT_EQ(all<LocalApicNmi>(*read),
              (std::vector<LocalApicNmi>{{LocalApicNmi::all_processors, InterruptFlags{5}, 1}}));
    EXPECT_EQ(all<LocalX2ApicNmi>(*read),
              (std::vector<LocalX2ApicNmi>{{InterruptFlags{0x0f}, LocalX2ApicNmi::all_processors, 1}}));
}

TEST(AcpiMadt, leaves_out_what_it_does_not_know) {
    auto const bytes = madt().append(0x80, 2).append(13, 4, 0, 0).append(0, 8, 1, 2, 1, 0, 0, 0);
    auto const read  = Madt::read(bytes.table());
    ASSERT_TRUE(read) << words(read);
    EXPECT_EQ(all<LocalApic>(*read).size(), 1);
}

TEST(AcpiMadt, knows_longer_entries) {
    auto const bytes = madt().append(0, 9, 1, 2, 1, 0, 0, 0, 0xee).append(0, 8, 3, 4, 1, 0, 0, 0);
    auto const read  = Madt::read(bytes.table());
    ASSERT_TRUE(read) << words(read);
    EXPECT_EQ(all<LocalApic>(*read), (std::vector<LocalApic>{{1, 2, 1}, {3, 4, 1}}));
}

TEST(AcpiMadt, says_what_is_wrong) {
    constexpr auto entry = "an entry is too small for its fields, or reaches beyond the end";
    auto const error_of  = [](TableBytes const& bytes) { return words(Madt::read(bytes.table())); };
    EXPECT_EQ(error_of(TableBytes{"APIC", 1, 43}), "table APIC at 0x7fe1000, byte 4: its length is too small "
                                                   "for its fields, or more than 16 MiB (0x2b)");
    EXPECT_EQ(error_of(madt().append(0)), std::format("table APIC at 0x7fe1000, byte 44: {} (0x1)", entry));
    EXPECT_EQ(error_of(madt().append(0x80, 2).append(0x80, 0)),
              std::format("table APIC at 0x7fe1000, byte 46: {} (0x2)", entry));
    EXPECT_EQ(error_of(madt().append(0x80, 1)),
              std::format("table APIC at 0x7fe1000, byte 44: {} (0x2)", entry));
    EXPECT_EQ(error_of(madt().append(0x80, 4, 0)),
              std::format("table APIC at 0x7fe1000, byte 44: {} (0x3)", entry));
    EXPECT_EQ(error_of(madt().append(5, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0)),
              "table APIC at 0x7fe1000, byte 48: the address is too large for its space (0x10000000000000)");
}

TEST(AcpiMadt, wants_all_fields_of_each_entry) {
    std::vector<std::pair<int, std::size_t>> const lengths{{0, 8}, {1, 12}, {2, 10}, {3, 8},
                                                           {4, 6}, {5, 12}, {9, 16}, {10, 12}};
    for (auto const& [type, length] : lengths) {
        auto const with_length = [&](std::size_t of) {
            auto bytes = madt().append(type, of);
            return words(Madt::read(bytes.resize(44 + of).table()));
        };
        EXPECT_EQ(with_length(length), "") << type;
        EXPECT_EQ(
            with_length(length - 1),
            std::format("table APIC at 0x7fe1000, byte 44: an entry is too small for its fields, or reaches "
                        "beyond the end ({:#x})",
                        length - 1));
    }
}

// ---- FADT ------------------------------------------------------------------------------------------------

TableBytes old_fadt() {
    return TableBytes{"FACP", 1, 116}
        .put(40, 0x7fe'0000)
        .put(46, std::uint16_t{9})
        .put(48, 0xb2)
        .put(52, std::uint8_t{2})
        .put(64, 0x604)
        .put(76, 0x608)
        .put(89, std::uint8_t{2})
        .put(91, std::uint8_t{4})
        .put(108, std::uint8_t{0x32})
        .put(112, 0x84a5);
}
TableBytes new_fadt(std::uint32_t features = 0) {
    return TableBytes{"FACP", 5, 268}.put(109, std::uint16_t{0}).put(112, features);
}
std::string error_of(TableBytes const& bytes) { return words(Fadt::read(bytes.table())); }
Fadt read(TableBytes const& bytes) { return Fadt::read(bytes.table()).value(); }

TEST(AcpiFadt, of_acpi_1_has_ports) {
    auto const fadt = read(old_fadt());
    EXPECT_EQ(fadt.revision, 1);
    EXPECT_EQ(fadt.interrupt, 9);
    EXPECT_EQ(fadt.dsdt, PhysAddr{0x7fe'0000});
    EXPECT_EQ(fadt.smi_command, (SmiCommand{0xb2, 2}));
    EXPECT_EQ(fadt.pm1a_control, GenericAddress::port(0x604, 16));
    EXPECT_EQ(fadt.pm1b_control, std::nullopt);
    EXPECT_EQ(fadt.timer, GenericAddress::port(0x608, 32));
    EXPECT_EQ(fadt.century, 0x32);
    EXPECT_EQ(fadt.timer_bits(), 24);
    EXPECT_EQ(fadt.reset, std::nullopt);
    EXPECT_EQ(fadt.sleep_control, std::nullopt);
}

TEST(AcpiFadt, of_acpi_1_describes_a_whole_pc) {
    auto const fadt = read(old_fadt().put(109, std::uint16_t{0xfffc}));
    EXPECT_TRUE(fadt.boot.has_keyboard_controller());
    EXPECT_FALSE(fadt.boot.has_no_vga() || fadt.boot.has_no_cmos_clock());
}

TEST(AcpiFadt, says_what_is_left_of_a_pc) {
    EXPECT_FALSE(read(new_fadt()).boot.has_keyboard_controller());
    EXPECT_TRUE(read(new_fadt().put(109, std::uint16_t{2})).boot.has_keyboard_controller());
    EXPECT_TRUE(read(new_fadt().put(109, std::uint16_t{4})).boot.has_no_vga());
    EXPECT_TRUE(read(new_fadt().put(109, std::uint16_t{0x20})).boot.has_no_cmos_clock());
}

TEST(AcpiFadt, has_nothing_where_nothing_is_said) {
    auto const fadt = read(TableBytes{"FACP", 5, 268});
    EXPECT_FALSE(fadt.dsdt || fadt.smi_command || fadt.pm1a_control || fadt.pm1b_control || fadt.timer ||
                 fadt.reset || fadt.sleep_control || fadt.century);
}

TEST(AcpiFadt, prefers_generic_addresses) {
    auto const fadt = read(old_fadt()
                               .put(8, std::uint8_t{3})
                               .put(140, std::uint64_t{0x12'0000'0000})
                               .register_at(172, 1, 16, 0x404)
                               .register_at(184, 0, 16, 0xfed8'0000)
                               .register_at(208, 1, 32, 0x408));
    EXPECT_EQ(fadt.dsdt, PhysAddr{0x12'0000'0000});
    EXPECT_EQ(fadt.pm1a_control, GenericAddress::port(0x404, 16));
    EXPECT_EQ(fadt.pm1b_control, (GenericAddress{Space::memory, 16, 0xfed8'0000}));
    EXPECT_EQ(fadt.timer, GenericAddress::port(0x408, 32));
}

TEST(AcpiFadt, has_ports_where_the_generic_addresses_are_zero) {
    auto const fadt = read(old_fadt().resize(268).put(68, 0x614));
    EXPECT_EQ(fadt.dsdt, PhysAddr{0x7fe'0000});
    EXPECT_EQ(fadt.pm1a_control, GenericAddress::port(0x604, 16));
    EXPECT_EQ(fadt.pm1b_control, GenericAddress::port(0x614, 16));
    EXPECT_EQ(fadt.timer, GenericAddress::port(0x608, 32));
}

TEST(AcpiFadt, has_a_reset_register_only_if_it_says_so) {
    auto const with = [](std::uint32_t features) {
        return read(new_fadt(features).register_at(116, 1, 8, 0xcf9).put(128, std::uint8_t{0x0f})).reset;
    };
    EXPECT_EQ(with(0x400), (ResetRegister{GenericAddress::port(0xcf9), 0x0f}));
    EXPECT_EQ(with(0), std::nullopt);
    EXPECT_EQ(read(new_fadt(0x400)).reset, std::nullopt);
    EXPECT_EQ(read(new_fadt(0x400).register_at(116, 1, 8, 0xcf9).resize(128)).reset, std::nullopt);
}

TEST(AcpiFadt, of_reduced_hardware_has_sleep_control) {
    auto const fadt = read(new_fadt(0x10'0000).register_at(244, 0, 8, 0xfea0'0000));
    EXPECT_TRUE(fadt.features.is_hardware_reduced());
    EXPECT_EQ(fadt.sleep_control, (GenericAddress{Space::memory, 8, 0xfea0'0000}));
    EXPECT_EQ(read(new_fadt(0x10'0000).register_at(244, 0, 8, 0xfea0'0000).resize(255)).sleep_control,
              std::nullopt);
}

TEST(AcpiFadt, has_a_timer_of_24_or_32_bits) {
    EXPECT_EQ(read(new_fadt(0x100)).timer_bits(), 32);
    EXPECT_EQ(read(new_fadt(0xffff'feff)).timer_bits(), 24);
}

TEST(AcpiFadt, without_an_smi_command_is_always_on) {
    EXPECT_EQ(read(old_fadt().put(48, 0)).smi_command, std::nullopt);
    EXPECT_EQ(read(old_fadt().put(52, std::uint8_t{0})).smi_command, std::nullopt);
}

TEST(AcpiFadt, says_what_is_wrong) {
    constexpr auto large = "the address is too large for its space";
    constexpr auto space = "a register lies in an address space where it cannot be";
    auto const at        = [](unsigned byte, std::string_view what, std::uint64_t value) {
        return std::format("table FACP at 0x7fe1000, byte {}: {} ({:#x})", byte, what, value);
    };
    EXPECT_EQ(error_of(TableBytes{"FACP", 1, 115}),
              at(4, "its length is too small for its fields, or more than 16 MiB", 115));
    EXPECT_EQ(error_of(old_fadt().put(48, 0x1'0000)), at(48, large, 0x1'0000));
    EXPECT_EQ(error_of(old_fadt().put(64, 0x1'0000)), at(64, large, 0x1'0000));
    EXPECT_EQ(error_of(old_fadt().put(68, 0x1'0000)), at(68, large, 0x1'0000));
    EXPECT_EQ(error_of(old_fadt().put(76, 0x1'0000)), at(76, large, 0x1'0000));
    EXPECT_EQ(error_of(new_fadt().put(140, std::uint64_t{1} << 52)), at(140, large, std::uint64_t{1} << 52));
    EXPECT_EQ(error_of(new_fadt().register_at(172, 1, 16, 0x1'0000)), at(176, large, 0x1'0000));
    EXPECT_EQ(error_of(new_fadt().register_at(184, 0, 16, std::uint64_t{1} << 52)),
              at(188, large, std::uint64_t{1} << 52));
    EXPECT_EQ(error_of(new_fadt().register_at(208, 3, 32, 0x608)), at(208, space, 3));
    EXPECT_EQ(error_of(new_fadt(0x400).register_at(116, 2, 8, 0x20'0000'0000)),
              at(120, large, 0x20'0000'0000));
    EXPECT_EQ(error_of(new_fadt(0x400).register_at(116, 2, 8, 0x1'1f00'0000'0000)),
              at(120, large, 0x1'1f00'0000'0000));
    EXPECT_EQ(error_of(new_fadt().register_at(244, 0x7f, 8, 1)), at(244, space, 0x7f));
}

TEST(AcpiFadt, may_have_its_reset_register_in_pci_space) {
    auto const fadt = read(new_fadt(0x400).register_at(116, 2, 8, 0x1f'0007'00ac));
    EXPECT_EQ(fadt.reset.value().where, (GenericAddress{Space::pci_configuration, 8, 0x1f'0007'00ac}));
}

// ---- HPET, MCFG ------------------------------------------------------------------------------------------

TEST(AcpiHpet, is_read) {
    auto const bytes = TableBytes{"HPET", 1, 56}
                           .register_at(40, 0, 64, 0xfed0'0000)
                           .put(52, std::uint8_t{3})
                           .put(53, std::uint16_t{0x1234});
    EXPECT_EQ(Hpet::read(bytes.table()).value(), (Hpet{PhysAddr{0xfed0'0000}, 3, 0x1234}));
}

TEST(AcpiHpet, says_what_is_wrong) {
    auto const with = [](std::uint8_t space, std::uint64_t address) {
        auto const bytes = TableBytes{"HPET", 1, 56}.register_at(40, space, 64, address);
        return words(Hpet::read(bytes.table()));
    };
    EXPECT_EQ(with(0, 0), "table HPET at 0x7fe1000, byte 44: the address is 0 (0x0)");
    EXPECT_EQ(
        with(1, 0x1000),
        "table HPET at 0x7fe1000, byte 40: a register lies in an address space where it cannot be (0x1)");
    EXPECT_EQ(with(0, std::uint64_t{1} << 52),
              "table HPET at 0x7fe1000, byte 44: the address is too large for its space (0x10000000000000)");
    EXPECT_EQ(words(Hpet::read(TableBytes{"HPET", 1, 55}.table())),
              "table HPET at 0x7fe1000, byte 4: its length is too small for its fields, or more than 16 MiB "
              "(0x37)");
}

TableBytes mcfg_with(std::uint64_t base, std::uint8_t first_bus, std::uint8_t last_bus) {
    return TableBytes{"MCFG", 1, 60}
        .put(44, base)
        .put(52, std::uint16_t{7})
        .put(54, first_bus)
        .put(55, last_bus);
}

TEST(AcpiMcfg, has_segments) {
    auto const bytes = mcfg_with(0xb000'0000, 0, 255).resize(76).put(60, std::uint64_t{0x80'0000'0000});
    auto const mcfg  = Mcfg::read(bytes.table());
    ASSERT_TRUE(mcfg) << words(mcfg);
    std::vector<PciSegment> const expected{{PhysAddr{0xb000'0000}, 7, 0, 255},
                                           {PhysAddr{0x80'0000'0000}, 0, 0, 0}};
    EXPECT_EQ(std::ranges::to<std::vector<PciSegment>>(mcfg->segments()), expected);
}

TEST(AcpiMcfg, may_be_empty) {
    TableBytes const bytes{"MCFG", 1, 44};
    EXPECT_TRUE(Mcfg::read(bytes.table()).value().segments().empty());
}

TEST(AcpiMcfg, says_what_is_wrong) {
    auto const error_of_mcfg = [](TableBytes const& bytes) { return words(Mcfg::read(bytes.table())); };
    EXPECT_EQ(error_of_mcfg(mcfg_with(0, 5, 4)),
              "table MCFG at 0x7fe1000, byte 55: the bus numbers end before they start (0x4)");
    EXPECT_EQ(error_of_mcfg(mcfg_with(std::uint64_t{1} << 52, 0, 4)),
              "table MCFG at 0x7fe1000, byte 44: the address is too large for its space (0x10000000000000)");
    EXPECT_EQ(
        error_of_mcfg(mcfg_with(0, 0, 4).resize(75)),
        "table MCFG at 0x7fe1000, byte 60: an entry is too small for its fields, or reaches beyond the end "
        "(0xf)");
}

// ---- \_S5 ------------------------------------------------------------------------------------------------

std::optional<SoftOff> soft_off_in(auto... bytes) {
    auto const dsdt  = TableBytes{"DSDT"}.append(bytes...);
    auto const found = find_soft_off(dsdt.table());
    return found ? std::optional{*found} : std::nullopt;
}

TEST(AcpiSoftOff, is_found_in_every_encoding) {
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 6, 4, 0x0a, 5, 0x0a, 7), (SoftOff{5, 7}));
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 8, 4, 0x0a, 5, 0x0a, 7, 0, 0), (SoftOff{5, 7}));
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 4, 2, 0, 1), (SoftOff{0, 1}));
    EXPECT_EQ(soft_off_in(8, '\\', '_', 'S', '5', '_', 0x12, 4, 2, 1, 0), (SoftOff{1, 0}));
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 10, 2, 0x0b, 6, 0, 0x0c, 2, 0, 0, 0), (SoftOff{6, 2}));
}

TEST(AcpiSoftOff, is_found_behind_package_lengths_of_up_to_4_bytes) {
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 0x45, 0, 2, 1, 1), (SoftOff{1, 1}));
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 0x86, 0, 0, 2, 1, 1), (SoftOff{1, 1}));
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 0xc7, 0, 0, 0, 2, 1, 1), (SoftOff{1, 1}));
}

TEST(AcpiSoftOff, may_be_long) {
    auto dsdt = TableBytes{"DSDT"}.append(8, '_', 'S', '5', '_', 0x12, 0x41, 0x10, 2, 1, 0);
    EXPECT_FALSE(find_soft_off(dsdt.table()));
    EXPECT_EQ(find_soft_off(dsdt.resize(42 + 0x101).table()).value(), (SoftOff{1, 0}));
    EXPECT_FALSE(find_soft_off(dsdt.resize(42 + 0x100).table()));
}

TEST(AcpiSoftOff, is_found_behind_what_looks_alike) {
    EXPECT_EQ(soft_off_in('_', 'S', '5', '_', 8, '_', 'S', '5', '_', 0x12, 4, 2, 1, 1, 0), (SoftOff{1, 1}));
    EXPECT_EQ(soft_off_in(8, '_', 'S', '4', '_', 0x12, 4, 2, 3, 3, 8, '_', 'S', '5', '_', 0x12, 4, 2, 1, 1),
              (SoftOff{1, 1}));
}

TEST(AcpiSoftOff, is_not_found_where_it_is_none) {
    EXPECT_EQ(soft_off_in(), std::nullopt);
    EXPECT_EQ(soft_off_in(9, '_', 'S', '5', '_', 0x12, 4, 2, 1, 1), std::nullopt);        // no name
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', 'X', 0x12, 4, 2, 1, 1), std::nullopt);        // another name
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x13, 4, 2, 1, 1), std::nullopt);        // no package
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 3, 1, 1, 1), std::nullopt);        // too few numbers
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 3, 2, 1, 1), std::nullopt);        // too short
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 5, 2, 0x0a, 8, 1), std::nullopt);  // too large
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 5, 2, 1, 0x0a, 8), std::nullopt);  // too large
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 8, 2, 1, 'A', 'B', 'C', 'D'),
              std::nullopt);                                                        // a name inside
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 0, 2, 1, 1), std::nullopt);  // shorter than its length
    EXPECT_EQ(soft_off_in(8, '_', 'S', '5', '_', 0x12, 0x41, 0, 2, 1, 1), std::nullopt);
}

TEST(AcpiSoftOff, may_end_anywhere) {
    auto whole =
        TableBytes{"DSDT"}.append(8, '\\', '_', 'S', '5', '_', 0x12, 0xc9, 0, 0, 0, 2, 0x0a, 1, 0x0a, 1);
    EXPECT_TRUE(find_soft_off(whole.table()));
    for (auto size = whole.bytes().size() - 1; size > Table::header_size; --size)
        EXPECT_FALSE(find_soft_off(whole.resize(size).table())) << size;
}

}  // namespace
}  // namespace pith::acpi
