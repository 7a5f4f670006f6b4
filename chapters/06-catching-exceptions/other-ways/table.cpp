// The same as by hand.
#include "../by-hand/table.cpp"
