// error: no matching function for call to 'make_table'
// error: to 'Small' (aka 'Frame<PageSize::kib_4>') for 1st argument
#include "frames/frame.hpp"

using namespace pith;
using Small = frames::Frame<PageSize::kib_4>;
using Large = frames::Frame<PageSize::mib_2>;

static void make_table(Small frame) { static_cast<void>(std::move(frame).disown()); }

void test(Small small, Large large);
void test(Small small, Large large) {
#ifdef MISTAKE
    make_table(std::move(large));
#else
    static_cast<void>(std::move(large).disown());
#endif
    make_table(std::move(small));
}
