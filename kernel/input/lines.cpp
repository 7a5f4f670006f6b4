#include "input/lines.hpp"

#include "console/print.hpp"
#include "input/line_editor.hpp"

namespace pith::input {

tasks::Stream<std::string> lines(tasks::Stream<Key> keys, std::string prompt) {
    using Outcome = LineEditor::Outcome;
    LineEditor editor;
    std::string shown;
    auto const show = [&shown] {
        console::print("{}", shown);
        shown.clear();
    };
    while (true) {
        editor.begin(prompt, std::back_inserter(shown));
        auto outcome = Outcome::editing;
        while (outcome == Outcome::editing) {
            show();
            auto const key = co_await keys.next();
            outcome        = key ? editor.feed(*key, std::back_inserter(shown)) : Outcome::ended;
        }
        show();
        if (outcome == Outcome::ended) co_return;
        if (outcome == Outcome::entered) co_yield editor.text();
    }
}

}  // namespace pith::input
