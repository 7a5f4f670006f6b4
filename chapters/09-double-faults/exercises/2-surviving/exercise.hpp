// Exercise 9.2: surviving a stack overflow.
#pragma once

// Calls `function`. True if it overflowed the stack; then what it had not finished is given up.
bool overflows(void (*function)());
