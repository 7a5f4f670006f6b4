// Error codes in words.
//
// Needs:     error_code, vector.
// Reference: as error_code.
#pragma once

#include "exceptions/error_code.hpp"
#include "exceptions/vector.hpp"

#include <format>
#include <string_view>

namespace pith::exceptions {

// #region words
// What a page fault stood in the way of: "read from", "write to", "execute".
constexpr std::string_view verb_of(PageFaultError error) {
    if (error.is_instruction_fetch()) return "execute";
    return error.is_write() ? "write to" : "read from";
}

// Why, as far as the error code says it.
constexpr std::string_view reason_of(PageFaultError error) {
    if (error.is_reserved_bit()) return "a reserved bit is set in a page table";
    if (error.is_protection_key()) return "the page's protection key forbids it";
    if (error.is_shadow_stack()) return "it is, or is not, a shadow stack";
    if (error.is_sgx()) return "an enclave's page is protected";
    if (!error.is_present()) return "no page is mapped there";
    if (error.is_instruction_fetch()) return "the page must not be executed";
    return error.is_write() ? "the page must not be written" : "the page belongs to somebody else";
}
// #endregion words

constexpr std::string_view name_of(SelectorError::Table table) {
    switch (table) {
        case SelectorError::Table::gdt: return "GDT";
        case SelectorError::Table::idt: return "IDT";
        case SelectorError::Table::ldt: return "LDT";
    }
    return "unknown table";
}

// Why control flow was found to be wrong.
constexpr std::string_view reason_of(ControlProtectionError error) {
    switch (error.reason()) {
        case 1:  return "a return does not match the shadow stack";
        case 2:  return "a far return does not match the shadow stack";
        case 3:  return "an indirect branch does not lead to an ENDBR";
        case 4:  return "a shadow stack token is wrong";
        case 5:  return "a shadow stack is used twice";
        default: return "for an unknown reason";
    }
}

// #region bits
// "present, write, user, ...": each bit that says something, separated by commas.
template <typename Out>
Out decode(PageFaultError error, Out out) {
    auto const add = [&](std::string_view text) { out = std::format_to(out, ", {}", text); };
    out            = std::format_to(out, "{}", error.is_present() ? "present" : "not present");
    add(error.is_instruction_fetch() ? "instruction fetch" : error.is_write() ? "write" : "read");
    add(error.is_user() ? "user" : "kernel");
    if (error.is_reserved_bit()) add("reserved bit");
    if (error.is_protection_key()) add("protection key");
    if (error.is_shadow_stack()) add("shadow stack");
    if (error.is_sgx()) add("SGX");
    if (error.unknown_bits() != 0) out = std::format_to(out, ", unknown bits {:#x}", error.unknown_bits());
    return out;
}
// #endregion bits

template <typename Out>
Out decode(SelectorError error, Out out) {
    if (error.is_none()) return std::format_to(out, "no selector{}", error.is_external() ? ", external" : "");
    return std::format_to(out, "{} entry {}{}", name_of(error.table()), error.index(),
                          error.is_external() ? ", external" : "");
}

template <typename Out>
Out decode(ControlProtectionError error, Out out) {
    return std::format_to(out, "{}{}", reason_of(error), error.is_in_enclave() ? ", in an enclave" : "");
}

// The error code of any vector that has one.
template <typename Out>
Out decode(Vector vector, std::uint64_t code, Out out) {
    if (vector == Vector::page_fault) return decode(PageFaultError{code}, out);
    if (vector == Vector::control_protection) return decode(ControlProtectionError{code}, out);
    if (has_selector_error(vector)) return decode(SelectorError{code}, out);
    return std::format_to(out, "{}", code == 0 ? "no details" : "reserved");
}

// Whether a breakpoint that DR6 names is one on an instruction: in DR7, two bits of each say on what it is, 0
// for an instruction.
constexpr bool is_instruction_breakpoint(std::uint64_t dr6, std::uint64_t dr7) {
    for (unsigned number = 0; number < 4; ++number) {
        if (((dr6 >> number) & 1) != 0 && ((dr7 >> (16 + 4 * number)) & 3) == 0) return true;
    }
    return false;
}

// DR6 of a debug exception: what raised it.
template <typename Out>
Out decode_debug_status(std::uint64_t dr6, Out out) {
    auto const* separator = "";
    auto const add        = [&](std::string_view text) {
        out       = std::format_to(out, "{}{}", separator, text);
        separator = ", ";
    };
    for (unsigned number = 0; number < 4; ++number) {
        if (((dr6 >> number) & 1) == 0) continue;
        out       = std::format_to(out, "{}breakpoint {}", separator, number);
        separator = ", ";
    }
    if ((dr6 >> 13 & 1) != 0) add("debug register access");
    if ((dr6 >> 14 & 1) != 0) add("single step");
    if ((dr6 >> 15 & 1) != 0) add("task switch");
    if ((dr6 >> 11 & 1) == 0) add("bus lock");  // these two bits are ones when nothing has happened
    if ((dr6 >> 16 & 1) == 0) add("inside a transaction");
    if (*separator == '\0') add("an INT1 instruction");
    return out;
}

}  // namespace pith::exceptions
