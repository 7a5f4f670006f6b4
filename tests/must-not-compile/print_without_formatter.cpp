// error: the supplied type is not formattable
#include "console/print.hpp"

using namespace pith;

namespace {

struct Point {
    int x, y;
};

}  // namespace

void test();
void test() {
    Point const point{1, 2};
#ifdef MISTAKE
    console::println("{}", point);
#else
    console::println("{} {}", point.x, point.y);
#endif
}
