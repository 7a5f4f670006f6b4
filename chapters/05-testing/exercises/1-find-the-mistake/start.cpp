// Exercise 5.1: tests for a function that finds NAME=VALUE in a command line. One test is not enough.
#include "exercise.hpp"

bool is_right(FindValue find) { return find("test", "quiet test=console.prints") == "console.prints"; }
