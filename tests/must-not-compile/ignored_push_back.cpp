// error: ignoring return value of function declared with 'nodiscard' attribute
#include "base/fixed_vector.hpp"

using namespace pith;

bool test(FixedVector<int, 4>& numbers);
bool test(FixedVector<int, 4>& numbers) {
#ifdef MISTAKE
    numbers.try_push_back(1);
    return true;
#else
    return numbers.try_push_back(1);
#endif
}
