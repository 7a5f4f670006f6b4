// Exercise 9.1: a stack of your own.
#pragma once

// Calls `function` on a stack of 8 KiB that the kernel knows as "mine", with a guard page below it.
void call_on_own_stack(void (*function)());

// Calls `function` on the stack that begins at `stack_top`, a multiple of 16, and grows down. It is there.
extern "C" void call_on(void* stack_top, void (*function)());
