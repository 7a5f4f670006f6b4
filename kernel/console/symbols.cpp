#include "console/symbols.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <ranges>
#include <type_traits>

namespace pith::console {
namespace {

constexpr std::string_view magic = "PITHSYM2";

// The table's head.
struct Header {
    std::array<char, 8> magic;
    std::uint32_t function_count;
    std::uint32_t file_count;
    std::uint32_t details_size;
    std::uint32_t text_size;
};
static_assert(sizeof(Header) == 24 && std::is_trivially_copyable_v<Header>);

// Takes parts off the front of the bytes.
class Reader {
public:
    explicit Reader(Bytes bytes) : rest_{bytes} {}

    std::optional<Bytes> take(std::uint64_t length) {
        auto const part = slice(rest_, 0, length);
        if (part) rest_ = rest_.subspan(part->size());
        return part;
    }

    // A ULEB128 number, if it fits in 32 bits.
    std::optional<std::uint32_t> number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 35; shift += 7) {
            auto const byte = take(1);
            if (!byte) return std::nullopt;
            auto const bits = std::to_integer<std::uint64_t>(byte->front());
            value |= (bits & 0x7f) << shift;
            if ((bits & 0x80) == 0) return fitting(value);
        }
        return std::nullopt;
    }

    // A signed number, folded into an unsigned one.
    std::optional<std::int64_t> signed_number() {
        auto const folded = number();
        if (!folded) return std::nullopt;
        std::int64_t const half = *folded / 2;
        return *folded % 2 == 0 ? half : -half - 1;
    }

private:
    static std::optional<std::uint32_t> fitting(std::uint64_t value) {
        if (value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
        return static_cast<std::uint32_t>(value);
    }

    Bytes rest_;
};

// The half of an address that the table keeps, or nothing if the other half does not follow from it.
std::optional<std::uint32_t> low_half(VirtAddr address) {
    auto const low      = static_cast<std::uint32_t>(address.value());
    auto const extended = static_cast<std::int64_t>(static_cast<std::int32_t>(low));
    if (static_cast<std::uint64_t>(extended) != address.value()) return std::nullopt;
    return low;
}

}  // namespace

// An entry of the table's first part.
struct SymbolTable::Function {
    std::uint32_t start;
    std::uint32_t detail;
};

struct SymbolTable::Row {
    std::uint32_t offset = 0;  // of the first byte that the row speaks of, from the function's start
    std::uint32_t file   = 0;  // 0: none
    std::uint32_t line   = 0;
};

// The rows of a function, one after the other.
class SymbolTable::Rows {
public:
    Rows(Reader reader, std::uint32_t count) : reader_{reader}, left_{count} {}

    std::uint32_t left() const { return left_; }

    // The next row, or nothing if there is no more or it cannot be read.
    std::optional<Row> next() {
        if (left_ == 0) return std::nullopt;
        auto const step = reader_.number();
        if (!step || !advance(*step / 2)) return std::nullopt;
        if (*step % 2 != 0 && !change_file()) return std::nullopt;
        if (row_.file != 0 && !change_line()) return std::nullopt;
        --left_;
        return row_;
    }

private:
    bool advance(std::uint32_t step) {
        if (step > std::numeric_limits<std::uint32_t>::max() - row_.offset) return false;
        row_.offset += step;
        return true;
    }

    bool change_file() {
        auto const file = reader_.number();
        row_.file       = file.value_or(0);
        return file.has_value();
    }

    bool change_line() {
        auto const step = reader_.signed_number();
        if (!step) return false;
        auto const line = row_.line + *step;
        if (line < 0 || line > std::numeric_limits<std::uint32_t>::max()) return false;
        row_.line = static_cast<std::uint32_t>(line);
        return true;
    }

    Reader reader_;
    std::uint32_t left_;
    Row row_;
};

// What the details say about a function.
struct SymbolTable::Detail {
    std::uint32_t size;
    std::uint32_t scope;
    std::uint32_t name;
    Rows rows;
};

std::string_view describe(SymbolTableError error) {
    switch (error) {
        case SymbolTableError::empty:                  return "there is no symbol table";
        case SymbolTableError::not_a_symbol_table:     return "the symbol table does not begin with its magic";
        case SymbolTableError::truncated:              return "the symbol table is cut off";
        case SymbolTableError::bad_text:               return "a name in the symbol table does not end";
        case SymbolTableError::bad_detail:             return "the symbol table has no details of a function";
        case SymbolTableError::functions_out_of_order: return "the symbol table's functions are out of order";
        case SymbolTableError::bad_row:                return "the symbol table has a wrong row of lines";
    }
    return "the symbol table has an unknown error";
}

std::expected<SymbolTable, SymbolTableError> SymbolTable::read(std::span<std::byte const> bytes) {
    using enum SymbolTableError;
    if (bytes.empty()) return std::unexpected{empty};
    auto const header = load<Header>(bytes, 0);
    if (!header) return std::unexpected{truncated};
    if (!std::ranges::equal(header->magic, magic)) return std::unexpected{not_a_symbol_table};

    Reader reader{bytes.subspan(sizeof(Header))};
    auto const functions = reader.take(sizeof(Function) * std::uint64_t{header->function_count});
    auto const files     = reader.take(sizeof(std::uint32_t) * std::uint64_t{header->file_count});
    auto const details   = reader.take(header->details_size);
    auto const text      = reader.take(header->text_size);
    if (!functions || !files || !details || !text) return std::unexpected{truncated};

    SymbolTable table;
    table.functions_ = *functions;
    table.files_     = *files;
    table.details_   = *details;
    table.text_      = *text;
    return table.check().transform([&] { return table; });
}

