// Exercise 3.2, solved.
#include "exercise.hpp"

#include <algorithm>

void report(Screen& screen, pith::Failure const& failure) {
    constexpr std::string_view title = "failed: ";

    // The title takes room of the first line only, so that one is made by itself.
    auto rest        = failure.message;
    auto const first = std::min(rest.size(), Screen::columns - title.size());
    show(screen, "{}{}", title, rest.substr(0, first));
    for (rest.remove_prefix(first); !rest.empty();) {
        auto const size = std::min(rest.size(), Screen::columns);
        screen.write_line(rest.substr(0, size));
        rest.remove_prefix(size);
    }

    if (!failure.file.empty()) {
        show(screen, "  at {}:{}", failure.file, failure.line);
    } else if (failure.address != 0) {
        show(screen, "  called from {:#x}", failure.address);
    }
}
