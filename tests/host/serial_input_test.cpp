// What comes through the serial line, on a UART that is not there.
#include "fake_devices.hpp"
#include "input/serial_input.hpp"

#include <gtest/gtest.h>

namespace pith::input {
namespace {

using testing::FakeUart;
using Input = SerialInput<testing::Handle<FakeUart>>;

TEST(SerialInput, gives_what_has_come_and_then_nothing) {
    FakeUart device;
    Input input{{&device}};
    EXPECT_EQ(input.read(), std::nullopt);
    device.waiting = "ab";
    EXPECT_EQ(input.read(), 'a');
    EXPECT_EQ(input.read(), 'b');
    EXPECT_EQ(input.read(), std::nullopt);
}

TEST(SerialInput, where_there_is_no_uart_nothing_comes) {
    FakeUart device;
    device.is_there = false;
    EXPECT_EQ((Input{{&device}}.read()), std::nullopt);
}

TEST(SerialInput, what_the_hardware_lost_is_counted) {
    FakeUart device;
    Input input{{&device}};
    device.waiting  = "a";
    device.has_lost = true;
    EXPECT_EQ(input.read(), 'a');
    EXPECT_EQ(input.overruns(), 1U);
    EXPECT_EQ(input.read(), std::nullopt);
    EXPECT_EQ(input.overruns(), 1U);
}

// OUT 2 leads the interrupt out of the chip; the other lines stay as the console set them.
TEST(SerialInput, the_interrupt_is_let_through) {
    FakeUart device;
    device.modem_control = 0x03;
    device.interrupts    = 0;
    Input{{&device}}.enable_interrupt();
    EXPECT_EQ(device.modem_control, 0x0b);
    EXPECT_EQ(device.interrupts, 0x01);
}

}  // namespace
}  // namespace pith::input
