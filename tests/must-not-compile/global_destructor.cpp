// error: declaration requires a global destructor [-Werror,-Wglobal-constructors]
#include <cstdint>

namespace {

struct Port {
    std::uint16_t number;
#ifdef MISTAKE
    ~Port();
#endif
};

constinit Port port{0x80};

}  // namespace

std::uint16_t test();
std::uint16_t test() { return port.number; }
