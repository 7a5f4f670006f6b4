// The kernel's log: what happened, kept in memory from the first line on.
//
//   log::warning("keyboard", "{} were lost", count);           said: kept and printed, as a line of the log
//   log::found("screen", "{} x {} pixels", width, height);     a line of the boot report, kept as info
//   log::keep(Level::warning, "exceptions", "{}", headline);   kept only: people were told in other words
//
// Nothing is told twice: whoever prints for people keeps, all others say. What is said goes to serial lines
// in full, and to screens from warnings on. While somebody edits a line at a prompt nothing is printed at
// once: then there is an announcer, and whoever it wakes prints.
//
// Needs:     base (printable text), console, cpu (lock).
// Promises:  to say and to keep may be called from anywhere, also by a handler that has interrupted the log
//            or the console: then the entry is counted as missed, or printed with the next one. (`found` and
//            `found_wrong` wait for the console: not by handlers of what strikes anywhere.) Never allocates.
//            An entry is one printable line, whatever bytes its arguments have; what is too long ends in
//            dots.
#pragma once

#include "cpu/spinlock.hpp"
#include "log/ring.hpp"

#include <utility>

namespace pith::log {

// ---- Writing ---------------------------------------------------------------------------------------------

// The run-time halves.
void add_formatted(Level level, Showing showing, std::string_view source, std::string_view format,
                   std::format_args arguments);
void report_formatted(Level level, std::string_view source, std::string_view format,
                      std::format_args arguments);

template <typename... Arguments>
void debug(std::string_view source, std::format_string<Arguments...> format, Arguments&&... arguments) {
    add_formatted(Level::debug, Showing::said, source, format.get(), std::make_format_args(arguments...));
}
template <typename... Arguments>
void info(std::string_view source, std::format_string<Arguments...> format, Arguments&&... arguments) {
    add_formatted(Level::info, Showing::said, source, format.get(), std::make_format_args(arguments...));
}
template <typename... Arguments>
void warning(std::string_view source, std::format_string<Arguments...> format, Arguments&&... arguments) {
    add_formatted(Level::warning, Showing::said, source, format.get(), std::make_format_args(arguments...));
}
template <typename... Arguments>
void error(std::string_view source, std::format_string<Arguments...> format, Arguments&&... arguments) {
    add_formatted(Level::error, Showing::said, source, format.get(), std::make_format_args(arguments...));
}

// For what people are told by a line that is printed beside.
template <typename... Arguments>
void keep(Level level, std::string_view source, std::format_string<Arguments...> format,
          Arguments&&... arguments) {
    add_formatted(level, Showing::kept, source, format.get(), std::make_format_args(arguments...));
}

// A line of the boot report, "  source     text", on all consoles; kept as info, or as a warning.
template <typename... Arguments>
void found(std::string_view source, std::format_string<Arguments...> format, Arguments&&... arguments) {
    report_formatted(Level::info, source, format.get(), std::make_format_args(arguments...));
}
template <typename... Arguments>
void found_wrong(std::string_view source, std::format_string<Arguments...> format, Arguments&&... arguments) {
    report_formatted(Level::warning, source, format.get(), std::make_format_args(arguments...));
}

// ---- Printing --------------------------------------------------------------------------------------------

// From now on entries have a time. The clock may be asked anywhere, by a handler of what strikes anywhere as
// well: if it cannot tell at once, it tells nothing. Fails once the kernel is sealed.
using TimeSource = Time (*)();
void set_time_source(TimeSource source);

// With an announcer nothing is printed by whoever says something; instead it is called, and whoever it wakes
// calls `print_new`. It must neither wait nor print, for it is called from anywhere. nullptr: as before. Fails once the
// kernel is sealed.
using Announcer = void (*)();
void set_announcer(Announcer announcer);
// Whoever prints at once, and keeps, says it instead while there is an announcer.
bool has_announcer();

// Prints what was said and not printed yet. If the console is in use (by whom we interrupted), it stays for
// next time.
void print_new();

// ---- Reading ---------------------------------------------------------------------------------------------

struct Filter {
    Level least             = Level::debug;
    std::string_view source = {};  // empty: all
    std::uint64_t since     = 0;   // the number of the first entry

    constexpr bool wants(Entry const& entry) const {
        return entry.message.level >= least && entry.number >= since &&
               (source.empty() || entry.message.source == source);
    }
};

// Reads what there is when it begins, entry by entry, each under the lock. Whoever reads may print, allocate,
// and log. (Not for handlers of what strikes anywhere.)
class Reader {
public:
    explicit Reader(Filter const& filter);

    // Valid until the next call; nothing at the end.
    std::optional<Entry> next() [[clang::lifetimebound]];

private:
    Filter filter_;
    Cursor cursor_;
    std::uint64_t end_;
    Room room_;
};

// Calls `use(entry)` for each that the filter wants.
void for_each(Filter const& filter, auto&& use) {
    Reader reader{filter};
    while (auto const entry = reader.next()) use(*entry);
}

// The number that the next entry gets.
std::uint64_t next_number();

struct Lost {
    std::uint64_t overwritten;  // by newer ones
    std::uint64_t missed;       // the log was in use when they came
};
Lost lost();

// How much the ring holds.
inline constexpr std::size_t ring_bytes = std::size_t{32} << 10;

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
extern constinit cpu::Locked<Ring<ring_bytes>> the_ring;

}  // namespace pith::log
