// Each size has the smallest class that holds it: proved here for all sizes, once, and not by everybody who includes the
// header.
#include "heap/size_class.hpp"

namespace pith::heap {

static_assert([] {
    for (std::size_t size = 1; size <= largest_small_block; ++size) {
        auto const found = class_of(size);
        if (block_size(found) < size || (found > 0 && block_size(found - 1) >= size)) return false;
        if (size >= smallest_aligned && block_size(aligned_class_of(size)) != std::bit_ceil(size))
            return false;
    }
    return plain_class_count == 57 && block_size(plain_class_count - 1) == largest_small_block &&
           block_size(class_count - 1) == largest_small_block;
}());

}  // namespace pith::heap
