// Exercise 11.2: `unmap` leaves up to three tables behind, in which nothing is. They must go back.
// All of the chapter's tables.hpp is here: table_at, below, index_of, root ...
#include "exercise.hpp"

namespace exercise {

Number unmap_all(Number page) {
    auto const frame = unmap(page);
    cpu::flush_page(VirtAddr{page});
    return frame;
}

}  // namespace exercise
