// error: implicit conversion loses integer precision
#include <cstdint>

std::uint8_t test(std::uint32_t value);
std::uint8_t test(std::uint32_t value) {
#ifdef MISTAKE
    return value;
#else
    return static_cast<std::uint8_t>(value);
#endif
}
