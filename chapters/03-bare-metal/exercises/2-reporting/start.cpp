// Exercise 3.2: shows a failure. exercise.hpp in the exercise's folder says how.
#include "exercise.hpp"

void report(Screen& screen, pith::Failure const& failure) {
    show(screen, "failed: {}", failure.message);  // and what is longer than a line? And where was it?
}
