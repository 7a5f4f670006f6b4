# The warnings that the whole tree is built with. All are errors.
add_library(pith_warnings INTERFACE)
target_compile_options(pith_warnings INTERFACE
    -Werror -Wall -Wextra -Wconversion -Wshadow -Wold-style-cast
    -Wcast-align -Wimplicit-fallthrough -Wmissing-declarations -Wnon-virtual-dtor -Wundef
    -Wthread-safety -Wthread-safety-beta
)
# What is ours also keeps out of raw buffers, and runs nothing before its entry point.
add_library(pith_strict INTERFACE)
target_compile_options(pith_strict INTERFACE
    -Wunsafe-buffer-usage -Wglobal-constructors -Wexit-time-destructors
)
target_link_libraries(pith_strict INTERFACE pith_warnings)
