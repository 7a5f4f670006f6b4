// The PVH reader: all that it understands, each way to be wrong, and damage to every byte.
#include "boot/pvh.hpp"
#include "boot_information.hpp"
#include "handoff_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace pith::boot {
namespace {

using testing::HandoffText;
using testing::Memory;
using Information = testing::PvhInformation;

constexpr std::uint64_t base       = Information::default_address;
constexpr std::uint64_t too_large  = std::uint64_t{1} << 52;
constexpr std::size_t modules_at   = 16;
constexpr std::size_t command_at   = 24;
constexpr std::size_t memory_at    = 40;
constexpr std::size_t map_count_at = 48;

Information minimal() {
    Information information;
    information.areas = {{0, 0x9'fc00, MemoryKind::usable}, {0x10'0000, 0x7ee'0000, MemoryKind::usable}};
    return information;
}

Information everything() {
    auto information         = minimal();
    information.command_line = "verbose test=all";
    information.modules   = {{0x20'0000, 0x1234, "first"}, {0x30'0000, 0, std::nullopt}, {0x40'0000, 1, ""}};
    information.acpi_rsdp = 0xf'59e0;
    return information;
}

HandoffResult read(Memory const& memory) { return read_pvh(PhysAddr{memory.information}, memory.window()); }

// The result lives as long as its memory.
struct Read {
    Memory memory;
    HandoffResult result = read(memory);

    explicit Read(Information const& information) : memory{information.memory()} {}
    explicit Read(Memory of) : memory{std::move(of)} {}
    Handoff const* operator->() const { return &result.value(); }
};

// The information with one field of it, or of an entry, overwritten.
template <typename Number>
Memory with_field(Information const& information, std::size_t offset, Number value) {
    auto memory = information.memory();
    std::memcpy(&memory.bytes.at(offset), &value, sizeof value);
    return memory;
}

void expect_error(HandoffResult const& result, HandoffProblem problem, std::uint64_t address,
                  std::uint64_t value) {
    ASSERT_FALSE(result);
    EXPECT_EQ(explain(result.error().problem), explain(problem));
    EXPECT_EQ(result.error().address, address);
    EXPECT_EQ(result.error().value, value);
}

TEST(Pvh, reads_the_command_line) {
    auto information         = minimal();
    information.command_line = "a b=c";
    Read const read{information};
    EXPECT_EQ(read->command_line, "a b=c");
    EXPECT_EQ(read->loader, Loader::pvh);
    EXPECT_EQ(read->loader_name, "PVH");
}

TEST(Pvh, what_is_not_there_is_empty) {
    Read const read{minimal()};
    EXPECT_EQ(read->command_line, "");
    EXPECT_TRUE(read->modules.empty());
    EXPECT_FALSE(read->framebuffer);
    EXPECT_FALSE(read->acpi_rsdp);
}

TEST(Pvh, reads_the_memory_map) {
    Read const read{minimal()};
    ASSERT_EQ(read->memory_map.size(), 2);
    EXPECT_EQ(read->memory_map[1].start, 0x10'0000);
    EXPECT_EQ(read->memory_map[1].size, 0x7ee'0000);
}

TEST(Pvh, reads_modules_in_order) {
    Read const read{everything()};
    ASSERT_EQ(read->modules.size(), 3);
    EXPECT_EQ(read->modules[0].content, PhysRange::of_size(PhysAddr{0x20'0000}, 0x1234));
    EXPECT_EQ(read->modules[0].text, "first");
    EXPECT_EQ(read->modules[1].text, "");
    EXPECT_TRUE(read->modules[1].content.is_empty());
}

TEST(Pvh, reads_the_acpi_pointer) {
    EXPECT_EQ(Read { everything() } -> acpi_rsdp, PhysAddr{0xf'59e0});
}

TEST(Pvh, names_every_part_of_the_information) {
    auto const information = everything();
    Read const read{information};
    std::vector<PhysRange> ranges(read->information.begin(), read->information.end());
    std::ranges::sort(ranges, {}, &PhysRange::start);
    std::vector<PhysRange> const expected{
        PhysRange::of_size(PhysAddr{base}, Information::header_size),
        PhysRange::of_size(PhysAddr{information.module_entries()}, 3 * Information::module_size),
        PhysRange::of_size(PhysAddr{information.area_entries()}, 2 * Information::area_size),
        PhysRange::of_size(PhysAddr{information.texts()}, sizeof "verbose test=all"),
        PhysRange::of_size(PhysAddr{information.texts() + 17}, sizeof "first"),
        PhysRange::of_size(PhysAddr{information.texts() + 23}, sizeof ""),
    };
    EXPECT_EQ(ranges, expected);
}

TEST(Pvh, has_room_for_32_modules_with_texts) {
    auto information    = everything();
    information.modules = std::vector<Information::ModuleEntry>(Handoff::max_modules, {0x1000, 1, "m"});
    Read const read{information};
    ASSERT_TRUE(read.result) << HandoffText::of(read.result);
    EXPECT_EQ(read->modules.size(), Handoff::max_modules);
    EXPECT_EQ(read->information.size(), 4 + Handoff::max_modules);
}

TEST(Pvh, refuses_more_modules) {
    auto information    = minimal();
    information.modules = std::vector<Information::ModuleEntry>(33, {0x1000, 1, "m"});
    expect_error(Read{information}.result, HandoffProblem::too_many_modules, base, 33);
}

TEST(Pvh, reads_1024_areas_and_not_one_more) {
    MemoryArea const area{0x10'0000, 0x1000, MemoryKind::usable};
    auto information  = minimal();
    information.areas = std::vector<MemoryArea>(MemoryMap::max_size, area);
    EXPECT_EQ(Read { information } -> memory_map.size(), MemoryMap::max_size);
    information.areas.push_back(area);
    expect_error(Read{information}.result, HandoffProblem::too_many_areas, base, 1025);
}

TEST(Pvh, has_to_be_reachable) {
    auto const memory = minimal().memory();
    for (auto const address : {base - 1, base + memory.bytes.size(), std::uint64_t{0}, too_large - 1}) {
        expect_error(read_pvh(PhysAddr{address}, memory.window()), HandoffProblem::unreachable, address,
                     Information::header_size);
    }
}

TEST(Pvh, has_to_have_its_magic) {
    auto information  = minimal();
    information.magic = 0x1234'5678;
    expect_error(Read{information}.result, HandoffProblem::wrong_magic, base, 0x1234'5678);
}

TEST(Pvh, needs_a_memory_map) {
    auto without_version    = minimal();
    without_version.version = 0;
    expect_error(Read{without_version}.result, HandoffProblem::no_memory_map, base, 0);
    expect_error(Read{Information{}}.result, HandoffProblem::no_memory_map, base, 1);
}

TEST(Pvh, newer_versions_are_read_as_well) {
    auto information    = minimal();
    information.version = 2;
    EXPECT_TRUE(Read{information}.result);
}

TEST(Pvh, parts_have_to_be_reachable) {
    auto const information = everything();
    expect_error(Read{with_field(information, modules_at, std::uint64_t{0x10})}.result,
                 HandoffProblem::unreachable, 0x10, 3 * Information::module_size);
    expect_error(Read{with_field(information, memory_at, std::uint64_t{0x10})}.result,
                 HandoffProblem::unreachable, 0x10, 2 * Information::area_size);
    expect_error(Read{with_field(information, command_at, std::uint64_t{0x10})}.result,
                 HandoffProblem::unreachable, 0x10, 1);
    constexpr auto most = MemoryMap::max_size;
    expect_error(Read{with_field(information, map_count_at, static_cast<std::uint32_t>(most))}.result,
                 HandoffProblem::unreachable, information.area_entries(), most * Information::area_size);
}

TEST(Pvh, addresses_have_to_fit) {
    auto const information = everything();
    constexpr auto problem = HandoffProblem::address_too_large;
    for (auto const offset : {modules_at, command_at, memory_at}) {
        expect_error(Read{with_field(information, offset, too_large)}.result, problem, too_large, too_large);
    }
    constexpr std::size_t acpi_at = 32;
    expect_error(Read{with_field(information, acpi_at, too_large)}.result, problem, base, too_large);
    auto const module_text_at = Information::header_size + 16;
    expect_error(Read{with_field(information, module_text_at, too_large)}.result, problem, too_large,
                 too_large);
}

TEST(Pvh, modules_have_to_fit) {
    auto const with_module = [](std::uint64_t address, std::uint64_t size) {
        auto information    = minimal();
        information.modules = {{0x1000, 1, "m"}, {address, size, "m"}};
        return information;
    };
    auto const second      = minimal().module_entries() + Information::module_size;
    constexpr auto problem = HandoffProblem::address_too_large;
    expect_error(Read{with_module(too_large, 1)}.result, problem, second, too_large);
    expect_error(Read{with_module(too_large - 1, 1)}.result, problem, second, too_large - 1);
    expect_error(Read{with_module(0x2000, too_large)}.result, problem, second, 0x2000);
    // Wraps around to below its start.
    expect_error(Read{with_module(0x2000, 0 - std::uint64_t{0x1000})}.result, HandoffProblem::backward_range,
                 second, 0 - std::uint64_t{0x1000});
}

TEST(Pvh, texts_have_to_end) {
    auto const information = everything();
    auto memory            = information.memory();
    memory.bytes.back()    = std::byte{'x'};  // the last module's text was empty
    auto const last_text   = base + memory.bytes.size() - 1;
    expect_error(read(memory), HandoffProblem::text_without_end, last_text, 64 * 1024);
}

TEST(Pvh, texts_end_after_64_kib) {
    auto information         = minimal();
    information.command_line = std::string(64 * 1024 - 1, 'x');
    EXPECT_TRUE(Read{information}.result);
    information.command_line = std::string(64 * 1024, 'x');
    expect_error(Read{information}.result, HandoffProblem::text_without_end, information.texts(), 64 * 1024);
}

// Cut off anywhere, it is an error: nothing beyond the cut is read (the sanitizer watches).
TEST(Pvh, is_an_error_when_memory_ends_too_early) {
    auto const whole = everything().memory();
    ASSERT_TRUE(read(whole)) << HandoffText::of(read(whole));
    for (std::size_t length = 0; length < whole.bytes.size(); ++length) {
        Memory cut{.start = whole.start, .bytes = {whole.bytes.data(), whole.bytes.data() + length}};
        EXPECT_FALSE(read(cut)) << length;
    }
}

TEST(Pvh, survives_every_change_of_one_byte) {
    auto memory = everything().memory();
    for (auto& byte : memory.bytes) {
        auto const good = byte;
        for (unsigned value = 0; value < 256; ++value) {
            byte = static_cast<std::byte>(value);
            EXPECT_FALSE(HandoffText::of(read(memory)).empty());
        }
        byte = good;
    }
}

std::string_view command_line(Memory const& memory) {
    return read_command_line({Loader::pvh, PhysAddr{memory.information}}, memory.window());
}

TEST(CommandLine, is_read_from_pvh_alone) {
    auto memory = everything().memory();
    EXPECT_EQ(command_line(memory), "verbose test=all");
    EXPECT_EQ(command_line(minimal().memory()), "");
    memory = with_field(everything(), map_count_at, std::uint32_t{0});
    EXPECT_FALSE(read(memory));
    EXPECT_EQ(command_line(memory), "verbose test=all") << "whatever else is wrong";
}

TEST(CommandLine, is_empty_where_pvh_has_none_that_can_be_read) {
    for (auto const where : {std::uint64_t{1}, too_large, ~std::uint64_t{0}}) {
        EXPECT_EQ(command_line(with_field(everything(), command_at, where)), "") << where;
    }
    auto memory        = everything().memory();
    memory.information = 0;
    EXPECT_EQ(command_line(memory), "");
}

TEST(Handoff, reads_pvh) {
    auto const memory = minimal().memory();
    auto const image  = PhysRange::of_size(PhysAddr{0x10'0000}, 0x4'0000);
    auto const result = read_handoff({Loader::pvh, PhysAddr{base}}, memory.window(), image);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->image, image);
}

}  // namespace
}  // namespace pith::boot
