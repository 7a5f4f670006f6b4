// A test for each thing that the rules say.
#include "exercise.hpp"

#include <algorithm>
#include <array>

namespace {

struct Case {
    std::string_view name, command_line;
    std::optional<std::string_view> value;
};

constexpr std::array cases{
    Case{"test", "test=a", "a"},                       // the only word
    Case{"test", "test=a quiet", "a"},                 // the first
    Case{"test", "quiet test=a", "a"},                 // the last
    Case{"test", "quiet test=a loud", "a"},            // one in the middle
    Case{"test", "  quiet   test=a  ", "a"},           // between many blanks
    Case{"test", "testing=b test=a", "a"},             // behind one that begins so
    Case{"test", "mytest=b test=a", "a"},              // behind one that ends so
    Case{"test", "testing=b mytest=c", std::nullopt},  // only such
    Case{"test", "quiet=test test", std::nullopt},     // without a value
    Case{"test", "test test=a", "a"},                  // behind one without a value
    Case{"test", "test= quiet", ""},                   // an empty value
    Case{"test", "test=a=b", "a=b"},                   // a value with "="
    Case{"test", "x=test=b test=a", "a"},              // its name inside a value
    Case{"test", "test=a test=b", "a"},                // twice
    Case{"test", "Test=b", std::nullopt},              // in other letters
    Case{"test", "", std::nullopt},                    // nothing
};

}  // namespace

bool is_right(FindValue find) {
    return std::ranges::all_of(
        cases, [&](Case const& one) { return find(one.name, one.command_line) == one.value; });
}
