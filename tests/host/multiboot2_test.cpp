// The Multiboot2 reader: all that it understands, each way to be wrong, and damage to every byte.
#include "boot/multiboot2.hpp"
#include "boot_information.hpp"
#include "handoff_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pith::boot {
namespace {

using testing::ByteWriter;
using testing::FramebufferContent;
using testing::HandoffText;
using testing::Memory;
using Information = testing::Multiboot2Information;

constexpr std::uint64_t base = Information::default_address;
constexpr MemoryArea low_memory{.start = 0, .size = 0x9'fc00, .kind = MemoryKind::usable};
constexpr MemoryArea high_memory{.start = 0x10'0000, .size = 0x7ee'0000, .kind = MemoryKind::usable};

// The least that is accepted; tests add to it, and then an end.
Information with_memory_map() { return std::move(Information{}.memory_map({low_memory, high_memory})); }

HandoffResult read(Memory const& memory) {
    return read_multiboot2(PhysAddr{memory.information}, memory.window());
}

// The result lives as long as its memory.
struct Read {
    Memory memory;
    HandoffResult result = read(memory);

    explicit Read(Information const& information) : memory{information.memory()} {}
    explicit Read(Memory of) : memory{std::move(of)} {}
    Handoff const* operator->() const { return &result.value(); }
};

void expect_error(HandoffResult const& result, HandoffProblem problem, std::uint64_t address,
                  std::uint64_t value) {
    ASSERT_FALSE(result);
    EXPECT_EQ(explain(result.error().problem), explain(problem));
    EXPECT_EQ(result.error().address, address);
    EXPECT_EQ(result.error().value, value);
}

// For mistakes in the record that was added last.
void expect_error_in_last(Information information, HandoffProblem problem, std::uint64_t value) {
    auto const where = information.last_record();
    expect_error(Read{information.end()}.result, problem, where, value);
}

Information everything() {
    auto information = with_memory_map();
    information.command_line("verbose test=all")
        .loader_name("GRUB 2.06")
        .module(0x20'0000, 0x20'1234, "first");
    information.module(0x30'0000, 0x30'0000, "")
        .record(8, FramebufferContent{}.with_colours({16, 8, 8, 8, 0, 8}));
    information.record(14, ByteWriter{}.text("RSD PTR  12345678901"))
        .record(21, ByteWriter{}.number(0x10'0000));
    return std::move(information.end());
}

TEST(Multiboot2, reads_texts) {
    Read const read{with_memory_map().command_line("a b=c").loader_name("GRUB 2.06").end()};
    EXPECT_EQ(read->command_line, "a b=c");
    EXPECT_EQ(read->loader_name, "GRUB 2.06");
    EXPECT_EQ(read->loader, Loader::multiboot2);
}

TEST(Multiboot2, what_is_not_there_is_empty) {
    Read const read{with_memory_map().end()};
    EXPECT_EQ(read->command_line, "");
    EXPECT_EQ(read->loader_name, "");
    EXPECT_TRUE(read->modules.empty());
    EXPECT_FALSE(read->framebuffer);
    EXPECT_FALSE(read->acpi_rsdp);
}

TEST(Multiboot2, texts_end_at_their_zero) {
    Read const read{with_memory_map().record(1, ByteWriter{}.text("short").text("behind it")).end()};
    EXPECT_EQ(read->command_line, "short");
}

TEST(Multiboot2, reads_the_memory_map) {
    Read const read{with_memory_map().end()};
    ASSERT_EQ(read->memory_map.size(), 2);
    auto const area = read->memory_map[1];
    EXPECT_EQ(area.start, 0x10'0000);
    EXPECT_EQ(area.size, 0x7ee'0000);
    EXPECT_EQ(area.kind, MemoryKind::usable);
}

TEST(Multiboot2, entries_of_the_memory_map_may_be_larger) {
    Read const read{Information{}.memory_map({low_memory, high_memory}, 40).end()};
    ASSERT_EQ(read->memory_map.size(), 2);
    EXPECT_EQ(read->memory_map[1].start, 0x10'0000);
}

TEST(Multiboot2, reads_modules_in_order) {
    Read const read{
        with_memory_map().module(0x20'0000, 0x20'1234, "one").module(0x30'0000, 0x30'0000, "").end()};
    ASSERT_EQ(read->modules.size(), 2);
    EXPECT_EQ(read->modules[0].content, (PhysRange{PhysAddr{0x20'0000}, PhysAddr{0x20'1234}}));
    EXPECT_EQ(read->modules[0].text, "one");
    EXPECT_TRUE(read->modules[1].content.is_empty());
    EXPECT_EQ(read->modules[1].text, "");
}

TEST(Multiboot2, reads_as_many_modules_as_there_is_room_for) {
    auto information = with_memory_map();
    for (std::size_t count = 0; count < Handoff::max_modules; ++count)
        information.module(0x1000, 0x2000, "m");
    EXPECT_EQ(Read { std::move(information).end() } -> modules.size(), Handoff::max_modules);
}

TEST(Multiboot2, reads_a_framebuffer) {
    Read const read{
        with_memory_map().record(8, FramebufferContent{}.with_colours({16, 8, 8, 7, 0, 6})).end()};
    ASSERT_TRUE(read->framebuffer);
    EXPECT_EQ(read->framebuffer->address, PhysAddr{0xfd00'0000});
    EXPECT_EQ(read->framebuffer->pitch, 4096);
    EXPECT_EQ(read->framebuffer->width, 1024);
    EXPECT_EQ(read->framebuffer->height, 768);
    EXPECT_EQ(read->framebuffer->bits_per_pixel, 32);
    EXPECT_EQ(read->framebuffer->kind, Framebuffer::Kind::rgb);
    EXPECT_EQ(read->framebuffer->red.position, 16);
    EXPECT_EQ(read->framebuffer->green.size, 7);
    EXPECT_EQ(read->framebuffer->blue.position, 0);
}

TEST(Multiboot2, reads_a_text_screen) {
    FramebufferContent const text{
        .address = 0xb8000, .pitch = 160, .width = 80, .height = 25, .bits_per_pixel = 16, .kind = 2};
    Read const read{with_memory_map().record(8, text.written()).end()};
    ASSERT_TRUE(read->framebuffer);
    EXPECT_EQ(read->framebuffer->kind, Framebuffer::Kind::text);
    EXPECT_EQ(read->framebuffer->width, 80);
}

TEST(Multiboot2, prefers_the_newer_acpi_pointer) {
    auto const old_pointer = ByteWriter{}.text("RSD PTR  12345678901");
    auto const new_pointer = ByteWriter{}.text("RSD PTR  12345678901234567890123456");
    auto information       = with_memory_map().record(14, old_pointer);
    auto const old_address = PhysAddr{information.last_record() + 8};
    EXPECT_EQ(Read { Information{information}.end() } -> acpi_rsdp, old_address);
    information.record(15, new_pointer);
    auto const new_address = PhysAddr{information.last_record() + 8};
    EXPECT_EQ(Read { information.record(14, old_pointer).end() } -> acpi_rsdp, new_address);
}

TEST(Multiboot2, the_first_of_equal_acpi_pointers_is_kept_for_the_older_kind) {
    auto const pointer = ByteWriter{}.text("RSD PTR  12345678901");
    auto information   = with_memory_map().record(14, pointer);
    auto const first   = PhysAddr{information.last_record() + 8};
    EXPECT_EQ(Read { information.record(14, pointer).end() } -> acpi_rsdp, first);
}

TEST(Multiboot2, passes_over_records_that_it_does_not_know) {
    auto information = Information{}.record(21, ByteWriter{}.number(0x10'0000)).record(9999, Bytes{});
    information.record(0xffff'ffff, ByteWriter{}.text("odd")).memory_map({low_memory}).command_line("found");
    EXPECT_EQ(Read { information.end() } -> command_line, "found");
}

TEST(Multiboot2, ignores_what_follows_the_end) {
    Read const read{with_memory_map().end().record(1, ByteWriter{}.number(std::uint8_t{'x'}))};
    EXPECT_EQ(read->command_line, "");
}

TEST(Multiboot2, says_where_the_information_lies) {
    auto const information = everything();
    Read const read{information};
    ASSERT_EQ(read->information.size(), 1);
    EXPECT_EQ(read->information[0], PhysRange::of_size(PhysAddr{base}, information.memory().bytes.size()));
}

TEST(Multiboot2, has_to_be_aligned) {
    auto memory = with_memory_map().end().memory();
    for (std::uint64_t offset = 1; offset < 8; ++offset) {
        expect_error(read_multiboot2(PhysAddr{base + offset}, memory.window()), HandoffProblem::misaligned,
                     base + offset, base + offset);
    }
}

TEST(Multiboot2, has_to_be_reachable) {
    auto const memory = with_memory_map().end().memory();
    auto const window = memory.window();
    for (auto const address :
         {base - 8, base + memory.bytes.size() + 8, std::uint64_t{0}, std::uint64_t{1} << 51}) {
        auto const where = address & ~std::uint64_t{7};
        expect_error(read_multiboot2(PhysAddr{where}, window), HandoffProblem::unreachable, where, where);
    }
}

TEST(Multiboot2, its_total_size_has_to_fit) {
    auto const information = with_memory_map().end();
    auto const size        = static_cast<std::uint32_t>(information.memory().bytes.size());
    for (std::uint32_t const total : {0U, 8U, 15U, size + 1, 0xffff'ffffU}) {
        expect_error(Read{information.memory(total)}.result, HandoffProblem::wrong_total_size, base, total);
    }
}

TEST(Multiboot2, needs_an_end) {
    auto const information = with_memory_map();
    auto const size        = information.memory().bytes.size();
    expect_error(Read{information}.result, HandoffProblem::no_end, base + size, size);
}

TEST(Multiboot2, needs_a_memory_map_with_entries) {
    expect_error(Read{Information{}.command_line("x").end()}.result, HandoffProblem::no_memory_map, base, 0);
    expect_error(Read{Information{}.memory_map({}).end()}.result, HandoffProblem::no_memory_map, base, 0);
}

TEST(Multiboot2, records_have_to_fit) {
    for (std::uint32_t const size : {0U, 7U, 25U, 0xffff'fff8U}) {
        auto information = with_memory_map().record(1, ByteWriter{}.text("sixteen bytes!!"));
        auto memory      = information.memory();
        auto const where = information.last_record();
        std::ranges::copy(std::as_bytes(std::span{&size, 1}),
                          memory.bytes.begin() + static_cast<long>(where - base + 4));
        expect_error(Read{memory}.result, HandoffProblem::wrong_record_size, where, size);
    }
}

TEST(Multiboot2, records_need_all_their_fields) {
    constexpr auto wrong = HandoffProblem::wrong_record_size;
    expect_error_in_last(with_memory_map().record(3, ByteWriter{}.number(0x1000)), wrong, 12);
    expect_error_in_last(with_memory_map().record(3, Bytes{}), wrong, 8);
    expect_error_in_last(Information{}.record(6, Bytes{}), wrong, 8);
    expect_error_in_last(Information{}.record(6, ByteWriter{}.number(24)), wrong, 12);
    expect_error_in_last(with_memory_map().record(8, ByteWriter{}.number(std::uint64_t{0})), wrong, 16);
    expect_error_in_last(with_memory_map().record(8, FramebufferContent{}.with_colours({16, 8, 8, 8, 0})),
                         wrong, 37);
    expect_error_in_last(with_memory_map().record(14, ByteWriter{}.text("RSD PTR too short")), wrong, 26);
}

TEST(Multiboot2, texts_have_to_end) {
    auto const letters     = ByteWriter{}.bytes(std::as_bytes(std::span{"abc", 3}));
    constexpr auto problem = HandoffProblem::text_without_end;
    expect_error_in_last(with_memory_map().record(1, letters), problem, 11);
    expect_error_in_last(with_memory_map().record(2, Bytes{}), problem, 8);
    expect_error_in_last(with_memory_map().record(3, ByteWriter{}.number(1).number(2)), problem, 16);
    expect_error_in_last(
        with_memory_map().record(3, ByteWriter{}.number(1).number(2).bytes(letters.written())), problem, 19);
}

TEST(Multiboot2, entries_of_the_memory_map_need_all_their_fields) {
    for (std::uint32_t const size : {0U, 1U, 20U, 23U}) {
        auto const content = ByteWriter{}.number(size).number(0).bytes(std::vector<std::byte>(48));
        expect_error_in_last(Information{}.record(6, content), HandoffProblem::wrong_entry_size, size);
    }
}

TEST(Multiboot2, reads_1024_areas_and_not_one_more) {
    std::vector<MemoryArea> areas(MemoryMap::max_size, high_memory);
    EXPECT_EQ(Read { Information{}.memory_map(areas).end() } -> memory_map.size(), MemoryMap::max_size);
    areas.push_back(high_memory);
    expect_error_in_last(std::move(Information{}.memory_map(areas)), HandoffProblem::too_many_areas, 1025);
}

TEST(Multiboot2, modules_do_not_run_backwards) {
    expect_error_in_last(with_memory_map().module(0x2000, 0x1fff, "m"), HandoffProblem::backward_range,
                         0x1fff);
}

TEST(Multiboot2, there_is_room_for_32_modules) {
    auto information = with_memory_map();
    for (std::size_t count = 0; count <= Handoff::max_modules; ++count)
        information.module(0x1000, 0x2000, "m");
    expect_error_in_last(information, HandoffProblem::too_many_modules, 32);
}

TEST(Multiboot2, framebuffers_do_not_contradict_themselves) {
    std::vector<std::uint8_t> const colours{16, 8, 8, 8, 0, 8};
    for (auto const& content :
         {FramebufferContent{.kind = 3}, FramebufferContent{.kind = 255}, FramebufferContent{.width = 0},
          FramebufferContent{.height = 0}, FramebufferContent{.bits_per_pixel = 0},
          FramebufferContent{.bits_per_pixel = 33}, FramebufferContent{.pitch = 4095},
          FramebufferContent{.pitch = 1, .width = 1, .bits_per_pixel = 15},
          // Four bytes a pixel, though 27 bits in a row would fit. (Found by the fuzzer.)
          FramebufferContent{.pitch = 380, .width = 96, .bits_per_pixel = 27},
          FramebufferContent{.width = 0xffff'ffff}}) {
        expect_error_in_last(with_memory_map().record(8, content.with_colours(colours)),
                             HandoffProblem::wrong_framebuffer, content.kind);
    }
}

TEST(Multiboot2, colours_lie_inside_their_pixel) {
    auto const expect_wrong = [](std::vector<std::uint8_t> const& colours, std::uint64_t position) {
        expect_error_in_last(with_memory_map().record(8, FramebufferContent{}.with_colours(colours)),
                             HandoffProblem::wrong_framebuffer, position);
    };
    expect_wrong({25, 8, 8, 8, 0, 8}, 25);
    expect_wrong({16, 8, 255, 255, 0, 8}, 255);
    expect_wrong({16, 8, 8, 8, 0, 33}, 0);
}

TEST(Multiboot2, framebuffers_lie_inside_physical_memory) {
    std::vector<std::uint8_t> const colours{16, 8, 8, 8, 0, 8};
    constexpr std::uint64_t beyond = std::uint64_t{1} << 52;
    for (auto const address : {beyond, ~std::uint64_t{0}, beyond - 4096}) {
        auto const content = FramebufferContent{.address = address}.with_colours(colours);
        expect_error_in_last(with_memory_map().record(8, content), HandoffProblem::address_too_large,
                             address);
    }
    auto const huge = FramebufferContent{.pitch = 0xffff'ffff, .height = 0xffff'ffff};
    expect_error_in_last(with_memory_map().record(8, huge.with_colours(colours)),
                         HandoffProblem::address_too_large, huge.address);
}

// Cut off anywhere, it is an error: nothing beyond the cut is read (the sanitizer watches).
TEST(Multiboot2, is_an_error_when_memory_ends_too_early) {
    auto const whole = everything().memory();
    ASSERT_TRUE(read(whole)) << HandoffText::of(read(whole));
    for (std::size_t length = 0; length < whole.bytes.size(); ++length) {
        Memory cut{.start = whole.start, .bytes = {whole.bytes.data(), whole.bytes.data() + length}};
        EXPECT_FALSE(read(cut)) << length;
    }
}

TEST(Multiboot2, is_an_error_when_its_total_size_cuts_it) {
    auto const information = everything();
    auto const size        = static_cast<std::uint32_t>(information.memory().bytes.size());
    for (std::uint32_t total = 0; total < size; ++total)
        EXPECT_FALSE(read(information.memory(total))) << total;
}

TEST(Multiboot2, survives_every_change_of_one_byte) {
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
    return read_command_line({Loader::multiboot2, PhysAddr{memory.information}}, memory.window());
}

TEST(CommandLine, is_read_from_multiboot2_alone) {
    EXPECT_EQ(command_line(everything().memory()), "verbose test=all");
    EXPECT_EQ(command_line(with_memory_map().end().memory()), "");
    auto const no_map = Information{}.command_line("first").command_line("last").end().memory();
    EXPECT_FALSE(read(no_map));
    EXPECT_EQ(command_line(no_map), "last") << "whatever else is wrong";
}

TEST(CommandLine, is_empty_where_multiboot2_has_none_that_can_be_read) {
    EXPECT_EQ(command_line(with_memory_map().command_line("no end").memory()), "");
    EXPECT_EQ(command_line(Information{}.record(1, ByteWriter{}.number('a')).end().memory()), "");
    auto memory = everything().memory();
    memory.information += 1;
    EXPECT_EQ(command_line(memory), "");
}

TEST(Handoff, is_read_by_the_loader_that_left_it) {
    auto const memory = everything().memory();
    auto const image  = PhysRange::of_size(PhysAddr{0x20'0000}, 0x4'0000);
    auto const result = read_handoff({Loader::multiboot2, PhysAddr{base}}, memory.window(), image);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->image, image);
    EXPECT_FALSE(read_handoff({Loader::pvh, PhysAddr{base}}, memory.window(), image));
}

// GRUB puts its information wherever it sees room: a hole in the image would be such a place.
TEST(Handoff, lies_outside_the_image) {
    auto const memory  = everything().memory();
    auto const size    = memory.bytes.size();
    auto const problem = [&](std::uint64_t start, std::uint64_t end) {
        PhysRange const image{PhysAddr{start}, PhysAddr{end}};
        auto const result = read_handoff({Loader::multiboot2, PhysAddr{base}}, memory.window(), image);
        return result ? std::nullopt : std::optional{result.error().problem};
    };
    EXPECT_EQ(problem(base - 0x1000, base), std::nullopt);
    EXPECT_EQ(problem(base + size, base + size + 0x1000), std::nullopt);
    EXPECT_EQ(problem(base - 0x1000, base + 1), HandoffProblem::inside_the_image);
    EXPECT_EQ(problem(base + 8, base + 16), HandoffProblem::inside_the_image);
}

TEST(Handoff, errors_say_what_and_where) {
    HandoffError const error{HandoffProblem::no_end, 0x10'8050, 24};
    EXPECT_EQ(std::format("{}", error),
              "the boot information at 0x108050 is wrong: it ends without an end record (0x18)");
}

TEST(Handoff, every_problem_has_its_own_words) {
    std::vector<std::string_view> texts;
    for (unsigned number = 0; number <= static_cast<unsigned>(HandoffProblem::inside_the_image); ++number) {
        texts.push_back(explain(static_cast<HandoffProblem>(number)));
    }
    std::ranges::sort(texts);
    EXPECT_EQ(std::ranges::adjacent_find(texts), texts.end());
    EXPECT_FALSE(std::ranges::contains(texts, explain(static_cast<HandoffProblem>(255))));
}

}  // namespace
}  // namespace pith::boot
