// <cstdlib>'s divisions: quotient and remainder together.
#include <cstdlib>

extern "C" {

div_t div(int dividend, int divisor) { return {dividend / divisor, dividend % divisor}; }
ldiv_t ldiv(long dividend, long divisor) { return {dividend / divisor, dividend % divisor}; }
lldiv_t lldiv(long long dividend, long long divisor) { return {dividend / divisor, dividend % divisor}; }
}
