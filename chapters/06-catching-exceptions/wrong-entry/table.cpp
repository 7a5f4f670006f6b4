// The same as by hand.
// NOLINTNEXTLINE(bugprone-suspicious-include): the same source, in another kernel
#include "../by-hand/table.cpp"
