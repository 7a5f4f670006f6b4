// The heap in checking mode, for this kernel. What is defined here takes the place of the layer's operator
// new and delete, since the linker takes a library's file only for what is still missing.
// NOLINTBEGIN(bugprone-suspicious-include): the build of a folder knows no other way to choose
#include "heap/checked/new_delete.cpp"
#include "heap/checked/start.cpp"
#include "heap/checked/watch.cpp"
// NOLINTEND(bugprone-suspicious-include)
