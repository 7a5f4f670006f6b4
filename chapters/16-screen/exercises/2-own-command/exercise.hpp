// The command `stacks [NAME]`: the stacks that the kernel knows.
#pragma once

#include "shell/commands.hpp"

// Without a word: a table with the key "stacks" and a row for each stack of console/stacks.hpp, in the order
// of that list, with the columns "name", "bottom" and "top" (addresses) and "size" (an amount of memory).
// With a name: a table of that one only. If there is none, the answer is an error, a sentence with the name
// in it.
pith::shell::Answer stacks(pith::shell::Arguments const& arguments);
