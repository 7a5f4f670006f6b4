// Which of a local APIC's pins gets NMIs, by tables as firmware makes them.
#include "acpi_tables.hpp"
#include "interrupts/nmi_pins.hpp"

#include <gtest/gtest.h>

namespace pith::interrupts {
namespace {

std::vector<int> pins_of(std::uint32_t apic, testing::TableBytes const& madt) {
    std::vector<int> pins;
    for_each_nmi_pin(acpi::Madt::read(madt.table()).value(), apic,
                     [&](std::uint8_t pin, acpi::InterruptFlags) { pins.push_back(pin); });
    return pins;
}
using Pins = std::vector<int>;

// Processors 1 and 2 with the APICs 4 and 6, 3 with the x2APIC 0x100, and 9, which is not there.
testing::TableBytes processors() {
    return testing::TableBytes{"APIC", 1, 44}
        .append(0, 8, 1, 4, 1, 0, 0, 0)
        .append(0, 8, 2, 6, 1, 0, 0, 0)
        .append(9, 16, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0)
        .append(0, 8, 9, 4, 0, 0, 0, 0);
}

TEST(NmiPin, is_for_all_processors) {
    EXPECT_EQ(pins_of(4, processors().append(4, 6, 0xff, 0, 0, 1)), Pins{1});
    EXPECT_EQ(pins_of(4, processors().append(10, 12, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)), Pins{0});
    EXPECT_EQ(pins_of(4, processors()), Pins{});
}

TEST(NmiPin, is_for_one_processor) {
    auto const madt = processors()
                          .append(4, 6, 1, 0, 0, 1)
                          .append(4, 6, 2, 0, 0, 0)
                          .append(10, 12, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0);
    EXPECT_EQ(pins_of(4, madt), Pins{1});
    EXPECT_EQ(pins_of(6, madt), Pins{0});
    EXPECT_EQ(pins_of(0x100, madt), Pins{1});
    EXPECT_EQ(pins_of(1, madt), Pins{});  // a processor's number is no APIC's id
}

TEST(NmiPin, is_not_that_of_a_processor_that_is_not_there) {
    EXPECT_EQ(pins_of(4, processors().append(4, 6, 9, 0, 0, 1)), Pins{});
}

TEST(NmiPin, is_signalled_as_the_table_says) {
    std::optional<acpi::InterruptFlags> found;
    auto const madt = processors().append(4, 6, 1, 15, 0, 1);
    for_each_nmi_pin(acpi::Madt::read(madt.table()).value(), 4,
                     [&](std::uint8_t, acpi::InterruptFlags flags) { found = flags; });
    EXPECT_EQ(found, acpi::InterruptFlags{15});
}

}  // namespace
}  // namespace pith::interrupts
