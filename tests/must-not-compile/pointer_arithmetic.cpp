// error: unsafe pointer arithmetic [-Werror,-Wunsafe-buffer-usage]
#include <span>

#ifdef MISTAKE
int test(int const* numbers);
int test(int const* numbers) { return *(numbers + 1); }
#else
int test(std::span<int const> numbers);
int test(std::span<int const> numbers) { return numbers[1]; }
#endif
