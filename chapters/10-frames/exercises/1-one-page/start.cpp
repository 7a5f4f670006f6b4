// Exercise 10.1: this asks only whether one area has the whole page.
#include "exercise.hpp"

namespace exercise {

bool may_be_given_out(std::span<MemoryArea const> areas, std::uint64_t page) {
    for (auto const& area : areas) {
        if (area.kind == MemoryKind::usable && area.start <= page && page + 4096 <= area.start + area.size)
            return true;
    }
    return false;
}

}  // namespace exercise