// #region find
std::optional<Symbol> SymbolTable::find(VirtAddr address) const {
    auto const low = low_half(address);
    if (!low) return std::nullopt;
    auto const found = last_function_up_to(*low);
    if (!found || found->start > *low) return std::nullopt;
    auto const offset = *low - found->start;
    auto const about  = detail(*found);
    if (!about || offset >= about->size) return std::nullopt;
    auto const name = function_name(*about);
    if (!name) return std::nullopt;
    return Symbol{.function = *name, .offset = offset, .source = source(about->rows, offset)};
}

// The last function that begins at `low` or before it, in a table that is in order.
std::optional<SymbolTable::Function> SymbolTable::last_function_up_to(std::uint32_t low) const {
    auto const begins_in_time = [&](std::uint32_t index) {
        auto const candidate = function(index);
        return candidate && candidate->start <= low;
    };
    auto const indices = std::views::iota(std::uint32_t{0}, function_count());
    auto const behind  = std::ranges::partition_point(indices, begins_in_time);
    if (behind == indices.begin()) return std::nullopt;
    return function(*std::ranges::prev(behind));
}
// #endregion find

std::expected<void, SymbolTableError> SymbolTable::check() const {
    for (auto const number : std::views::iota(std::uint32_t{0}, file_count())) {
        if (!file_name(number + 1)) return std::unexpected{SymbolTableError::bad_text};
    }
    std::uint64_t earliest = 0;
    for (auto const index : std::views::iota(std::uint32_t{0}, function_count())) {
        auto const end = check_function(index, earliest);
        if (!end) return std::unexpected{end.error()};
        earliest = *end;
    }
    return {};
}

// Where the function ends, if it is sound and begins at `earliest` or later.
std::expected<std::uint64_t, SymbolTableError> SymbolTable::check_function(std::uint32_t index,
                                                                           std::uint64_t earliest) const {
    using enum SymbolTableError;
    auto const checked = function(index);
    auto const about   = checked.and_then([&](Function const& found) { return detail(found); });
    if (!about) return std::unexpected{bad_detail};
    auto const end = std::uint64_t{checked->start} + about->size;
    if (checked->start < earliest || about->size == 0 || end > std::uint64_t{1} << 32)
        return std::unexpected{functions_out_of_order};
    if (!function_name(*about)) return std::unexpected{bad_text};
    if (!are_sound(about->rows, about->size)) return std::unexpected{bad_row};
    return end;
}

bool SymbolTable::are_sound(Rows rows, std::uint32_t size) const {
    std::uint64_t earliest = 0;
    while (rows.left() != 0) {
        auto const row = rows.next();
        if (!row || row->offset < earliest || row->offset >= size || row->file > file_count()) return false;
        earliest = std::uint64_t{row->offset} + 1;
    }
    return true;
}

std::uint32_t SymbolTable::function_count() const {
    return static_cast<std::uint32_t>(functions_.size() / sizeof(Function));
}

std::uint32_t SymbolTable::file_count() const {
    return static_cast<std::uint32_t>(files_.size() / sizeof(std::uint32_t));
}

std::optional<SymbolTable::Function> SymbolTable::function(std::uint32_t index) const {
    static_assert(sizeof(Function) == 8 && std::is_trivially_copyable_v<Function>);
    return load<Function>(functions_, sizeof(Function) * std::uint64_t{index});
}

std::optional<SymbolTable::Detail> SymbolTable::detail(Function const& function) const {
    if (function.detail > details_.size()) return std::nullopt;
    Reader reader{details_.subspan(function.detail)};
    auto const size      = reader.number();
    auto const scope     = reader.number();
    auto const name      = reader.number();
    auto const row_count = reader.number();
    if (!size || !scope || !name || !row_count) return std::nullopt;
    return Detail{.size = *size, .scope = *scope, .name = *name, .rows = Rows{reader, *row_count}};
}

std::optional<FunctionName> SymbolTable::function_name(Detail const& about) const {
    auto const scope = text(about.scope);
    auto const name  = text(about.name);
    if (!scope || !name) return std::nullopt;
    return FunctionName{.scope = *scope, .name = *name};
}

// The line that the last row at `offset` or before it names.
std::optional<SourceLine> SymbolTable::source(Rows rows, std::uint32_t offset) const {
    Row last;
    while (auto const row = rows.next()) {
        if (row->offset > offset) break;
        last = *row;
    }
    return file_name(last.file).transform(
        [&](std::string_view file) { return SourceLine{.file = file, .line = last.line}; });
}

// Files count from 1, so that 0 can say "none".
std::optional<std::string_view> SymbolTable::file_name(std::uint32_t number) const {
    if (number == 0) return std::nullopt;
    auto const place = load<std::uint32_t>(files_, sizeof(std::uint32_t) * (std::uint64_t{number} - 1));
    return place.and_then([&](std::uint32_t found) { return text(found); });
}

std::optional<std::string_view> SymbolTable::text(std::uint32_t place) const {
    if (place > text_.size()) return std::nullopt;
    return text_until_zero(text_.subspan(place));
}

}  // namespace pith::console
