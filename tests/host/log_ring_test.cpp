// The log's ring: the newest entries as they were given, held against a list that forgets nothing.
#include "log/ring.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>
#include <string>

namespace pith::log {
namespace {

using SmallRing                    = Ring<1024>;
constexpr std::size_t header_bytes = 16;

// A message that keeps its texts.
struct Kept {
    std::string source, text;
    Level level;
    Showing showing;
    Time time;

    Message message() const {
        return {.level = level, .showing = showing, .time = time, .source = source, .text = text};
    }
    std::size_t bytes() const { return header_bytes + source.size() + text.size(); }
};

Message simple(std::string_view text) { return {.time = {}, .source = "test", .text = text}; }

Kept random_message(std::mt19937& random) {
    auto const letters = [&](std::size_t most) {
        std::string text(random() % (most + 1), ' ');
        for (char& letter : text) letter = static_cast<char>('a' + random() % 26);
        return text;
    };
    Kept message{.source  = letters(longest_source),
                 .text    = letters(random() % 4 == 0 ? longest_text : 30),
                 .level   = static_cast<Level>(random() % 4),
                 .showing = static_cast<Showing>(random() % 2),
                 .time    = {}};
    if (random() % 3 != 0) message.time = std::chrono::nanoseconds{static_cast<std::int64_t>(random())};
    return message;
}

TEST(LogRing, an_entry_comes_back_as_it_was) {
    SmallRing ring;
    Message const message{.level   = Level::error,
                          .showing = Showing::kept,
                          .time    = std::chrono::nanoseconds{0},
                          .source  = "disk",
                          .text    = "it is full"};
    ring.add(message);
    Cursor cursor;
    Room room;
    EXPECT_EQ(ring.read(cursor, room), (Entry{.number = 0, .message = message}));
    EXPECT_EQ(ring.read(cursor, room), std::nullopt);
    EXPECT_EQ(cursor, ring.end());
    ring.add(simple("more"));  // a reader at the end goes on
    EXPECT_EQ(ring.read(cursor, room), (Entry{.number = 1, .message = simple("more")}));
}

TEST(LogRing, what_is_too_long_is_cut) {
    SmallRing ring;
    std::string const text(longest_text + 1, 't'), source(longest_source + 1, 's');
    ring.add({.time = {}, .source = source, .text = text});
    Cursor cursor;
    Room room;
    auto const entry = ring.read(cursor, room);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message.text, text.substr(1));
    EXPECT_EQ(entry->message.source, source.substr(1));
}

TEST(LogRing, agrees_with_a_list_that_forgets_nothing) {
    std::mt19937 random{7};
    SmallRing ring;
    std::deque<Kept> all;
    std::size_t first = 0, bytes = 0;  // what must be there still
    Cursor slow;
    for (int round = 0; round < 20'000; ++round) {
        all.push_back(random_message(random));
        bytes += all.back().bytes();
        while (bytes > 1024) bytes -= all[first++].bytes();
        ring.add(all.back().message());
        ASSERT_EQ(ring.begin().number, first);
        ASSERT_EQ(ring.end().number, all.size());

        Cursor cursor;
        Room room;
        for (auto number = first; number < all.size(); ++number) {
            ASSERT_EQ(ring.read(cursor, room), (Entry{.number = number, .message = all[number].message()}));
        }
        ASSERT_EQ(ring.read(cursor, room), std::nullopt);

        // A reader that comes now and then misses the oldest, and nothing in between.
        if (random() % 5 == 0) {
            auto const expected = std::max<std::uint64_t>(slow.number, first);
            auto const entry    = ring.read(slow, room);
            ASSERT_TRUE(entry);
            ASSERT_EQ(entry->number, expected);
        }
    }
}

// Whatever stands in its memory: nothing is read beyond, and reading ends.
TEST(LogRing, a_reader_survives_any_bytes) {
    std::mt19937 random{3};
    for (int round = 0; round < 5'000; ++round) {
        auto ring = std::make_unique<SmallRing>();
        for (unsigned count = random() % 50; count-- > 0;) ring->add(random_message(random).message());
        // SAFETY: because the ring is plain numbers.
        std::array<std::byte, sizeof(SmallRing)> bytes{};
        std::memcpy(bytes.data(), ring.get(), sizeof bytes);
        for (std::size_t index = 0; index < bytes.size(); ++index) {
            bool const is_cursor = index < 2 * sizeof(Cursor);
            if (!is_cursor && random() % 8 == 0) bytes[index] = static_cast<std::byte>(random());
        }
        std::memcpy(ring.get(), bytes.data(), sizeof bytes);

        Cursor cursor{.number = 0, .place = round % 3 == 0 ? random() : 0};
        Room room;
        std::size_t read = 0;
        while (auto const entry = ring->read(cursor, room)) {
            ++read;
            ASSERT_LE(entry->message.source.size() + entry->message.text.size(), room.size());
        }
        ASSERT_LE(read, 1024 / header_bytes);
        Kept const last = random_message(random);
        ring->add(last.message());  // and it goes on
        std::optional<Entry> newest;
        for (cursor = {}; auto const entry = ring->read(cursor, room);) newest = entry;
        if (newest) ASSERT_LE(newest->number, ring->end().number);
    }
}

TEST(LogEntry, levels_have_names) {
    for (auto const level : {Level::debug, Level::info, Level::warning, Level::error})
        EXPECT_EQ(level_named(name_of(level)), level);
    EXPECT_EQ(level_named("loud"), std::nullopt);
    EXPECT_EQ(level_named(""), std::nullopt);
}

TEST(LogEntry, times_take_the_same_room) {
    using namespace std::chrono_literals;
    EXPECT_EQ(std::format("{}", Stamp{}), "[            ]");
    EXPECT_EQ(std::format("{}", Stamp{0ns}), "[    0.000000]");
    EXPECT_EQ(std::format("{}", Stamp{1'234'567'999ns}), "[    1.234567]");
    EXPECT_EQ(std::format("{}", Stamp{99'999s}), "[99999.000000]");
}

}  // namespace
}  // namespace pith::log
