// What happened so far: log.
#include "log/log.hpp"
#include "shell/commands.hpp"

#include <format>

namespace pith::shell::commands {
namespace {

using Limit = std::optional<std::uint64_t>;

struct Wanted {
    log::Filter filter;
    Limit last;
};

std::expected<log::Level, std::string> level_of(std::optional<std::string_view> name) {
    if (!name) return log::Level::debug;
    if (auto const level = log::level_named(*name)) return *level;
    return std::unexpected{std::format("there is no level \"{}\"", *name)};
}

// The texts in it are the arguments'.
std::expected<Wanted, std::string> wanted(Arguments const& arguments) {
    auto const level = arguments.text("level").and_then(level_of);
    if (!level) return std::unexpected{level.error()};
    auto const source = arguments.text("source");
    if (!source) return std::unexpected{source.error()};
    auto const since = arguments.number("since");
    if (!since) return std::unexpected{since.error()};
    auto const last = arguments.number("last");
    if (!last) return std::unexpected{last.error()};
    return Wanted{.filter = {.least = *level, .source = source->value_or(""), .since = since->value_or(0)},
                  .last   = *last};
}

// How many of those that the filter wants come before the last `count`.
std::uint64_t left_out(log::Filter const& filter, Limit count) {
    if (!count) return 0;
    std::uint64_t all = 0;
    log::for_each(filter, [&](log::Entry const&) { ++all; });
    return all - std::min(all, *count);
}

Value time_of(log::Message const& message) {
    return message.time.transform([](auto time) { return Moment{time}; });
}

}  // namespace

Answer log(Arguments const& arguments) {
    auto const how = wanted(arguments);
    if (!how) return std::unexpected{how.error()};
    Table entries{
        "entries",
        "",
        {{"number", "number"}, {"time", "time"}, {"level", "level"}, {"source", "source"}, {"text", "text"}}};
    auto before = left_out(how->filter, how->last);
    log::for_each(how->filter, [&](log::Entry const& entry) {
        if (before != 0) {
            --before;
            return;
        }
        auto const& message = entry.message;
        entries.add(entry.number, time_of(message), log::name_of(message.level), message.source,
                    message.text);
    });
    auto const lost = log::lost();
    return Report{std::move(entries), Record{"lost", ""}
                                          .add("overwritten", "overwritten", lost.overwritten)
                                          .add("missed", "missed", lost.missed)};
}

}  // namespace pith::shell::commands
