// The symbol table: which function, and which line of which file, stands at an address of the kernel.
//
// tools/pith/symbols.py makes it from the debug information of the kernel's first link; the second link
// puts it into the section `.symbols`. Panic's backtrace asks it. Text lies in the table, so a Symbol
// lives as long as the bytes do.
//
//      0 ┌──────────────────────────────────────────┐
//        │ "PITHSYM2"                               │
//      8 │ function_count  file_count               │  u32 each, little-endian like all here
//     16 │ details_size    text_size                │
//     24 ├──────────────────────────────────────────┤
//        │ functions: start, detail                 │  u32 each, sorted by start; found by binary search
//        ├──────────────────────────────────────────┤
//        │ files: name                              │  u32 each, a place in the text
//        ├──────────────────────────────────────────┤
//        │ details: size scope name row_count row … │  ULEB128 numbers; scope and name are places in the text
//        ├──────────────────────────────────────────┤
//        │ text: names that end in zero bytes       │
//        └──────────────────────────────────────────┘
//
// A `start` is the low half of an address whose bits 63 to 32 repeat bit 31: code lies in the lowest or in
// the highest 2 GiB. A row says which line the bytes of its function come from, up to the next row; it is
// told by its steps from the row before (the first: from the function's start, file 0, line 0):
//
//     2 * address step + 1, file, line step    another file; files count from 1
//     2 * address step + 1, 0                  from here on no line is known
//     2 * address step,     line step          the same file
//
// A line step is signed, and folded: 0, 1, 2, 3, 4 … stand for 0, -1, 1, -2, 2 …
//
// Needs:     base (bytes), memory (addresses).
// Promises:  whatever the bytes are, and even if they change after `read`, nothing outside them is read and
//            every function returns. No heap, no lock, no output: fit for panic.
// Reference: DWARF Debugging Information Format, Version 5, "Variable Length Data" (ULEB128).
#pragma once

#include "base/bytes.hpp"
#include "memory/address.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string_view>

namespace pith::console {

enum class SymbolTableError : std::uint8_t {
    empty,                   // no bytes at all: the kernel's first link
    not_a_symbol_table,      // it does not begin with the magic
    truncated,               // the parts that the header promises are not all there
    bad_text,                // a name is not inside the text, or does not end there
    bad_detail,              // what stands about a function is not inside the details, or no number
    functions_out_of_order,  // a function is empty, or begins before the last one ended
    bad_row,                 // rows out of order, outside their function, or with a file that is not there
};

// The error in words, for a message.
std::string_view describe(SymbolTableError error);

struct SourceLine {
    std::string_view file;  // relative to the root of the source tree
    std::uint32_t line;
};

// In two pieces, for many share the first: "pith::frames::", which may be empty, and "take".
struct FunctionName {
    std::string_view scope;
    std::string_view name;
};

struct Symbol {
    FunctionName function;
    std::uint64_t offset;              // of the address, from the function's start
    std::optional<SourceLine> source;  // nothing: code that comes from no line of ours
};

class SymbolTable {
public:
    // A table that knows no function.
    constexpr SymbolTable() = default;

    // Checks all that the table says. `bytes` may go on behind the table's end.
    static std::expected<SymbolTable, SymbolTableError> read(std::span<std::byte const> bytes);

    // What stands at `address`; nothing outside every function. For a return address ask for the byte
    // before it: the call may be its function's last instruction.
    std::optional<Symbol> find(VirtAddr address) const;

private:
    struct Function;
    struct Detail;
    struct Row;
    class Rows;

    std::expected<void, SymbolTableError> check() const;
    std::expected<std::uint64_t, SymbolTableError> check_function(std::uint32_t index,
                                                                  std::uint64_t earliest) const;
    bool are_sound(Rows rows, std::uint32_t size) const;

    std::uint32_t function_count() const;
    std::uint32_t file_count() const;
    std::optional<Function> function(std::uint32_t index) const;
    std::optional<Function> last_function_up_to(std::uint32_t low) const;
    std::optional<Detail> detail(Function const& function) const;
    std::optional<FunctionName> function_name(Detail const& about) const;
    std::optional<SourceLine> source(Rows rows, std::uint32_t offset) const;
    std::optional<std::string_view> file_name(std::uint32_t number) const;
    std::optional<std::string_view> text(std::uint32_t place) const;

    Bytes functions_;
    Bytes files_;
    Bytes details_;
    Bytes text_;
};

}  // namespace pith::console

template <>
struct std::formatter<pith::console::FunctionName> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::console::FunctionName function, auto& context) const {
        return std::format_to(context.out(), "{}{}", function.scope, function.name);
    }
};
