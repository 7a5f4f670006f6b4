#include "log/log.hpp"

#include "base/fixed_text.hpp"
#include "base/printable.hpp"
#include "base/sealed.hpp"
#include "console/ansi.hpp"
#include "console/panic.hpp"
#include "console/print.hpp"

namespace pith::log {

constinit cpu::Locked<Ring<ring_bytes>> the_ring{std::in_place};

namespace {

using Text = PrintableText<longest_text>;
using Line = FixedText<longest_source + longest_text + 64>;  // with time, level and colours

PITH_SEALED constinit std::atomic<TimeSource> time_source = nullptr;
PITH_SEALED constinit std::atomic<Announcer> announcer    = nullptr;

constinit std::atomic<std::uint64_t> missed = 0, missed_and_unsaid = 0;
constinit std::atomic<std::uint64_t> added = 0;

// How far the console has it. Whoever holds the lock prints.
constinit cpu::Locked<Cursor> printed{std::in_place};

// ---- Adding ----------------------------------------------------------------------------------------------

Time now() {
    auto const source = time_source.load(std::memory_order_relaxed);
    return source != nullptr ? source() : Time{};
}

void add_missed(Ring<ring_bytes>& ring, Time time) {
    auto const count = missed_and_unsaid.exchange(0);
    if (count == 0) return;
    Text text;
    std::format_to(std::back_inserter(text), "{} entries came while another was being written", count);
    ring.add({.level = Level::warning, .time = time, .source = "log", .text = text.finish()});
}

// #region add
// On one processor whoever finds the lock taken has interrupted the holder, and would wait for ever.
void add(Message message) {
    bool const is_kept = the_ring.try_with([&](Ring<ring_bytes>& ring) {
        message.time = now();
        add_missed(ring, message.time);
        ring.add(message);
    });
    if (!is_kept) ++missed, ++missed_and_unsaid;
    ++added;
}
// #endregion add

// ---- Printing --------------------------------------------------------------------------------------------

std::string_view colour_of(Level level) {
    switch (level) {
        case Level::debug:   return console::ansi::blue;
        case Level::info:    return console::ansi::green;
        case Level::warning: return console::ansi::yellow;
        case Level::error:   return console::ansi::bold_red;
    }
    return {};
}

Line line_of(Message const& message) {
    Line line;
    std::format_to(std::back_inserter(line), "{} {}{}{} {}: {}\n", Stamp{message.time},
                   colour_of(message.level), name_of(message.level), console::ansi::reset, message.source,
                   message.text);
    return line;
}

// #region write
void write(console::Console& console, Message const& message) {
    auto const line = line_of(message);
    if (message.level >= Level::warning)
        console.write(line.view());
    else
        console.write(line.view(), console::SinkKind::line);
}
// #endregion write

void write_gap(console::Console& console, std::uint64_t count) {
    if (count == 0) return;
    Text text;
    std::format_to(std::back_inserter(text), "{} entries were overwritten before they were printed", count);
    write(console, {.level = Level::warning, .time = {}, .source = "log", .text = text.finish()});
}

// Both at once, so that nobody's line comes between.
bool try_write(Entry const& entry, std::uint64_t gap) {
    if (entry.message.showing == Showing::kept && gap == 0) return true;
    return console::the_console.try_with([&](console::Console& console) {
        write_gap(console, gap);
        if (entry.message.showing == Showing::said) write(console, entry.message);
    });
}

// False if there is nothing new, or it cannot be printed now.
bool print_next() {
    bool has_printed = false;
    printed.try_with([&](Cursor& cursor) {
        Room room;
        auto next = cursor;
        std::optional<Entry> entry;
        the_ring.try_with([&](Ring<ring_bytes> const& ring) { entry = ring.read(next, room); });
        if (!entry || !try_write(*entry, entry->number - cursor.number)) return;
        cursor      = next;
        has_printed = true;
    });
    return has_printed;
}

// The newest of what was not printed yet.
void print_before_panic(console::Console& console, cpu::LastWords const& last_words) {
    constexpr std::uint64_t most = 32;
    auto const& ring             = the_ring.seize(last_words);
    auto& cursor                 = printed.seize(last_words);
    auto const end               = ring.end().number;
    Room room;
    while (auto const entry = ring.read(cursor, room)) {
        if (entry->message.showing == Showing::said && entry->number + most >= end)
            write(console, entry->message);
    }
}

void show_or_announce() {
    console::set_panic_prologue(print_before_panic);
    if (auto const announce = announcer.load()) return announce();
    print_new();
}

}  // namespace

void add_formatted(Level level, Showing showing, std::string_view source, std::string_view format,
                   std::format_args arguments) {
    Text text;
    std::vformat_to(std::back_inserter(text), format, arguments);
    add({.level = level, .showing = showing, .time = {}, .source = source, .text = text.finish()});
    if (showing == Showing::said) show_or_announce();
}

void report_formatted(Level level, std::string_view source, std::string_view format,
                      std::format_args arguments) {
    Text text;
    std::vformat_to(std::back_inserter(text), format, arguments);
    auto const line = text.finish();
    console::println("  {:10} {}", source, line);
    console::set_panic_prologue(print_before_panic);  // the first is found before anything is sealed
    add({.level = level, .showing = Showing::kept, .time = {}, .source = source, .text = line});
}

void set_time_source(TimeSource source) {
    require_unsealed("the log's clock is sealed, and can be changed no more");
    time_source = source;
}
void set_announcer(Announcer new_announcer) {
    require_unsealed("who prints the log is sealed, and can be changed no more");
    announcer = new_announcer;
}
bool has_announcer() { return announcer.load() != nullptr; }

void print_new() {
    std::uint64_t seen = 0;
    do {
        seen = added;
        while (print_next()) {
        }
    } while (seen != added);  // somebody interrupted us, and found us printing
}

// ---- Reading ---------------------------------------------------------------------------------------------

Reader::Reader(Filter const& filter) : filter_{filter}, end_{next_number()} {}

std::optional<Entry> Reader::next() {
    while (true) {
        auto const entry =
            the_ring.with([this](Ring<ring_bytes> const& ring) { return ring.read(cursor_, room_); });
        if (!entry || entry->number >= end_) return std::nullopt;
        if (filter_.wants(*entry)) return entry;
    }
}

std::uint64_t next_number() {
    return the_ring.with([](Ring<ring_bytes> const& ring) { return ring.end().number; });
}

Lost lost() {
    auto const overwritten = the_ring.with([](Ring<ring_bytes> const& ring) { return ring.begin().number; });
    return {.overwritten = overwritten, .missed = missed};
}

}  // namespace pith::log
