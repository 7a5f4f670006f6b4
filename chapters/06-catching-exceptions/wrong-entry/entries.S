// The same as by hand.
#include "../by-hand/entries.S"
