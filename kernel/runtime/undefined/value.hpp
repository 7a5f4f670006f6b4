// What clang's undefined-behaviour sanitizer says of types and values, and how they are written.
//
// Needs:     base (text).
// Reference: the layouts are those that clang emits: LLVM, CodeGenFunction::EmitCheckTypeDescriptor and
//            EmitCheckValue.
#pragma once

#include "base/fixed_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pith::runtime::undefined {

// Where the code stands that went wrong.
struct SourceLocation {
    char const* file;
    std::uint32_t line, column;
};

// A type, as the compiler describes it. Its name, in quotes, stands behind it.
struct Type {
    enum class Kind : std::uint16_t { integer = 0, floating = 1, unknown = 0xffff };

    Kind kind;
    std::uint16_t information;  // of an integer: bit 0: signed; above: the logarithm of its bits
    char name_start;

    std::string_view name() const { return &name_start; }
    bool is_signed() const { return information % 2 != 0; }
    unsigned bits() const { return 1U << (information / 2U); }
};
static_assert(offsetof(Type, name_start) == 4);

// A value: itself if it fits into 64 bits, else its address.
using Value = std::uint64_t;

using Text = FixedText<200>;

// Whether an integer is below zero.
bool is_negative(Type const& type, Value value);

// An integer as a number. What is no integer is written as its bits, or where it lies.
void write(Text& text, Type const& type, Value value);

}  // namespace pith::runtime::undefined
