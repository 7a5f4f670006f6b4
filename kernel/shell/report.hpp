// What a command answers: made once, and shown for people or as JSON for tools.
//
//   Table zones{"zones", "Zones", {{"start", "start"}, {"size", "size"}}};
//   zones.add(range.start(), ByteCount{range.size()});
//   Report report{std::move(zones), Record{"totals", "In all"}.add("free", "free", ByteCount{free})};
//
// A report has records (names and values), tables, and notes, which are sentences for people only. In JSON it
// is one value, in one line: the part alone if there is only one, else an object with each part under its
// key. A record is an object, a table an array of objects. So a command that has answered with one part must
// not grow a second.
//
// Needs:     value; console (ansi).
// Promises:  for people no line of a record is wider than 80 columns, if its words are not.
#pragma once

#include "base/fail.hpp"
#include "shell/value.hpp"

namespace pith::shell {

// Keys, names, titles and headings are literals: a report only points at them.
class Record {
public:
    struct Field {
        std::string_view key, name;
        Value value;
    };

    Record(std::string_view key, std::string_view title) : key_{key}, title_{title} {}

    Record&& add(std::string_view key, std::string_view name, Value value) && {
        fields_.push_back({.key = key, .name = name, .value = std::move(value)});
        return std::move(*this);
    }

    std::string_view key() const { return key_; }
    std::string_view title() const { return title_; }
    std::vector<Field> const& fields() const { return fields_; }

private:
    std::string_view key_, title_;
    std::vector<Field> fields_;
};

class Table {
public:
    struct Column {
        std::string_view key, heading;
    };
    using Row = std::vector<Value>;

    Table(std::string_view key, std::string_view title, std::vector<Column> columns)
        : key_{key}, title_{title}, columns_{std::move(columns)} {}

    // A value for each column.
    template <typename... Values>
    void add(Values&&... values) {
        require(sizeof...(values) == columns_.size(), "a row has a value for each column");
        Row& row = rows_.emplace_back();
        row.reserve(sizeof...(values));
        (row.emplace_back(std::forward<Values>(values)), ...);
    }

    std::string_view key() const { return key_; }
    std::string_view title() const { return title_; }
    std::vector<Column> const& columns() const { return columns_; }
    std::vector<Row> const& rows() const { return rows_; }

private:
    std::string_view key_, title_;
    std::vector<Column> columns_;
    std::vector<Row> rows_;
};

struct Note {
    std::string text;
};

class Report {
public:
    using Part = std::variant<Record, Table, Note>;

    template <std::convertible_to<Part>... Parts>
    explicit Report(Parts&&... parts) {
        parts_.reserve(sizeof...(parts));
        (parts_.emplace_back(std::forward<Parts>(parts)), ...);
    }

    void add(Part part) { parts_.push_back(std::move(part)); }

    // Several lines, each with its end; titles are bold.
    std::string for_people() const;
    // One line, without an end.
    std::string json() const;

private:
    std::vector<Part> parts_;
};

}  // namespace pith::shell
