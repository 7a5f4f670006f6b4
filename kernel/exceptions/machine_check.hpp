// Machine checks: what the processor found wrong with itself, with a bus, or with the memory.
//
// Each error is logged in one of several banks of registers. What is logged outlives a reset, until somebody
// clears it. Whether the interrupted program can go on is said by IA32_MCG_STATUS, and by each bank.
//
// Needs:     cpu (MSRs, CPUID).
// Promises:  processors without these registers have no banks, and no machine check of theirs is survived.
// Reference: Intel SDM vol. 3B "Machine-Check Architecture".
#pragma once

#include <cstdint>
#include <format>
#include <optional>
#include <string_view>

namespace pith::exceptions {

// IA32_MCG_CAP:
//
//    63 ... 25  24    23 ... 9    8      7 ... 0
//   +---------+-----+---------+-------+-----------+
//   |         |SER_P|         | CTL_P |   banks   |
//   +---------+-----+---------+-------+-----------+
class MachineCheckCapabilities {
public:
    constexpr explicit MachineCheckCapabilities(std::uint64_t raw) : raw_{raw} {}

    constexpr std::uint64_t raw() const { return raw_; }
    constexpr unsigned bank_count() const { return raw_ & 0xff; }
    constexpr bool has_control() const { return ((raw_ >> 8) & 1) != 0; }    // there is an IA32_MCG_CTL
    constexpr bool has_recovery() const { return ((raw_ >> 24) & 1) != 0; }  // banks have S and AR

private:
    std::uint64_t raw_;
};
static_assert(sizeof(MachineCheckCapabilities) == 8);
static_assert(MachineCheckCapabilities{0x0100'010a}.bank_count() == 10);
static_assert(MachineCheckCapabilities{0x100}.has_control() &&
              !MachineCheckCapabilities{0x100}.has_recovery());

// IA32_MCG_STATUS:
//
//    63 ... 3   2      1      0
//   +--------+------+------+------+
//   |        | MCIP | EIPV | RIPV |
//   +--------+------+------+------+
class MachineCheckStatus {
public:
    constexpr explicit MachineCheckStatus(std::uint64_t raw) : raw_{raw} {}

    constexpr std::uint64_t raw() const { return raw_; }
    constexpr bool is_restartable() const { return (raw_ & 1) != 0; }     // RIPV
    constexpr bool is_of_instruction() const { return (raw_ & 2) != 0; }  // EIPV: RIP has to do with it
    constexpr bool is_in_progress() const { return (raw_ & 4) != 0; }     // MCIP

private:
    std::uint64_t raw_;
};
static_assert(sizeof(MachineCheckStatus) == 8);
static_assert(MachineCheckStatus{1}.is_restartable() && !MachineCheckStatus{6}.is_restartable());
static_assert(MachineCheckStatus{2}.is_of_instruction() && MachineCheckStatus{4}.is_in_progress());

// IA32_MCi_STATUS of one bank:
//
//    63    62   61   60   59    58    57   56  55   54 ... 32   31 ... 16    15 ... 0
//   +-----+----+----+----+-----+-----+-----+---+----+---------+------------+----------+
//   | VAL |OVER| UC | EN |MISCV|ADDRV| PCC | S | AR |         | model code | MCA code |
//   +-----+----+----+----+-----+-----+-----+---+----+---------+------------+----------+
class BankStatus {
public:
    constexpr explicit BankStatus(std::uint64_t raw) : raw_{raw} {}

    constexpr std::uint64_t raw() const { return raw_; }
    constexpr std::uint16_t code() const { return static_cast<std::uint16_t>(raw_); }
    constexpr std::uint16_t model_code() const { return static_cast<std::uint16_t>(raw_ >> 16); }
    constexpr bool is_action_required() const { return bit(55) && bit(56); }  // only with has_recovery()
    constexpr bool is_context_corrupt() const { return bit(57); }             // the processor's own state
    constexpr bool has_address() const { return bit(58); }
    constexpr bool has_misc() const { return bit(59); }
    constexpr bool is_enabled() const { return bit(60); }
    constexpr bool is_uncorrected() const { return bit(61); }
    constexpr bool is_overflow() const { return bit(62); }  // other errors found the bank in use
    constexpr bool is_valid() const { return bit(63); }

private:
    constexpr bool bit(unsigned number) const { return ((raw_ >> number) & 1) != 0; }

    std::uint64_t raw_;
};
static_assert(sizeof(BankStatus) == 8);
static_assert(BankStatus{0x1234'5678}.code() == 0x5678 && BankStatus{0x1234'5678}.model_code() == 0x1234);
static_assert(BankStatus{std::uint64_t{1} << 57}.is_context_corrupt());
static_assert(BankStatus{0xb400'0000'0000'0000}.is_valid() &&
              BankStatus{0xb400'0000'0000'0000}.is_uncorrected() &&
              BankStatus{0xb400'0000'0000'0000}.is_enabled() &&
              BankStatus{0xb400'0000'0000'0000}.has_address());
static_assert(BankStatus{0x4980'0000'0000'0000}.is_overflow() &&
              BankStatus{0x4980'0000'0000'0000}.has_misc() &&
              BankStatus{0x4980'0000'0000'0000}.is_action_required());

// An MCA code in words: which part of the machine ("Simple Error Codes", "Compound Error Codes"; bit 12 is a
// remark about corrected errors).
constexpr std::string_view part_of(std::uint16_t code) {
    switch (code) {
        case 0x0000: return "no error named";
        case 0x0001: return "unclassified error";
        case 0x0002: return "microcode ROM parity error";
        case 0x0003: return "external error";
        case 0x0004: return "redundancy check error";
        case 0x0005: return "internal parity error";
        case 0x0006: return "SMM handler code access violation";
        case 0x0400: return "internal timer error";
        case 0x0e0b: return "I/O error";
        default:     break;
    }
    if (code >> 10 == 0x0400 >> 10) return "internal unclassified error";
    auto const compound = code & ~(1U << 12);
    if (compound >> 2 == 0x000c >> 2) return "cache hierarchy error";
    if (compound >> 4 == 0x0010 >> 4) return "TLB error";
    if (compound >> 7 == 0x0080 >> 7) return "memory controller error";
    if (compound >> 8 == 0x0100 >> 8) return "cache hierarchy error";
    if (compound >> 7 == 0x0280 >> 7) return "extended memory error";
    if (compound >> 11 == 0x0800 >> 11) return "bus or interconnect error";
    return "error of an unknown kind";
}

// What one bank has logged.
struct MachineError {
    unsigned bank;
    BankStatus status;
    std::optional<std::uint64_t> address;
};

// What a machine check leaves us with.
enum class Verdict : std::uint8_t {
    goes_on,
    not_restartable,  // where the program was is lost
    action_required,  // it would run into the same error again
    context_corrupt,  // no register can be relied on
};

constexpr Verdict verdict_on(BankStatus bank, MachineCheckCapabilities capabilities) {
    if (!bank.is_valid()) return Verdict::goes_on;
    if (bank.is_context_corrupt()) return Verdict::context_corrupt;
    if (capabilities.has_recovery() && bank.is_action_required()) return Verdict::action_required;
    return Verdict::goes_on;
}
constexpr Verdict verdict_on(MachineCheckStatus status) {
    return status.is_restartable() ? Verdict::goes_on : Verdict::not_restartable;
}

// What is to be said of it, behind "machine check".
constexpr std::string_view describe(Verdict verdict) {
    switch (verdict) {
        case Verdict::goes_on:         return "";
        case Verdict::not_restartable: return ": the interrupted program cannot be restarted";
        case Verdict::action_required: return ": the interrupted program would meet the error again";
        case Verdict::context_corrupt: return ": the processor's context is corrupt";
    }
    return "";
}

// The first bank whose control register is ours, by the version that CPUID tells: family 6 before model 1AH
// keeps bank 0's for the firmware ("Machine-Check Initialization").
constexpr unsigned first_own_control(std::uint32_t version) {
    auto const family = (version >> 8) & 0xf, model = ((version >> 12) & 0xf0) | ((version >> 4) & 0xf);
    return family == 6 && model < 0x1a ? 1 : 0;
}

// -- The machine's own registers ---------------------------------------------------------------------------

// Switches all banks on, and says and clears what they have logged before this start.
void start_machine_checks();

// 0 without IA32_MCG_CAP.
unsigned machine_check_bank_count();
// Nothing if the bank has logged no error.
std::optional<MachineError> machine_error_in(unsigned bank);
MachineCheckStatus machine_check_status();
// The worst that the status and any bank say.
Verdict machine_check_verdict();

// A machine check while one is marked as in progress is a shutdown. So this takes the mark away, and with it
// what machine_check_status told. False if that failed.
bool allow_another_machine_check();

// Says what the banks have logged, a line each, and clears what could be said; and allows another one. False
// if that failed.
bool end_machine_check();

}  // namespace pith::exceptions

// bank 1: uncorrected: cache hierarchy error (0x0135, model's 0x0000) at 0x1000, others were lost
template <>
struct std::formatter<pith::exceptions::MachineError> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::exceptions::MachineError const& error, auto& context) const {
        auto const status = error.status;
        auto out =
            std::format_to(context.out(), "bank {}: {}: {} ({:#06x}, model's {:#06x})", error.bank,
                           status.is_uncorrected() ? "uncorrected" : "corrected",
                           pith::exceptions::part_of(status.code()), status.code(), status.model_code());
        if (error.address) out = std::format_to(out, " at {:#x}", *error.address);
        if (status.is_context_corrupt()) out = std::format_to(out, ", the processor's context is corrupt");
        return status.is_overflow() ? std::format_to(out, ", others were lost") : out;
    }
};
