#include "shell/report.hpp"

#include "console/ansi.hpp"

#include <algorithm>
#include <format>
#include <iterator>

namespace pith::shell {
namespace {

// ---- For people ------------------------------------------------------------------------------------------

constexpr std::size_t terminal_width = 80, indent = 2, gap = 2;

void append_title(std::string_view title, std::string& out) {
    if (!title.empty())
        std::format_to(std::back_inserter(out), "{}{}{}\n", console::ansi::bold, title, console::ansi::reset);
}

// Breaks at blanks what goes beyond the last column; the first line begins at column `start`, and so do the
// others.
void append_wrapped(std::string_view text, std::size_t start, std::string& out) {
    std::size_t column = start;
    while (!text.empty()) {
        auto const word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (column != start && column + 1 + width_of(word) > terminal_width) {
            out += '\n';
            out.append(start, ' ');
            column = start;
        } else if (column != start) {
            out += ' ';
            ++column;
        }
        out += word;
        column += width_of(word);
    }
    out += '\n';
}

void append_for_people(Record const& record, std::string& out) {
    append_title(record.title(), out);
    std::size_t width = 0;
    for (auto const& field : record.fields()) width = std::max(width, width_of(field.name));
    for (auto const& field : record.fields()) {
        out.append(indent, ' ');
        out += field.name;
        out.append(width - width_of(field.name) + gap, ' ');
        append_wrapped(field.value.for_people(), indent + width + gap, out);
    }
}

enum class Side : std::uint8_t { left, right };

// A column as it is shown: its cells, the heading first.
struct ShownColumn {
    std::vector<std::string> cells;
    std::size_t width = 0;
    Side side         = Side::left;

    void add(std::string cell) {
        width = std::max(width, width_of(cell));
        cells.push_back(std::move(cell));
    }
};

ShownColumn shown(Table const& table, std::size_t index) {
    ShownColumn column;
    column.add(std::string{table.columns()[index].heading});
    for (auto const& row : table.rows()) {
        column.add(row[index].for_people());
        if (row[index].is_at_the_right()) column.side = Side::right;
    }
    return column;
}

// Without the blanks at its end.
void append_line(std::vector<ShownColumn> const& columns, std::size_t line, std::string& out) {
    std::size_t blanks = indent;
    for (auto const& column : columns) {
        auto const& cell   = column.cells[line];
        auto const padding = column.width - width_of(cell);
        out.append(blanks + (column.side == Side::right ? padding : 0), ' ');
        out += cell;
        blanks = gap + (column.side == Side::right ? 0 : padding);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
}

void append_for_people(Table const& table, std::string& out) {
    append_title(table.title(), out);
    if (table.rows().empty()) {
        out += "  none\n";
        return;
    }
    std::vector<ShownColumn> columns;
    columns.reserve(table.columns().size());
    for (std::size_t index = 0; index < table.columns().size(); ++index)
        columns.push_back(shown(table, index));
    for (std::size_t line = 0; line <= table.rows().size(); ++line) append_line(columns, line, out);
}

void append_for_people(Note const& note, std::string& out) {
    append_wrapped(printable_text(note.text), 0, out);
}

// ---- For tools -------------------------------------------------------------------------------------------

// `{"key": ..., "key": ...}`, each value appended by the caller.
class JsonObject {
public:
    explicit JsonObject(std::string& out) : out_{out} { out_ += '{'; }
    ~JsonObject() { out_ += '}'; }
    JsonObject(JsonObject const&)            = delete;
    JsonObject& operator=(JsonObject const&) = delete;

    std::string& at(std::string_view key) {
        if (!is_first_) out_ += ", ";
        is_first_ = false;
        append_json_string(key, out_);
        out_ += ": ";
        return out_;
    }

private:
    std::string& out_;
    bool is_first_ = true;
};

void append_json(Record const& record, std::string& out) {
    JsonObject object{out};
    for (auto const& field : record.fields()) field.value.append_json(object.at(field.key));
}

void append_json(Table const& table, std::string& out) {
    out += '[';
    for (auto const& row : table.rows()) {
        if (&row != &table.rows().front()) out += ", ";
        JsonObject object{out};
        for (std::size_t index = 0; index < row.size(); ++index)
            row[index].append_json(object.at(table.columns()[index].key));
    }
    out += ']';
}

void append_json(Report::Part const& part, std::string& out) {
    if (auto const* const record = std::get_if<Record>(&part)) append_json(*record, out);
    if (auto const* const table = std::get_if<Table>(&part)) append_json(*table, out);
}

std::string_view key_of(Report::Part const& part) {
    if (auto const* const record = std::get_if<Record>(&part)) return record->key();
    if (auto const* const table = std::get_if<Table>(&part)) return table->key();
    return {};
}

void append_json(std::vector<Report::Part> const& parts, std::string& out) {
    JsonObject object{out};
    for (auto const& part : parts) {
        if (auto const key = key_of(part); !key.empty()) append_json(part, object.at(key));
    }
}

}  // namespace

std::string Report::for_people() const {
    std::string out;
    for (auto const& part : parts_) {
        if (!out.empty()) out += '\n';
        std::visit([&](auto const& shown_part) { append_for_people(shown_part, out); }, part);
    }
    return out;
}

std::string Report::json() const {
    std::string out;
    auto const of_tools = [](Part const& part) { return !std::holds_alternative<Note>(part); };
    if (std::ranges::count_if(parts_, of_tools) == 1)
        append_json(*std::ranges::find_if(parts_, of_tools), out);
    else
        append_json(parts_, out);
    return out;
}

}  // namespace pith::shell
