// The two 8259s' driver, on a pair that is not there.
#include "fake_devices.hpp"
#include "interrupts/pic.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace pith::interrupts {
namespace {

// One 8259A: what it was told, and which line it believes is being served.
struct FakePic {
    bool is_there = true;
    std::vector<std::uint8_t> initialization;
    unsigned words_left = 0;
    std::uint8_t mask = 0, served = 0, shown = 0;
    std::vector<std::uint8_t> ends;

    std::uint8_t read(std::uint16_t index) const {
        if (!is_there) return 0xff;
        return index == 1 ? mask : shown;
    }
    void write(std::uint16_t index, std::uint8_t value) {
        if (index == 0 && (value & 0x10) != 0) {  // the first initialization word: three more follow
            initialization = {value};
            words_left     = 3;
        } else if (index == 1 && words_left > 0) {
            initialization.push_back(value);
            --words_left;
        } else if (index == 1) {
            mask = value;
        } else if ((value & 0x18) == 0x08) {  // which register the next read shows
            EXPECT_EQ(value, 0x0b);
            shown = served;
        } else {
            ends.push_back(value);
        }
    }
};

struct PicTest : ::testing::Test {
    FakePic first, second;
    Pics<testing::Handle<FakePic>> pics{{&first}, {&second}};

    void SetUp() override { pics.start(0x20); }
};

using Bytes = std::vector<std::uint8_t>;

TEST_F(PicTest, are_moved_and_masked) {
    EXPECT_EQ(first.initialization, (Bytes{0x11, 0x20, 0x04, 0x01}));
    EXPECT_EQ(second.initialization, (Bytes{0x11, 0x28, 0x02, 0x01}));
    EXPECT_EQ(first.mask, 0xff);
    EXPECT_EQ(second.mask, 0xff);
}

TEST_F(PicTest, are_there_if_they_answer) {
    pics.unmask(12);
    EXPECT_TRUE(pics.are_there());
    EXPECT_EQ(first.mask, 0xfb);
    EXPECT_EQ(second.mask, 0xef);
    first.is_there = second.is_there = false;
    EXPECT_FALSE(pics.are_there());
}

TEST_F(PicTest, open_line_2_for_the_lines_of_the_second) {
    pics.unmask(0);
    EXPECT_EQ(first.mask, 0xfe);
    EXPECT_EQ(second.mask, 0xff);
    pics.unmask(12);
    EXPECT_EQ(first.mask, 0xfa);
    EXPECT_EQ(second.mask, 0xef);
    pics.unmask(8);
    pics.mask(12);
    EXPECT_EQ(first.mask, 0xfa);
    EXPECT_EQ(second.mask, 0xfe);
    pics.mask(8);
    EXPECT_EQ(first.mask, 0xfe);
    EXPECT_EQ(second.mask, 0xff);
}

TEST_F(PicTest, are_told_which_line_has_been_served) {
    pics.end(7);
    EXPECT_EQ(first.ends, (Bytes{0x67}));
    EXPECT_EQ(second.ends, (Bytes{}));
    pics.end(9);
    EXPECT_EQ(first.ends, (Bytes{0x67, 0x62}));
    EXPECT_EQ(second.ends, (Bytes{0x61}));
}

TEST_F(PicTest, know_what_is_spurious) {
    EXPECT_FALSE(pics.is_real(7));
    EXPECT_EQ(first.ends, (Bytes{}));
    first.served = 0x80;
    EXPECT_TRUE(pics.is_real(7));
    EXPECT_FALSE(pics.is_real(6));
    second.served = 0x80;
    EXPECT_TRUE(pics.is_real(15));
    EXPECT_EQ(first.ends, (Bytes{}));
    second.served = 0;
    // The first one has seen an interrupt of the second's in any case.
    EXPECT_FALSE(pics.is_real(15));
    EXPECT_EQ(first.ends, (Bytes{0x62}));
    EXPECT_EQ(second.ends, (Bytes{}));
}

}  // namespace
}  // namespace pith::interrupts
