// error: no viable conversion from returned value of type 'PhysAddr'
#include "memory/address.hpp"

using namespace pith;

std::uint64_t test(PhysAddr address);
std::uint64_t test(PhysAddr address) {
#ifdef MISTAKE
    return address;
#else
    return address.value();
#endif
}
