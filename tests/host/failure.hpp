// Broken invariants in tests: while `fails` runs something, `fail` throws instead of ending the program.
#pragma once

#include "base/fail.hpp"

#include <string>

namespace pith::testing {

class FailureThrows {
public:
    struct Thrown {
        std::string message;
    };

    FailureThrows() {
        set_failure_handler([](Failure const& failure) { throw Thrown{std::string{failure.message}}; });
    }
    ~FailureThrows() { set_failure_handler(nullptr); }
    FailureThrows(FailureThrows const&)            = delete;
    FailureThrows& operator=(FailureThrows const&) = delete;
};

// Which invariant `action` finds broken; empty if none.
std::string failure_of(auto&& action) {
    FailureThrows const guard;
    try {
        static_cast<void>(action());
        return {};
    } catch (FailureThrows::Thrown const& thrown) {
        return thrown.message;
    }
}

// Whether `action` finds an invariant broken.
bool fails(auto&& action) { return !failure_of(action).empty(); }

}  // namespace pith::testing
