// From the lowest table up: one that is empty goes out of the table above it. A table is given back only
// after the flush; until then the processor may still look into it. (And what it knows of the address where
// the table appeared is wrong, too: so everything is flushed, not only the page.)
#include "exercise.hpp"

#include <algorithm>

namespace exercise {
namespace {

// The table of this level that `page` goes through.
Number table_of(Number page, int level) {
    Number table = root;
    for (int upper = 4; upper > level; --upper) table = below(table, index_of(page, upper));
    return table;
}

bool is_empty(Table const& table) {
    return std::ranges::all_of(table, [](Number entry) { return entry == 0; });
}

}  // namespace

Number unmap_all(Number page) {
    auto const frame = unmap(page);
    std::array<Number, 3> tables{};
    std::size_t count = 0;
    for (int level = 1; level <= 3 && is_empty(table_at(table_of(page, level))); ++level) {
        auto& entry     = table_at(table_of(page, level + 1))[index_of(page, level + 1)];
        tables[count++] = entry & address_bits;
        entry           = 0;
    }
    cpu::flush_all_pages();
    for (std::size_t index = 0; index < count; ++index)
        frames::give(frames::Frame<PageSize::kib_4>::own(PhysAddr{tables[index]}));
    return frame;
}

}  // namespace exercise
