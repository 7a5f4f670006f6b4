// The memory map: entries of any size, read as they stand there.
#include "boot/memory_map.hpp"
#include "boot_information.hpp"
#include "failure.hpp"

#include <gtest/gtest.h>

namespace pith::boot {
namespace {

using testing::ByteWriter;
using testing::fails;

constexpr std::uint64_t huge = ~std::uint64_t{0};

// Areas that no firmware should claim: read all the same.
std::vector<MemoryArea> const areas{
    {0x1000, 0x2000, MemoryKind::usable},
    {huge, huge, MemoryKind::defective},
    {0, 0, MemoryKind{77}},
};

ByteWriter written(std::size_t entry_size) {
    ByteWriter writer;
    for (auto const& area : areas) write_area(writer, area, entry_size);
    return writer;
}

class MemoryMapEntries : public ::testing::TestWithParam<std::size_t> {};

TEST_P(MemoryMapEntries, are_read_whatever_their_size) {
    auto const bytes = written(GetParam());
    MemoryMap const map{bytes.written(), GetParam()};
    ASSERT_EQ(map.size(), areas.size());
    std::size_t index = 0;
    for (MemoryArea const area : map.areas()) {
        EXPECT_EQ(area.start, areas.at(index).start);
        EXPECT_EQ(area.size, areas.at(index).size);
        EXPECT_EQ(area.kind, areas.at(index).kind);
        ++index;
    }
    EXPECT_EQ(index, areas.size());
}

TEST_P(MemoryMapEntries, the_rest_behind_them_is_none) {
    auto bytes = written(GetParam());
    for (std::size_t rest = 1; rest < GetParam(); ++rest) {
        bytes.number(std::uint8_t{0xff});
        EXPECT_EQ((MemoryMap{bytes.written(), GetParam()}.size()), areas.size());
    }
    bytes.number(std::uint8_t{0xff});
    EXPECT_EQ((MemoryMap{bytes.written(), GetParam()}.size()), areas.size() + 1);
}

INSTANTIATE_TEST_SUITE_P(Sizes, MemoryMapEntries, ::testing::Values(24, 25, 32, 48, 1000));

TEST(MemoryMap, begins_empty) {
    EXPECT_EQ(MemoryMap{}.size(), 0);
    MemoryMap const map;
    EXPECT_TRUE(map.areas().empty());
}

TEST(MemoryMap, has_no_entry_beyond_its_size) {
    auto const bytes = written(24);
    MemoryMap const map{bytes.written(), 24};
    EXPECT_TRUE(fails([&] { return map[3]; }));
    EXPECT_TRUE(fails([&] { return map[huge]; }));
    EXPECT_TRUE(fails([] { return MemoryMap{}[0]; }));
}

TEST(MemoryMap, entries_have_at_least_24_bytes) {
    for (std::uint64_t const size : {0U, 1U, 23U})
        EXPECT_TRUE(fails([size] { return MemoryMap{Bytes{}, size}; }));
}

TEST(MemoryMap, kinds_have_names) {
    EXPECT_EQ(name_of(MemoryKind::usable), "usable");
    EXPECT_EQ(name_of(MemoryKind::reserved), "reserved");
    EXPECT_EQ(name_of(MemoryKind::acpi_tables), "ACPI tables");
    EXPECT_EQ(name_of(MemoryKind::acpi_storage), "ACPI storage");
    EXPECT_EQ(name_of(MemoryKind::defective), "defective");
    EXPECT_EQ(name_of(MemoryKind{0}), "reserved");
    EXPECT_EQ(name_of(MemoryKind{12}), "reserved");
}

}  // namespace
}  // namespace pith::boot
