// The kernel with a global object: ./pith run chapters/03-bare-metal/naive/global-object says what is wrong
// with it.
#define MISTAKE
#include "../global_object.cpp"
