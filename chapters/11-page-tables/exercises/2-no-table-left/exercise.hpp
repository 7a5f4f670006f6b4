// Exercise 11.2: unmapping that gives back the tables which it leaves empty.
#pragma once

#include "../../by-hand/tables.hpp"

namespace exercise {

// As `unmap` of the chapter, and flushes. Tables that are empty without the page go back to the allocator.
Number unmap_all(Number page);

}  // namespace exercise
