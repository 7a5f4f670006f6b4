// What clang's undefined-behaviour sanitizer calls when a program has done what the language leaves undefined,
// in kernels that are compiled with it (tests/sanitized). Each call is a failure that names the file, the line
// and the values: "signed overflow: 2147483647 + 1 cannot be represented in 'int'".
//
// Needs:     base (fail, text), value.
// Promises:  does not return: what is undefined does not happen.
// Reference: clang documentation, "UndefinedBehaviorSanitizer"; for names and layouts: LLVM,
//            CodeGenFunction::EmitCheck and its callers.
#include "base/fail.hpp"
#include "runtime/undefined/value.hpp"

#include <array>
#include <bit>
#include <format>
#include <iterator>

namespace {

using pith::runtime::undefined::is_negative;
using pith::runtime::undefined::SourceLocation;
using pith::runtime::undefined::Text;
using pith::runtime::undefined::Type;
using pith::runtime::undefined::Value;

// What stands for a value of the given type in a text.
struct Shown {
    Type const& type;
    Value value;
};

}  // namespace

template <>
struct std::formatter<Shown> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(Shown shown, auto& context) const {
        Text text;
        write(text, shown.type, shown.value);
        return std::ranges::copy(text.view(), context.out()).out;
    }
};

namespace {

template <typename... Arguments>
[[noreturn]] void fail_at(SourceLocation const& where, std::format_string<Arguments...> format,
                          Arguments&&... arguments) {
    Text text;
    std::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
    pith::fail({.message = text.view(), .file = where.file, .line = where.line});
}

// What the compiler says of each kind of mistake.

struct Overflow {
    SourceLocation where;
    Type const& type;
};
struct Shift {
    SourceLocation where;
    Type const &left, &right;
};
struct OutOfBounds {
    SourceLocation where;
    Type const &array, &index;
};
struct TypeMismatch {
    SourceLocation where;
    Type const& type;
    std::uint8_t logarithm_of_alignment, use;
};
struct AlignmentAssumption {
    SourceLocation where, where_assumed;
    Type const& type;
};
struct InvalidValue {
    SourceLocation where;
    Type const& type;
};
struct InvalidBuiltin {
    SourceLocation where;
    std::uint8_t kind;
};
struct NullArgument {
    SourceLocation where, where_declared;
    std::int32_t number;
};
struct PlaceOnly {
    SourceLocation where;
};

// What was done with an object, in the order of the compiler's numbers (clang, CodeGenFunction::TypeCheckKind).
constexpr std::array<std::string_view, 12> uses{
    "a read of",        "a write to",          "a reference to", "an access to a member of",
    "a member call on", "a construction of",   "a downcast of",  "a downcast of",
    "an upcast of",     "a cast to a base of", "a pointer to",   "a dynamic operation on"};

[[noreturn]] void fail_of_overflow(Overflow const& data, std::string_view sign, Value left, Value right) {
    fail_at(data.where, "{} overflow: {} {} {} cannot be represented in {}",
            data.type.is_signed() ? "signed" : "unsigned", Shown{data.type, left}, sign,
            Shown{data.type, right}, data.type.name());
}

}  // namespace

// The compiler calls these by name; no header declares them.
extern "C" {
[[noreturn]] void __ubsan_handle_add_overflow_abort(Overflow const& data, Value left, Value right);
[[noreturn]] void __ubsan_handle_sub_overflow_abort(Overflow const& data, Value left, Value right);
[[noreturn]] void __ubsan_handle_mul_overflow_abort(Overflow const& data, Value left, Value right);
[[noreturn]] void __ubsan_handle_negate_overflow_abort(Overflow const& data, Value value);
[[noreturn]] void __ubsan_handle_divrem_overflow_abort(Overflow const& data, Value left, Value right);
[[noreturn]] void __ubsan_handle_shift_out_of_bounds_abort(Shift const& data, Value left, Value right);
[[noreturn]] void __ubsan_handle_out_of_bounds_abort(OutOfBounds const& data, Value index);
[[noreturn]] void __ubsan_handle_type_mismatch_v1_abort(TypeMismatch const& data, Value address);
[[noreturn]] void __ubsan_handle_alignment_assumption_abort(AlignmentAssumption const& data, Value address,
                                                            Value alignment, Value offset);
[[noreturn]] void __ubsan_handle_pointer_overflow_abort(PlaceOnly const& data, Value before, Value after);
[[noreturn]] void __ubsan_handle_load_invalid_value_abort(InvalidValue const& data, Value value);
[[noreturn]] void __ubsan_handle_invalid_builtin_abort(InvalidBuiltin const& data);
[[noreturn]] void __ubsan_handle_nonnull_arg_abort(NullArgument const& data);
[[noreturn]] void __ubsan_handle_nonnull_return_v1_abort(PlaceOnly const& data, SourceLocation const& where);
[[noreturn]] void __ubsan_handle_builtin_unreachable(PlaceOnly const& data);
[[noreturn]] void __ubsan_handle_missing_return(PlaceOnly const& data);
}

