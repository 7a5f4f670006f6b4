// What machine-check registers say, in words.
#include "exceptions/machine_check.hpp"

#include <gtest/gtest.h>

#include <format>
#include <map>
#include <string>

namespace pith::exceptions {
namespace {

constexpr std::uint64_t valid = std::uint64_t{1} << 63, overflow = std::uint64_t{1} << 62,
                        uncorrected = std::uint64_t{1} << 61, corrupt = std::uint64_t{1} << 57,
                        signalled = std::uint64_t{1} << 56, action = std::uint64_t{1} << 55;
constexpr MachineCheckCapabilities with_recovery{0x100'0000}, without_recovery{0};

TEST(MachineErrors, are_said_with_bank_and_codes) {
    EXPECT_EQ(std::format("{}", MachineError{3, BankStatus{valid | 0x0012'0135}, {}}),
              "bank 3: corrected: cache hierarchy error (0x0135, model's 0x0012)");
    EXPECT_EQ(std::format("{}", MachineError{31, BankStatus{valid | uncorrected | 0x0e0f}, 0x1234'5000}),
              "bank 31: uncorrected: bus or interconnect error (0x0e0f, model's 0x0000) at 0x12345000");
    EXPECT_EQ(
        std::format("{}", MachineError{0, BankStatus{valid | overflow | uncorrected | corrupt}, 0}),
        "bank 0: uncorrected: no error named (0x0000, model's 0x0000) at 0x0, the processor's context is "
        "corrupt, others were lost");
}

TEST(MachineErrors, are_of_the_parts_that_the_manual_names) {
    std::map<std::uint16_t, std::string_view> const parts{
        {0x0000, "no error named"},
        {0x0001, "unclassified error"},
        {0x0002, "microcode ROM parity error"},
        {0x0003, "external error"},
        {0x0004, "redundancy check error"},
        {0x0005, "internal parity error"},
        {0x0006, "SMM handler code access violation"},
        {0x0007, "error of an unknown kind"},
        {0x000b, "error of an unknown kind"},
        {0x000c, "cache hierarchy error"},
        {0x000f, "cache hierarchy error"},
        {0x0010, "TLB error"},
        {0x001f, "TLB error"},
        {0x0020, "error of an unknown kind"},
        {0x0080, "memory controller error"},
        {0x00ff, "memory controller error"},
        {0x0100, "cache hierarchy error"},
        {0x0134, "cache hierarchy error"},
        {0x01ff, "cache hierarchy error"},
        {0x0200, "error of an unknown kind"},
        {0x0280, "extended memory error"},
        {0x02ff, "extended memory error"},
        {0x0300, "error of an unknown kind"},
        {0x0400, "internal timer error"},
        {0x0401, "internal unclassified error"},
        {0x07ff, "internal unclassified error"},
        {0x0800, "bus or interconnect error"},
        {0x0e0b, "I/O error"},
        {0x0fff, "bus or interconnect error"},
        {0x1010, "TLB error"},  // bit 12: corrected errors are filtered
        {0x1134, "cache hierarchy error"},
        {0x1400, "error of an unknown kind"},
        {0x1e0f, "bus or interconnect error"},
        {0x2000, "error of an unknown kind"},
        {0xffff, "error of an unknown kind"},
    };
    for (auto const& [code, part] : parts) EXPECT_EQ(part_of(code), part) << std::hex << code;
}

TEST(MachineChecks, go_on_only_if_the_processor_says_so) {
    EXPECT_EQ(verdict_on(MachineCheckStatus{5}), Verdict::goes_on);
    EXPECT_EQ(verdict_on(MachineCheckStatus{0}), Verdict::not_restartable);
    EXPECT_EQ(verdict_on(MachineCheckStatus{6}), Verdict::not_restartable);
    EXPECT_EQ(verdict_on(BankStatus{valid | uncorrected}, with_recovery), Verdict::goes_on);
    EXPECT_EQ(verdict_on(BankStatus{valid | corrupt}, with_recovery), Verdict::context_corrupt);
    EXPECT_EQ(verdict_on(BankStatus{corrupt}, with_recovery), Verdict::goes_on);  // nothing is logged
}

TEST(MachineChecks, know_a_required_action_where_the_processor_has_it) {
    EXPECT_EQ(verdict_on(BankStatus{valid | signalled | action}, with_recovery), Verdict::action_required);
    EXPECT_EQ(verdict_on(BankStatus{valid | signalled | action}, without_recovery), Verdict::goes_on);
    EXPECT_EQ(verdict_on(BankStatus{valid | signalled}, with_recovery), Verdict::goes_on);
    EXPECT_EQ(verdict_on(BankStatus{valid | action}, with_recovery), Verdict::goes_on);
}

TEST(MachineChecks, leave_the_firmwares_bank_alone) {
    EXPECT_EQ(first_own_control(0x0000'06f6), 1U);  // Core 2: family 6, model 0FH
    EXPECT_EQ(first_own_control(0x0001'06a5), 0U);  // the first Core i7: model 1AH
    EXPECT_EQ(first_own_control(0x0009'06ea), 0U);  // model 9EH
    EXPECT_EQ(first_own_control(0x0080'0f12), 0U);  // an AMD of family 17H
}

}  // namespace
}  // namespace pith::exceptions
