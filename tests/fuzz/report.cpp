// Fuzzes reports: whatever bytes its texts have, JSON's readers read them back, and people get whole lines.
//
// The input's parts, divided by 0xfe (no byte of UTF-8), are the values.
#include "shell/report.hpp"
#include "base/printable.hpp"
#include "json_reader.hpp"

#include <cstdlib>

namespace {

using namespace pith;
using namespace pith::shell;

void demand(bool condition) {
    if (!condition) std::abort();
}

std::vector<std::string> parts_of(std::string_view input) {
    std::vector<std::string> parts{""};
    for (char const byte : input) {
        if (byte == '\xfe')
            parts.emplace_back();
        else
            parts.back() += byte;
    }
    return parts;
}

// Besides the line feeds and the bold titles there is nothing that moves a terminal.
void demand_shown(std::string text) {
    for (std::string_view const style : {"\x1b[1m", "\x1b[0m"}) {
        for (auto at = text.find(style); at != std::string::npos; at = text.find(style))
            text.erase(at, style.size());
    }
    std::erase(text, '\n');
    demand(printable_text(text) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
    auto const texts = parts_of({reinterpret_cast<char const*>(data), size});
    Table table{"table", "Table", {{"text", "text"}, {"length", "length"}}};
    for (auto const& text : texts) table.add(text, text.size());
    Report report;
    report.add(std::move(table));
    report.add(Record{"record", "Record"}.add("texts", "texts", texts).add("first", "first", texts.front()));
    report.add(Note{texts.front()});

    auto const read = testing::read_json(report.json());
    demand(read["table"].size() == texts.size() && read["record"]["texts"].size() == texts.size());
    for (std::size_t index = 0; index < texts.size(); ++index) {
        auto const wanted = testing::well_formed(texts[index]);
        demand(read["table"][index]["text"] == wanted &&
               read["table"][index]["length"] == texts[index].size());
        demand(read["record"]["texts"][index] == wanted);
    }
    demand_shown(report.for_people());
    return 0;
}
