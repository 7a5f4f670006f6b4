// error: no matching constructor for initialization of 'Page<PageSize::kib_4>'
#include "memory/page.hpp"

using namespace pith;

Page<PageSize::kib_4> test();
Page<PageSize::kib_4> test() {
#ifdef MISTAKE
    return Page<PageSize::kib_4>{0x1000};
#else
    return Page<PageSize::kib_4>{VirtAddr{0x1000}};
#endif
}
