// error: reinterpret_cast from 'PhysAddr' to 'const std::byte *' is not allowed
#include "memory/physical_window.hpp"

using namespace pith;

std::byte test(PhysAddr address, PhysicalWindow const& memory);
std::byte test(PhysAddr address, PhysicalWindow const& memory) {
#ifdef MISTAKE
    static_cast<void>(memory);
    return *reinterpret_cast<std::byte const*>(address);
#else
    return memory.at(address, 1).value().front();
#endif
}
