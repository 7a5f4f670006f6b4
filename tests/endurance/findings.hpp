// What was found wrong. Anybody may say so, also a handler that has interrupted anything: it is kept, and
// printed at the end of the minute.
#pragma once

#include <cstdint>
#include <string_view>

namespace pith::endurance {

void find(std::string_view what, std::uint64_t is, std::uint64_t should_be);

template <typename Number>
void expect_equal(std::string_view what, Number is, Number should_be) {
    if (is != should_be) find(what, static_cast<std::uint64_t>(is), static_cast<std::uint64_t>(should_be));
}
inline void expect(std::string_view what, bool holds) { expect_equal(what, unsigned{holds}, 1U); }

bool is_anything_found();
void print_findings();

}  // namespace pith::endurance
