// Templates that libc++'s headers declare as instantiated elsewhere. On other systems "elsewhere" is libc++.so.
#include <string>

template class std::basic_string<char>;
