// error: ignoring return value of function declared with 'nodiscard' attribute
#include "frames/start.hpp"

using namespace pith;

bool test();
bool test() {
#ifdef MISTAKE
    frames::take<PageSize::kib_4>();
    return true;
#else
    auto frame = frames::take<PageSize::kib_4>();
    if (!frame) return false;
    frames::give(std::move(*frame));
    return true;
#endif
}