// ---- Numbers ---------------------------------------------------------------------------------------------

void __ubsan_handle_add_overflow_abort(Overflow const& data, Value left, Value right) {
    fail_of_overflow(data, "+", left, right);
}
void __ubsan_handle_sub_overflow_abort(Overflow const& data, Value left, Value right) {
    fail_of_overflow(data, "-", left, right);
}
void __ubsan_handle_mul_overflow_abort(Overflow const& data, Value left, Value right) {
    fail_of_overflow(data, "*", left, right);
}
void __ubsan_handle_negate_overflow_abort(Overflow const& data, Value value) {
    fail_at(data.where, "signed overflow: -({}) cannot be represented in {}", Shown{data.type, value},
            data.type.name());
}
void __ubsan_handle_divrem_overflow_abort(Overflow const& data, Value left, Value right) {
    if (is_negative(data.type, right)) fail_of_overflow(data, "/", left, right);
    fail_at(data.where, "division by zero: {} / 0", Shown{data.type, left});
}
void __ubsan_handle_shift_out_of_bounds_abort(Shift const& data, Value left, Value right) {
    if (is_negative(data.right, right) || right >= data.left.bits())
        fail_at(data.where, "a shift of {} by {}, where it has {} bits", data.left.name(),
                Shown{data.right, right}, data.left.bits());
    fail_at(data.where, "a left shift of {} by {} cannot be represented in {}", Shown{data.left, left},
            Shown{data.right, right}, data.left.name());
}

// ---- Objects ---------------------------------------------------------------------------------------------

void __ubsan_handle_out_of_bounds_abort(OutOfBounds const& data, Value index) {
    fail_at(data.where, "index {} is outside of {}", Shown{data.index, index}, data.array.name());
}
void __ubsan_handle_type_mismatch_v1_abort(TypeMismatch const& data, Value address) {
    auto const use       = uses.at(data.use);
    auto const alignment = Value{1} << data.logarithm_of_alignment;
    if (address == 0) fail_at(data.where, "{} {} by a null pointer", use, data.type.name());
    if (address % alignment != 0)
        fail_at(data.where, "{} {} at {:016x}, which is not aligned to {} bytes", use, data.type.name(),
                address, alignment);
    fail_at(data.where, "{} {} at {:016x}, where there is no room for it", use, data.type.name(), address);
}
void __ubsan_handle_alignment_assumption_abort(AlignmentAssumption const& data, Value address,
                                               Value alignment, Value offset) {
    fail_at(data.where, "{:016x} was assumed to be aligned to {} bytes, {} bytes further on", address,
            alignment, offset);
}
void __ubsan_handle_pointer_overflow_abort(PlaceOnly const& data, Value before, Value after) {
    fail_at(data.where, "pointer overflow: from {:016x} to {:016x}", before, after);
}
void __ubsan_handle_load_invalid_value_abort(InvalidValue const& data, Value value) {
    fail_at(data.where, "{} is no value of {}", Shown{data.type, value}, data.type.name());
}

// ---- Calls -----------------------------------------------------------------------------------------------

void __ubsan_handle_invalid_builtin_abort(InvalidBuiltin const& data) {
    constexpr std::array<std::string_view, 3> calls{"countr_zero of zero", "countl_zero of zero",
                                                    "an assumption that is false"};
    fail_at(data.where, "{}", calls.at(data.kind));
}
void __ubsan_handle_nonnull_arg_abort(NullArgument const& data) {
    fail_at(data.where, "argument {} is null, and is declared never to be", data.number);
}
void __ubsan_handle_nonnull_return_v1_abort(PlaceOnly const&, SourceLocation const& where) {
    fail_at(where, "null is returned, and is declared never to be");
}
void __ubsan_handle_builtin_unreachable(PlaceOnly const& data) {
    fail_at(data.where, "what was said never to be reached was reached");
}
void __ubsan_handle_missing_return(PlaceOnly const& data) {
    fail_at(data.where, "the end of a function was reached that has to return a value");
}
