#include "console/print.hpp"

namespace pith::console {

void print_formatted(std::string_view format, std::format_args arguments, std::string_view ending) {
    BufferedWriter writer{[](std::string_view piece) {
        the_console.with([piece](Console& console) { console.write(piece); });
    }};
    std::vformat_to(std::back_inserter(writer), format, arguments);
    for (char const character : ending) writer.push_back(character);
}

}  // namespace pith::console
