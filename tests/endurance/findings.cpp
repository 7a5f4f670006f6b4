#include "findings.hpp"

#include "console/print.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <span>

namespace pith::endurance {
namespace {

struct Finding {
    std::string_view what;
    std::uint64_t is, should_be;
};
constinit std::array<Finding, 16> findings{};
constinit std::atomic<unsigned> count = 0;

}  // namespace

void find(std::string_view what, std::uint64_t is, std::uint64_t should_be) {
    auto const place = count++;
    if (place < findings.size()) findings[place] = {.what = what, .is = is, .should_be = should_be};
}

bool is_anything_found() { return count != 0; }

void print_findings() {
    auto const kept = std::min<std::size_t>(count, findings.size());
    for (auto const& [what, is, should_be] : std::span{findings}.first(kept))
        console::println("found: {}: is {:#x}, and should be {:#x}", what, is, should_be);
    if (count > kept) console::println("found: {} more", count - kept);
}

}  // namespace pith::endurance
