# The developer's machine, with the same compiler and the same C++ library as the kernel.
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_ASM_COMPILER clang-19)
