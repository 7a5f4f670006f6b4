#include "input/ps2_controller.hpp"

namespace pith::input {

std::string_view explain(Ps2Problem problem) {
    switch (problem) {
        case Ps2Problem::no_controller:    return "this machine has no keyboard controller";
        case Ps2Problem::stuck:            return "the keyboard controller does not answer";
        case Ps2Problem::self_test_failed: return "the keyboard controller says that it is broken";
        case Ps2Problem::port_test_failed:
            return "the keyboard controller says that the keyboard's line is broken";
        case Ps2Problem::no_keyboard: return "there is no keyboard";
    }
    return "unknown problem";
}

}  // namespace pith::input
