// Something that is done many times, and measured: see who includes this for what.
//
// Nothing of a C++ library is in the interface: ours is compiled with the kernel's library, the others and
// Google Benchmark with GCC's.
#pragma once

#include <cstdint>

namespace pith::bench {

class Scenario {
public:
    Scenario()                           = default;
    Scenario(Scenario const&)            = delete;
    Scenario& operator=(Scenario const&) = delete;
    virtual ~Scenario()                  = default;

    // It is done as often as this says.
    virtual std::uint64_t times() const = 0;
    virtual void run()                  = 0;
};

// A value, as something that the compiler knows nothing about.
template <typename Value>
void use(Value& value) {
    asm volatile("" : "+r"(value));
}

}  // namespace pith::bench
