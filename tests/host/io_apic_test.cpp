// The I/O APIC's driver, on one that is not there; and where the lines of the old bus are.
#include "acpi_tables.hpp"
#include "interrupts/io_apic.hpp"
#include "interrupts/isa.hpp"

#include <gtest/gtest.h>

namespace pith::interrupts {
namespace {

struct FakeIoApic {
    std::uint32_t selected = 0;
    std::map<std::uint32_t, std::uint32_t> registers{{1, 23 << 16 | 0x20}};
    std::vector<std::uint32_t> written;
};

struct FakeRegisters {
    FakeIoApic* device = nullptr;

    void select(std::uint32_t number) const { device->selected = number; }
    std::uint32_t read() const { return device->registers[device->selected]; }
    void write(std::uint32_t value) const {
        device->registers[device->selected] = value;
        device->written.push_back(device->selected);
    }
};

TEST(IoApic, knows_its_pins) {
    FakeIoApic device;
    IoApic const apic{FakeRegisters{&device}, 24};
    EXPECT_EQ(apic.pins(), 24U);
    EXPECT_FALSE(apic.has(23));
    EXPECT_TRUE(apic.has(24));
    EXPECT_TRUE(apic.has(47));
    EXPECT_FALSE(apic.has(48));
    EXPECT_FALSE(IoApic<FakeRegisters>{}.has(0));
}

TEST(IoApic, masks_all_pins) {
    FakeIoApic device;
    IoApic const apic{FakeRegisters{&device}, 0};
    apic.mask_all();
    for (std::uint32_t pin = 0; pin < 24; ++pin)
        EXPECT_EQ(device.registers[0x10 + 2 * pin], 0x1'0000U) << pin;
    EXPECT_FALSE(device.registers.contains(0x10 + 2 * 24));
}

// A pin whose halves are written one after the other must not raise what is half the old and half the new.
TEST(IoApic, masks_a_pin_while_it_is_changed) {
    FakeIoApic device;
    IoApic const apic{FakeRegisters{&device}, 24};
    apic.set(25, Redirection::to(0x31, 3).active_low(true).level(true));
    EXPECT_EQ(device.registers[0x12], 0xa031U);
    EXPECT_EQ(device.registers[0x13], 0x0300'0000U);
    EXPECT_EQ(device.written, (std::vector<std::uint32_t>{0x12, 0x13, 0x12}));
}

std::vector<Pin> pins_of(IsaLine line, testing::TableBytes const& madt) {
    std::vector<Pin> pins;
    for_each_pin(line, acpi::Madt::read(madt.table()).value(), [&](Pin pin) { pins.push_back(pin); });
    return pins;
}

TEST(IsaLine, is_where_the_table_says) {
    auto madt = testing::TableBytes{"APIC", 1, 44};
    madt.append(2, 10, 0, 0, 2, 0, 0, 0, 0, 0);     // the timer at pin 2
    madt.append(2, 10, 0, 12, 40, 0, 0, 0, 15, 0);  // the mouse at pin 40, active when low, level-triggered
    EXPECT_EQ(pins_of(IsaLine::timer, madt), (std::vector<Pin>{{2, false, false}}));
    EXPECT_EQ(pins_of(IsaLine::mouse, madt), (std::vector<Pin>{{40, true, true}}));
    EXPECT_EQ(pins_of(IsaLine::keyboard, madt), (std::vector<Pin>{{1, false, false}}));
}

TEST(IsaLine, of_the_timer_may_be_at_two_pins) {
    auto const madt = testing::TableBytes{"APIC", 1, 44};
    EXPECT_EQ(pins_of(IsaLine::timer, madt), (std::vector<Pin>{{0, false, false}, {2, false, false}}));
}

}  // namespace
}  // namespace pith::interrupts
