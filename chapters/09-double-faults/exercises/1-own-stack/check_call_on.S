// Exercise 9.1: calling a function on another stack, as the chapter's kernel does.
#include "../../no-guard/call_on.S"
