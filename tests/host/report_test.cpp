// Reports: for people as it must stand on the terminal, and JSON held against another library's reader.
#include "shell/report.hpp"

#include "failure.hpp"
#include "json_reader.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace pith::shell {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::read_json;
using Texts = std::vector<std::string>;

std::string shown(Value const& value) { return value.for_people(); }

std::string json_of(Value const& value) {
    std::string out;
    value.append_json(out);
    return out;
}

TEST(Value, is_shown_for_people) {
    EXPECT_EQ(shown({}), "-");
    EXPECT_EQ(shown("text"), "text");
    EXPECT_EQ(shown(Texts{"a", "b c"}), "a b c");
    EXPECT_EQ(shown(true), "yes");
    EXPECT_EQ(shown(false), "no");
    EXPECT_EQ(shown(12U), "12");
    EXPECT_EQ(shown(-12), "-12");
    EXPECT_EQ(shown(PhysAddr{0x1000}), "0x000000001000");
    EXPECT_EQ(shown(VirtAddr{0xffff'8000'0000'1000}), "0xffff800000001000");
    EXPECT_EQ(shown(std::optional<int>{}), "-");
    EXPECT_EQ(shown(std::optional{7}), "7");
    EXPECT_EQ(shown(Moment{1'234'567'890ns}), "1.234567");
}

TEST(Value, amounts_of_memory_have_two_digits_at_least) {
    EXPECT_EQ(shown(ByteCount{0}), "0 bytes");
    EXPECT_EQ(shown(ByteCount{10 * 1024 - 1}), "10239 bytes");
    EXPECT_EQ(shown(ByteCount{10 * 1024}), "10 KiB");
    EXPECT_EQ(shown(ByteCount{std::uint64_t{123} << 20}), "123 MiB");
    EXPECT_EQ(shown(ByteCount{~std::uint64_t{0}}), "15 EiB");
}

TEST(Value, durations_are_in_a_unit_that_fits) {
    EXPECT_EQ(shown(0ns), "0 ns");
    EXPECT_EQ(shown(999ns), "999 ns");
    EXPECT_EQ(shown(1'234ns), "1.234 us");
    EXPECT_EQ(shown(12'345'678ns), "12.345 ms");
    EXPECT_EQ(shown(59'999'999'999ns), "59.999 s");
    EXPECT_EQ(shown(1min), "0:01:00");
    EXPECT_EQ(shown(100h + 5min + 7s), "100:05:07");
    EXPECT_EQ(shown(-1'500ns), "-1.500 us");
    EXPECT_EQ(shown(std::chrono::nanoseconds::min()), "-2562047:47:16");
}

TEST(Value, is_json_for_tools) {
    EXPECT_EQ(json_of({}), "null");
    EXPECT_EQ(json_of("text"), "\"text\"");
    EXPECT_EQ(json_of(Texts{"a", "b"}), "[\"a\", \"b\"]");
    EXPECT_EQ(json_of(Texts{}), "[]");
    EXPECT_EQ(json_of(true), "true");
    EXPECT_EQ(json_of(~std::uint64_t{0}), "18446744073709551615");
    EXPECT_EQ(json_of(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(json_of(ByteCount{2048}), "2048");
    EXPECT_EQ(json_of(VirtAddr{0xffff'8000'0000'1000}), "\"0xffff800000001000\"");
    EXPECT_EQ(json_of(PhysAddr{0x10}), "\"0x10\"");
    EXPECT_EQ(json_of(1'250us), "1250000");
    EXPECT_EQ(json_of(Moment{12ns}), "12");
}

TEST(Value, strings_are_escaped) {
    EXPECT_EQ(json_of("\"\\\n\t"), R"("\"\\\n\t")");
    EXPECT_EQ(json_of(std::string_view{"\0\x1b\x7f", 3}), R"("\u0000\u001b\u007f")");
    EXPECT_EQ(json_of("\xc2\x9b"), R"("\u009b")");
    EXPECT_EQ(json_of("ä漢😀"), "\"ä漢😀\"");
    EXPECT_EQ(json_of("\xff\xe2\x82"), "\"\uFFFD\uFFFD\"");
}

// Whatever bytes it has, another library reads the string that the bytes stand for.
TEST(Value, any_string_can_be_read) {
    std::mt19937 random{2};
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes(random() % 16, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random() % 2 == 0 ? random() : random() % 0x80);
        auto const text = read_json(json_of(bytes));
        ASSERT_TRUE(text.is_string());
        ASSERT_EQ(text.get<std::string>(), testing::well_formed(bytes));
    }
}

// ---- Reports ---------------------------------------------------------------------------------------------

Table animals() {
    Table table{"animals", "Animals", {{"name", "name"}, {"legs", "legs"}, {"note", "note"}}};
    table.add("dog", 4, Value{});
    table.add("Bär", 4, "sleeps");
    table.add("centipede", 100, "");
    return table;
}

TEST(Report, a_record_is_names_and_values) {
    Report report;
    report.add(
        Record{"memory", "Memory"}.add("free", "free", ByteCount{1 << 20}).add("is_full", "is full", false));
    EXPECT_EQ(report.for_people(), "\x1b[1mMemory\x1b[0m\n"
                                   "  free     1024 KiB\n"
                                   "  is full  no\n");
    EXPECT_EQ(report.json(), R"({"free": 1048576, "is_full": false})");
}

TEST(Report, a_table_is_aligned) {
    Report report;
    report.add(animals());
    EXPECT_EQ(report.for_people(), "\x1b[1mAnimals\x1b[0m\n"
                                   "  name       legs  note\n"
                                   "  dog           4  -\n"
                                   "  Bär           4  sleeps\n"
                                   "  centipede   100\n");
    EXPECT_EQ(read_json(report.json()), json::parse(R"([{"name": "dog", "legs": 4, "note": null},
        {"name": "Bär", "legs": 4, "note": "sleeps"}, {"name": "centipede", "legs": 100, "note": ""}])"));
}

TEST(Report, an_empty_table_says_so) {
    Report report;
    report.add(Table{"none", "Nothing here", {{"a", "a"}}});
    EXPECT_EQ(report.for_people(), "\x1b[1mNothing here\x1b[0m\n  none\n");
    EXPECT_EQ(report.json(), "[]");
}

TEST(Report, several_parts_have_keys) {
    Report report;
    report.add(animals());
    report.add(Note{"A note is for people."});
    report.add(Record{"sum", ""}.add("legs", "legs", 108U));
    auto const read = read_json(report.json());
    EXPECT_EQ(read.size(), 2U);
    EXPECT_EQ(read["animals"].size(), 3U);
    EXPECT_EQ(read["sum"]["legs"], 108);
    EXPECT_TRUE(report.for_people().ends_with("\nA note is for people.\n\n  legs  108\n"));
}

TEST(Report, a_note_does_not_count_for_tools) {
    Report report;
    EXPECT_EQ(report.json(), "{}");
    EXPECT_EQ(report.for_people(), "");
    report.add(Note{"only this"});
    EXPECT_EQ(report.json(), "{}");
    report.add(Record{"sum", ""}.add("legs", "legs", 108U));
    EXPECT_EQ(report.json(), R"({"legs": 108})");
}

TEST(Report, long_values_are_broken_at_blanks) {
    Report report;
    report.add(Record{"cpu", ""}.add("features", "features", Texts(30, "word")));
    EXPECT_EQ(report.for_people(),
              "  features  word word word word word word word word word word word word word\n"
              "            word word word word word word word word word word word word word\n"
              "            word word word word\n");
}

TEST(Report, text_from_outside_moves_no_terminal) {
    Report report;
    report.add(Record{"loader", ""}.add("name", "name", "a\x1b[2J\nb\xff"));
    EXPECT_EQ(report.for_people(), "  name  a\uFFFD[2J b\uFFFD\n");
    Report noted;
    noted.add(Note{"a\x1b[2Jb"});
    EXPECT_EQ(noted.for_people(), "a\uFFFD[2Jb\n");
}

TEST(Report, a_row_has_a_value_for_each_column) {
    Table table{"table", "", {{"a", "a"}, {"b", "b"}}};
    EXPECT_EQ(testing::failure_of([&] { return table.add(1), 0; }), "a row has a value for each column");
}

}  // namespace
}  // namespace pith::shell
