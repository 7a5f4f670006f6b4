// The symbol table's reader, on tables that a small writer makes here by hand.
#include "console/symbols.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <format>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using pith::VirtAddr;
using pith::console::Symbol;
using pith::console::SymbolTable;
using pith::console::SymbolTableError;

constexpr std::uint64_t kernel_base = 0xffff'ffff'8010'0000;

using Buffer = std::vector<std::byte>;

struct RowOf {
    std::uint32_t step;
    std::uint32_t file;  // 0: none
    std::int32_t line_step;
};

struct FunctionOf {
    std::uint64_t start;
    std::uint32_t size;
    std::string name;
    std::vector<RowOf> rows;
};

void append(Buffer& to, Buffer const& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void append_text(Buffer& to, std::string_view text) {
    for (char const letter : text) to.push_back(static_cast<std::byte>(letter));
}

void append_u32(Buffer& to, std::size_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        to.push_back(static_cast<std::byte>(value >> shift & 0xff));
}

void append_uleb(Buffer& to, std::uint32_t value) {
    for (; value >= 0x80; value >>= 7) to.push_back(static_cast<std::byte>((value & 0x7f) | 0x80));
    to.push_back(static_cast<std::byte>(value));
}

std::uint32_t folded(std::int32_t number) {
    return static_cast<std::uint32_t>(number >= 0 ? 2 * number : -2 * number - 1);
}

// Collects the parts of a table, and puts them together.
class Writer {
public:
    Writer& file(std::string_view name) {
        append_u32(files_, add_text(name));
        ++file_count_;
        return *this;
    }

    Writer& function(FunctionOf const& function) {
        append_u32(functions_, function.start & 0xffff'ffff);
        append_u32(functions_, details_.size());
        ++function_count_;
        append_uleb(details_, function.size);
        append_name(function.name);
        append_uleb(details_, static_cast<std::uint32_t>(function.rows.size()));
        std::uint32_t file = 0;
        for (auto const& row : function.rows) {
            append_row(row, file);
            file = row.file;
        }
        return *this;
    }

    Buffer bytes() const {
        Buffer table;
        append_text(table, "PITHSYM2");
        for (auto const number : {function_count_, file_count_, details_.size(), text_.size()})
            append_u32(table, number);
        for (auto const* part : {&functions_, &files_, &details_, &text_}) append(table, *part);
        return table;
    }

private:
    // Its scope, which ends with the last colon, and what is left.
    void append_name(std::string_view name) {
        auto const scope = name.find_last_of(':') + 1;  // 0, if there is none
        append_uleb(details_, add_text(name.substr(0, scope)));
        append_uleb(details_, add_text(name.substr(scope)));
    }

    void append_row(RowOf const& row, std::uint32_t last_file) {
        bool const changes = row.file != last_file;
        append_uleb(details_, 2 * row.step + (changes ? 1 : 0));
        if (changes) append_uleb(details_, row.file);
        if (row.file != 0) append_uleb(details_, folded(row.line_step));
    }

    std::uint32_t add_text(std::string_view text) {
        auto const place = static_cast<std::uint32_t>(text_.size());
        append_text(text_, text);
        text_.push_back(std::byte{0});
        return place;
    }

    Buffer functions_, files_, details_, text_;
    std::size_t function_count_ = 0;
    std::size_t file_count_     = 0;
};

// 0x100000 entry (assembly, low) · +0x0 main, three lines · +0x40 gap · +0x50 library · +0x60 mixed
Buffer const& sample() {
    static Buffer const bytes =
        Writer{}
            .file("kernel/main.cpp")
            .file("kernel/base/bytes.hpp")
            .function({0x10'0000, 6, "entry", {{0, 1, 7}}})
            .function({kernel_base, 0x40, "pith::main", {{0, 1, 100}, {4, 1, 2}, {0x20, 1, -90}}})
            .function({kernel_base + 0x50, 0x10, "std::vformat", {}})
            .function({kernel_base + 0x60, 0x1000, "pith::mixed", {{2, 2, 30}, {3, 0, 0}, {200, 1, 5}}})
            .bytes();
    return bytes;
}

// The symbol's text lies in `bytes`.
std::optional<Symbol> find(Buffer const& bytes, std::uint64_t address) {
    auto const table = SymbolTable::read(bytes);
    if (!table) return std::nullopt;
    return table->find(VirtAddr{address});
}

std::optional<SymbolTableError> error_of(Buffer const& bytes) {
    auto const table = SymbolTable::read(bytes);
    return table ? std::nullopt : std::optional{table.error()};
}

void expect_source(std::optional<Symbol> const& symbol, std::string_view file, std::uint32_t line) {
    ASSERT_TRUE(symbol && symbol->source);
    EXPECT_EQ(symbol->source->file, file);
    EXPECT_EQ(symbol->source->line, line);
}

std::string name_of(Symbol const& symbol) { return std::format("{}", symbol.function); }

// Reads all that a symbol refers to, for the sanitizers to see.
std::size_t touch(std::optional<Symbol> const& symbol) {
    if (!symbol) return 0;
    auto all = name_of(*symbol);
    if (symbol->source) all += symbol->source->file;
    return all.size();
}

// Asks for addresses inside, between and around the sample's functions.
std::size_t touch_all(SymbolTable const& table) {
    std::size_t seen = 0;
    for (std::uint64_t const base : {std::uint64_t{0x10'0000}, kernel_base, kernel_base + 0x1050})
        for (std::uint64_t offset = 0; offset < 0x80; offset += 3)
            seen += touch(table.find(VirtAddr{base - 8 + offset}));
    for (std::uint64_t const address :
         {0x0ul, 0x7fff'fffful, 0xffff'ffff'8000'0000ul, 0xffff'ffff'ffff'fffful})
        seen += touch(table.find(VirtAddr{address}));
    return seen;
}

TEST(SymbolTable, KnowsTheFirstAndTheLastByteOfAFunction) {
    auto const first = find(sample(), kernel_base);
    ASSERT_TRUE(first);
    EXPECT_EQ(name_of(*first), "pith::main");
    EXPECT_EQ(first->offset, 0u);
    auto const last = find(sample(), kernel_base + 0x3f);
    ASSERT_TRUE(last);
    EXPECT_EQ(name_of(*last), "pith::main");
    EXPECT_EQ(last->offset, 0x3fu);
}

TEST(SymbolTable, KnowsNothingOutsideFunctions) {
    for (auto const address : {0ul, 0xf'fffful, 0x10'0006ul, kernel_base - 1, kernel_base + 0x40,
                               kernel_base + 0x4f, kernel_base + 0x1060, ~0ul})
        EXPECT_FALSE(find(sample(), address)) << std::hex << address;
}

TEST(SymbolTable, TellsLowCodeFromHighCode) {
    auto const low = find(sample(), 0x10'0005);
    ASSERT_TRUE(low);
    EXPECT_EQ(name_of(*low), "entry");
    EXPECT_EQ(low->offset, 5u);
    expect_source(low, "kernel/main.cpp", 7);
    EXPECT_FALSE(find(sample(), 0x1'0010'0000));  // the same low half
    EXPECT_FALSE(find(sample(), 0xffff'ffff'0010'0000));
    EXPECT_FALSE(find(sample(), kernel_base & 0xffff'ffff));
}

TEST(SymbolTable, GivesTheLineOfTheLastRowUpToTheAddress) {
    std::map<std::uint64_t, std::uint32_t> const lines{{0, 100},    {3, 100},   {4, 102},
                                                       {0x23, 102}, {0x24, 12}, {0x3f, 12}};
    for (auto const& [offset, line] : lines)
        expect_source(find(sample(), kernel_base + offset), "kernel/main.cpp", line);
}

TEST(SymbolTable, GivesFunctionsOfALibraryNoLine) {
    auto const symbol = find(sample(), kernel_base + 0x50);
    ASSERT_TRUE(symbol);
    EXPECT_EQ(name_of(*symbol), "std::vformat");
    EXPECT_FALSE(symbol->source);
}

TEST(SymbolTable, FollowsAFunctionThroughSeveralFiles) {
    auto const at = [](std::uint64_t offset) { return find(sample(), kernel_base + 0x60 + offset); };
    ASSERT_TRUE(at(0) && at(5) && at(204));
    EXPECT_FALSE(at(1)->source);  // before the first row
    expect_source(at(2), "kernel/base/bytes.hpp", 30);
    EXPECT_FALSE(at(5)->source);
    EXPECT_FALSE(at(204)->source);
    expect_source(at(205), "kernel/main.cpp", 35);
    expect_source(at(0xfff), "kernel/main.cpp", 35);
}

TEST(SymbolTable, MayHoldNoFunction) {
    EXPECT_FALSE(error_of(Writer{}.bytes()));
    EXPECT_FALSE(find(Writer{}.bytes(), kernel_base));
    EXPECT_FALSE(SymbolTable{}.find(VirtAddr{kernel_base}));
}

TEST(SymbolTable, ReachesTheVeryEndOfTheAddressSpace) {
    auto const bytes = Writer{}.function({0xffff'ffff'ffff'f000, 0x1000, "last", {}}).bytes();
    ASSERT_TRUE(find(bytes, ~0ul));
    EXPECT_EQ(find(bytes, ~0ul)->offset, 0xfffu);
    EXPECT_EQ(error_of(Writer{}.function({0xffff'ffff'ffff'f000, 0x1001, "too long", {}}).bytes()),
              SymbolTableError::functions_out_of_order);
}

TEST(SymbolTable, SaysWhatIsWrong) {
    using enum SymbolTableError;
    auto other_magic  = sample();
    other_magic.at(7) = std::byte{'1'};
    EXPECT_EQ(error_of({}), empty);
    EXPECT_EQ(error_of(Buffer(23)), truncated);
    EXPECT_EQ(error_of(Buffer(24)), not_a_symbol_table);
    EXPECT_EQ(error_of(other_magic), not_a_symbol_table);
    auto unended   = sample();
    unended.back() = std::byte{'x'};
    EXPECT_EQ(error_of(unended), bad_text);
    EXPECT_NE(pith::console::describe(truncated), pith::console::describe(bad_text));
}

TEST(SymbolTable, RefusesFunctionsOutOfOrder) {
    auto const pair = [](FunctionOf const& first, FunctionOf const& second) {
        return error_of(Writer{}.function(first).function(second).bytes());
    };
    constexpr auto wrong = SymbolTableError::functions_out_of_order;
    EXPECT_EQ(pair({0x2000, 16, "b", {}}, {0x1000, 16, "a", {}}), wrong);
    EXPECT_EQ(pair({0x1000, 16, "a", {}}, {0x100f, 16, "overlap", {}}), wrong);
    EXPECT_EQ(pair({0x1000, 16, "a", {}}, {0x1010, 0, "empty", {}}), wrong);
    EXPECT_EQ(pair({0x1000, 16, "a", {}}, {0x1010, 1, "neighbour", {}}), std::nullopt);
}

TEST(SymbolTable, RefusesWrongRows) {
    auto const with = [](std::vector<RowOf> rows) {
        return error_of(Writer{}.file("f").function({0x1000, 16, "a", std::move(rows)}).bytes());
    };
    constexpr auto wrong = SymbolTableError::bad_row;
    EXPECT_EQ(with({{0, 1, 1}, {15, 1, 1}}), std::nullopt);
    EXPECT_EQ(with({{0, 1, 1}, {16, 1, 1}}), wrong);  // behind the function
    EXPECT_EQ(with({{0, 1, 1}, {0, 1, 1}}), wrong);   // two for one address
    EXPECT_EQ(with({{0, 2, 1}}), wrong);              // there is no second file
    EXPECT_EQ(with({{0, 1, -1}}), wrong);             // no line is negative
}

TEST(SymbolTable, RefusesNumbersThatDoNotEndOrFit) {
    auto const with_detail = [](std::initializer_list<unsigned> detail) {
        Buffer table;
        append_text(table, "PITHSYM2");
        for (auto const number : {std::size_t{1}, std::size_t{0}, detail.size(), std::size_t{2}})
            append_u32(table, number);
        for (auto const number : {0x1000u, 0u}) append_u32(table, number);
        for (auto const number : detail) table.push_back(static_cast<std::byte>(number));
        append_text(table, std::string_view{"f\0", 2});
        return error_of(table);
    };
    constexpr auto wrong = SymbolTableError::bad_detail;
    EXPECT_EQ(with_detail({1, 1, 0, 0}), std::nullopt);
    EXPECT_EQ(with_detail({0x81, 0x80, 0x80, 0x80, 0x00, 1, 0, 0}), std::nullopt);
    EXPECT_EQ(with_detail({0xff, 0xff, 0xff, 0xff, 0x0f, 1, 0, 0}), SymbolTableError::functions_out_of_order);
    EXPECT_EQ(with_detail({0xff, 0xff, 0xff, 0xff, 0x1f, 1, 0, 0}), wrong);        // 33 bits
    EXPECT_EQ(with_detail({0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 1, 0, 0}), wrong);  // six bytes
    EXPECT_EQ(with_detail({1, 1, 0, 0x80}), wrong);
    EXPECT_EQ(with_detail({1, 1, 0}), wrong);
    EXPECT_EQ(with_detail({1, 2, 0, 0}), SymbolTableError::bad_text);  // the scope
    EXPECT_EQ(with_detail({1, 1, 2, 0}), SymbolTableError::bad_text);  // the name
    EXPECT_EQ(with_detail({1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f}), SymbolTableError::bad_row);
}

TEST(SymbolTable, ReadsNothingBehindATruncation) {
    auto const& whole = sample();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        Buffer const cut{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)};
        EXPECT_TRUE(error_of(cut)) << length;
    }
}

TEST(SymbolTable, AllowsBytesBehindItsEnd) {
    auto padded = sample();
    padded.resize(padded.size() + 4096);
    EXPECT_TRUE(find(padded, kernel_base));
}

// Every byte of the table takes every value: `read` refuses, or the answers stay inside the table.
TEST(SymbolTable, SurvivesDamageFoundByRead) {
    auto bytes = sample();
    for (auto& byte : bytes) {
        auto const good = byte;
        for (unsigned value = 0; value < 256; ++value) {
            byte = static_cast<std::byte>(value);
            if (auto const table = SymbolTable::read(bytes)) touch_all(*table);
        }
        byte = good;
    }
}

// The same, but the damage comes after the check, as a kernel gone wild would do it.
TEST(SymbolTable, SurvivesDamageDoneAfterRead) {
    auto bytes       = sample();
    auto const table = SymbolTable::read(bytes);
    ASSERT_TRUE(table);
    EXPECT_GT(touch_all(*table), 0u);
    for (auto& byte : bytes) {
        auto const good = byte;
        for (unsigned const value : {0u, 1u, 0x7fu, 0x80u, 0xffu}) {
            byte = static_cast<std::byte>(value);
            touch_all(*table);
        }
        byte = good;
    }
    std::ranges::fill(bytes, std::byte{0xff});
    EXPECT_EQ(touch_all(*table), 0u);
}

}  // namespace
