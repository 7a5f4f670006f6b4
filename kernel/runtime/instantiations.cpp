// Templates that libc++'s headers declare as instantiated elsewhere. On other systems "elsewhere" is
// libc++.so; here it is this file. The linker keeps what is used.
//
// Reference: libc++, <string>, <__algorithm/sort.h>: `extern template`.
#include <algorithm>
#include <string>

template class std::basic_string<char>;
template std::string std::operator+
    <char, std::char_traits<char>, std::allocator<char>>(char const*, std::string const&);

namespace std {
inline namespace __pith {

// std::sort of built-in numbers. The header has the parts, and leaves putting them together to the library;
// its __less<Number> is only a name for that, and cannot be called.
template <class Compare, class Iterator>
void __sort(Iterator first, Iterator last, Compare) {
    using Less                   = ranges::less;
    constexpr bool is_branchless = __use_branchless_sort<Less, Iterator>::value;
    Less less;
    std::__introsort<_ClassicAlgPolicy, Less&, Iterator, is_branchless>(first, last, less,
                                                                        2 * __log2i(last - first));
}

template void __sort<__less<char>&, char*>(char*, char*, __less<char>&);
template void __sort<__less<signed char>&, signed char*>(signed char*, signed char*, __less<signed char>&);
template void __sort<__less<unsigned char>&, unsigned char*>(unsigned char*, unsigned char*,
                                                             __less<unsigned char>&);
template void __sort<__less<short>&, short*>(short*, short*, __less<short>&);
template void __sort<__less<unsigned short>&, unsigned short*>(unsigned short*, unsigned short*,
                                                               __less<unsigned short>&);
template void __sort<__less<int>&, int*>(int*, int*, __less<int>&);
template void __sort<__less<unsigned>&, unsigned*>(unsigned*, unsigned*, __less<unsigned>&);
template void __sort<__less<long>&, long*>(long*, long*, __less<long>&);
template void __sort<__less<unsigned long>&, unsigned long*>(unsigned long*, unsigned long*,
                                                             __less<unsigned long>&);
template void __sort<__less<long long>&, long long*>(long long*, long long*, __less<long long>&);
template void __sort<__less<unsigned long long>&, unsigned long long*>(unsigned long long*,
                                                                       unsigned long long*,
                                                                       __less<unsigned long long>&);

}  // namespace __pith
}  // namespace std
