// Broken invariants in tests: while `fails` runs something, `fail` throws instead of ending the program.
#pragma once

#include "base/fail.hpp"

namespace pith::testing {

class FailureThrows {
public:
    struct Thrown {};

    FailureThrows() {
        set_failure_handler([](Failure const&) { throw Thrown{}; });
    }
    ~FailureThrows() { set_failure_handler(nullptr); }
    FailureThrows(FailureThrows const&)            = delete;
    FailureThrows& operator=(FailureThrows const&) = delete;
};

// Whether `action` finds an invariant broken.
bool fails(auto&& action) {
    FailureThrows const guard;
    try {
        static_cast<void>(action());
        return false;
    } catch (FailureThrows::Thrown const&) {
        return true;
    }
}

}  // namespace pith::testing
