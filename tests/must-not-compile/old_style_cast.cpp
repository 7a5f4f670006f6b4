// error: use of old-style cast [-Werror,-Wold-style-cast]
#include <cstdint>

std::uint8_t test(std::uint32_t value);
std::uint8_t test(std::uint32_t value) {
#ifdef MISTAKE
    return (std::uint8_t)value;
#else
    return static_cast<std::uint8_t>(value);
#endif
}
