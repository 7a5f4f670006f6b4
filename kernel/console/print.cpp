#include "console/print.hpp"

#include "base/fixed_text.hpp"

namespace pith::console {

// #region print
void print_formatted(std::string_view format, std::format_args arguments, std::string_view ending) {
    BufferedWriter writer{[](std::string_view piece) {
        the_console.with([piece](Console& console) { console.write(piece); });
    }};
    std::vformat_to(std::back_inserter(writer), format, arguments);
    for (char const character : ending) writer.push_back(character);
}
// #endregion print

bool try_print_formatted(std::string_view format, std::format_args arguments) {
    FixedText<whole_line> text;
    std::vformat_to(std::back_inserter(text), format, arguments);
    return the_console.try_with([&](Console& console) {
        console.write(text.view());
        console.write("\n");
    });
}

}  // namespace pith::console
