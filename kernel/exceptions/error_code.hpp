// The error codes that some exceptions push, as values with named bits.
//
// Processors define new bits now and then. Bits without a name here are kept, and shown as a number.
//
// Needs:     nothing.
// Reference: Intel SDM vol. 3A "Error Code", "Interrupt 14 - Page-Fault Exception", "Control Protection
//            Exception".
#pragma once

#include <cstdint>

namespace pith::exceptions {

// #region page-fault
// Page fault:
//
//    63     16  15  14 ... 7   6    5    4    3    2    1    0
//   +---------+-----+-------+----+----+----+----+----+----+----+
//   | unknown | SGX |unknown| SS | PK | ID |RSVD| U  | W  | P  |
//   +---------+-----+-------+----+----+----+----+----+----+----+
class PageFaultError {
public:
    constexpr explicit PageFaultError(std::uint64_t raw) : raw_{raw} {}

    constexpr std::uint64_t raw() const { return raw_; }
    constexpr bool is_present() const { return bit(0); }  // the page is mapped: a right was missing
    constexpr bool is_write() const { return bit(1); }
    constexpr bool is_user() const { return bit(2); }
    constexpr bool is_reserved_bit() const { return bit(3); }  // a reserved bit is set in an entry
    constexpr bool is_instruction_fetch() const { return bit(4); }
    constexpr bool is_protection_key() const { return bit(5); }
    constexpr bool is_shadow_stack() const { return bit(6); }
    constexpr bool is_sgx() const { return bit(15); }
    constexpr std::uint64_t unknown_bits() const { return raw_ & ~std::uint64_t{0x807f}; }

private:
    constexpr bool bit(unsigned number) const { return ((raw_ >> number) & 1) != 0; }

    std::uint64_t raw_;
};
// #endregion page-fault
static_assert(sizeof(PageFaultError) == 8);
static_assert(PageFaultError{0x8000}.is_sgx() && PageFaultError{0x8000}.unknown_bits() == 0);
static_assert(PageFaultError{0x1'0002}.is_write() && PageFaultError{0x1'0002}.unknown_bits() == 0x1'0000);

// #region selector
// Selector errors:
//
//    63     16  15         3   2    1    0
//   +---------+-------------+----+----+-----+
//   | unknown |    index    | TI |IDT | EXT |
//   +---------+-------------+----+----+-----+
class SelectorError {
public:
    enum class Table : std::uint8_t { gdt, idt, ldt };

    constexpr explicit SelectorError(std::uint64_t raw) : raw_{raw} {}

    constexpr std::uint64_t raw() const { return raw_; }
    constexpr bool is_external() const { return (raw_ & 1) != 0; }   // while something else was delivered
    constexpr bool is_none() const { return (raw_ & 0xfffe) == 0; }  // no selector is to blame
    constexpr std::uint16_t index() const { return static_cast<std::uint16_t>((raw_ >> 3) & 0x1fff); }
    constexpr Table table() const {
        if ((raw_ & 2) != 0) return Table::idt;
        return (raw_ & 4) != 0 ? Table::ldt : Table::gdt;
    }

private:
    std::uint64_t raw_;
};
// #endregion selector
static_assert(SelectorError{0x1a}.index() == 3 && SelectorError{0x1a}.table() == SelectorError::Table::idt);
static_assert(SelectorError{0x2c}.table() == SelectorError::Table::ldt && SelectorError{1}.is_none());

// Control protection: why, and whether inside an enclave.
class ControlProtectionError {
public:
    constexpr explicit ControlProtectionError(std::uint64_t raw) : raw_{raw} {}

    constexpr std::uint64_t raw() const { return raw_; }
    constexpr std::uint16_t reason() const { return static_cast<std::uint16_t>(raw_ & 0x7fff); }
    constexpr bool is_near_return() const { return reason() == 1; }
    constexpr bool is_missing_end_branch() const { return reason() == 3; }
    constexpr bool is_in_enclave() const { return (raw_ & 0x8000) != 0; }

private:
    std::uint64_t raw_;
};
static_assert(ControlProtectionError{0x8003}.reason() == 3 && ControlProtectionError{0x8003}.is_in_enclave());

// An error code that says nothing: always 0, or reserved.
class OtherError {
public:
    constexpr explicit OtherError(std::uint64_t raw) : raw_{raw} {}
    constexpr std::uint64_t raw() const { return raw_; }

private:
    std::uint64_t raw_;
};

}  // namespace pith::exceptions
