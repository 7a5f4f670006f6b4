// What the unordered containers leave to the library: how many buckets they take.
//
// Reference: libc++, <__hash_table>.
#include <cstddef>

namespace {

bool is_prime(std::size_t number) {
    if (number < 4) return number >= 2;
    if (number % 2 == 0 || number % 3 == 0) return false;
    // All other primes are next to a multiple of six.
    for (std::size_t divisor = 5; divisor <= number / divisor; divisor += 6) {
        if (number % divisor == 0 || number % (divisor + 2) == 0) return false;
    }
    return true;
}

}  // namespace

namespace std {
inline namespace __pith {

// The least prime that is not below `number`, but 0 for 0. To look for it takes some square roots of the
// number; the caller, who then moves as many elements, takes longer.
size_t __next_prime(size_t number);
size_t __next_prime(size_t number) {
    if (number == 0) return 0;
    while (!is_prime(number)) ++number;
    return number;
}

}  // namespace __pith
}  // namespace std
