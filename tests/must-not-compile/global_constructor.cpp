// error: declaration requires a global constructor [-Werror,-Wglobal-constructors]
#include "memory/address.hpp"

using namespace pith;

std::uint64_t read_port();

#ifdef MISTAKE
static PhysAddr const start{read_port()};
#else
static constinit PhysAddr const start{0x1000};
#endif

PhysAddr test();
PhysAddr test() { return start; }
