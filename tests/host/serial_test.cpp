// The serial port's driver, on a UART that is not there.
#include "console/serial.hpp"
#include "fake_devices.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pith::console {
namespace {

using testing::FakeUart;
using Uart = Uart16550<testing::Handle<FakeUart>>;

// The parameter: how many bytes the queue takes.
class SerialQueue : public ::testing::TestWithParam<std::size_t> {};

std::string sent(std::string_view text) {
    FakeUart device;
    Uart uart{{&device}};
    EXPECT_TRUE(uart.start());
    uart.write(text);
    EXPECT_FALSE(device.has_overrun);
    return device.sent;
}

TEST(Serial, finds_a_uart_and_sets_it_up) {
    FakeUart device;
    EXPECT_TRUE(Uart{{&device}}.start());
    EXPECT_EQ(device.divisor, 1);
    EXPECT_EQ(device.line_control, 0x03);
    EXPECT_EQ(device.interrupts, 0);
    EXPECT_EQ(device.modem_control & 0x10, 0);  // out of loopback mode
    EXPECT_EQ(device.sent, "");
}

TEST(Serial, says_that_there_is_none) {
    FakeUart device;
    device.is_there = false;
    EXPECT_FALSE(Uart{{&device}}.start());
}

// On a real line a byte takes 87 microseconds, in loopback mode as well.
TEST(Serial, waits_for_the_byte_that_tells_a_uart) {
    FakeUart device;
    device.loopback_delay = 1000;
    EXPECT_TRUE(Uart{{&device}}.start());
}

TEST_P(SerialQueue, is_not_misled_by_what_was_received_before) {
    FakeUart device;
    device.queue_size = GetParam();
    device.waiting    = "k";
    EXPECT_TRUE(Uart{{&device}}.start());
}

TEST(Serial, sends_text) { EXPECT_EQ(sent("Hello, \x1b[31mworld"), "Hello, \x1b[31mworld"); }

TEST(Serial, a_line_ends_with_both_characters) { EXPECT_EQ(sent("a\nb\n"), "a\r\nb\r\n"); }

TEST(Serial, sends_good_utf8_as_it_is) { EXPECT_EQ(sent("aé€😀z"), "aé€😀z"); }

TEST(Serial, replaces_bad_utf8) {
    EXPECT_EQ(sent("a\xff"
                   "b"),
              "a\ufffdb");
    EXPECT_EQ(sent("\xe2\x82\n"), "\ufffd\r\n");
    EXPECT_EQ(sent("\xc3\xc3\xa9"), "\ufffdé");
}

TEST(Serial, a_code_point_may_come_in_pieces) {
    FakeUart device;
    Uart uart{{&device}};
    ASSERT_TRUE(uart.start());
    for (auto const* const piece : {"\xf0", "\x9f\x98", "\x80!"}) uart.write(piece);
    EXPECT_EQ(device.sent, "😀!");
}

TEST_P(SerialQueue, never_gets_more_than_it_takes) {
    FakeUart device;
    device.queue_size = GetParam();
    Uart uart{{&device}};
    ASSERT_TRUE(uart.start());
    auto const before = device.status_reads;
    std::string const text(1000, 'x');
    uart.write(text);
    uart.write("and\nmore");
    EXPECT_EQ(device.sent, text + "and\r\nmore");
    EXPECT_FALSE(device.has_overrun);
    EXPECT_EQ(device.status_reads - before, (1009 + GetParam() - 1) / GetParam());
    EXPECT_EQ(uart.lost(), 0);
}

INSTANTIATE_TEST_SUITE_P(Sizes, SerialQueue, ::testing::Values(1, 16));

TEST(Serial, a_stuck_port_is_given_up) {
    FakeUart device;
    Uart uart{{&device}};
    ASSERT_TRUE(uart.start());
    uart.write("x");
    device.is_stuck = true;
    uart.write(std::string(15 + 100, 'x'));
    EXPECT_LE(device.status_reads, Uart::max_polls + 200);  // it waits once, not for every byte
    EXPECT_FALSE(device.has_overrun);
}

TEST(Serial, a_port_that_was_stuck_recovers) {
    FakeUart device;
    Uart uart{{&device}};
    ASSERT_TRUE(uart.start());
    device.is_stuck = true;
    uart.write(std::string(20, 'x'));
    device.is_stuck = false;
    device.sent.clear();
    uart.write("back again");
    EXPECT_EQ(device.sent, "back again");
}

// While the port takes nothing, nobody could read it there; and what says it would be lost, and be counted.
TEST(Serial, what_was_lost_is_told_once_the_port_takes_bytes_again) {
    FakeUart device;
    Uart uart{{&device}};
    ASSERT_TRUE(uart.start());
    uart.write("x");
    device.is_stuck = true;
    uart.write(std::string(15 + 100, 'x'));
    EXPECT_EQ(uart.lost(), 0U);
    device.is_stuck = false;
    uart.write("x");
    EXPECT_EQ(uart.lost(), 100U);
    uart.write("x");
    EXPECT_EQ(uart.lost(), 100U);
}

}  // namespace
}  // namespace pith::console
