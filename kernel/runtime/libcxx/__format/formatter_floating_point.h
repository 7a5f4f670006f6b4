// std::format without floating point, said clearly.
//
// libc++ includes this header by its name; this one stands before it on the include path. Every kernel would
// carry 10 KB of code that prints floats, which here are slow (runtime/soft_float.hpp) and rare; and its
// shortest decimal form of a float is found in libc++'s library, of which the kernel has only the headers.
//
// Formatting a floating-point argument fails to compile, with the message below.
#ifndef _LIBCPP___FORMAT_FORMATTER_FLOATING_POINT_H
#define _LIBCPP___FORMAT_FORMATTER_FLOATING_POINT_H

#include <__config>
#include <__format/buffer.h>
#include <__format/concepts.h>
#include <__format/format_context.h>
#include <__format/format_error.h>
#include <__format/formatter.h>
#include <__format/parser_std_format_spec.h>
#include <__type_traits/is_same.h>

_LIBCPP_BEGIN_NAMESPACE_STD

template <__fmt_char_type _CharT>
struct __formatter_floating_point {
    using __range_context =
        basic_format_context<typename __format::__retarget_buffer<_CharT>::__iterator, _CharT>;

    template <class _ParseContext>
    constexpr typename _ParseContext::iterator parse(_ParseContext& __context) {
        std::__throw_format_error("the kernel does not print floating point");
        return __context.begin();
    }

    // std::format's own code has a case for floating point, which calls this one. It never comes to it.
    template <class _Tp, class _FormatContext>
    typename _FormatContext::iterator format(_Tp const&, _FormatContext& __context) {
        return __context.out();
    }
    // Each argument's type is asked for this one. (Of "{}" nothing is parsed at compile time, so the message
    // of `parse` would not come.) Printing a range asks for it once more, of all types that an argument could
    // have.
    template <class _Tp, class _FormatContext>
    auto format(_Tp const&, _FormatContext& __context) const {
        static_assert(is_same_v<_FormatContext, __range_context>, "the kernel does not print floating point");
        return __context.out();
    }

    __format_spec::__parser<_CharT> __parser_{};  // std::format_string looks at it
};

template <__fmt_char_type _CharT>
struct formatter<float, _CharT> : public __formatter_floating_point<_CharT> {};
template <__fmt_char_type _CharT>
struct formatter<double, _CharT> : public __formatter_floating_point<_CharT> {};
template <__fmt_char_type _CharT>
struct formatter<long double, _CharT> : public __formatter_floating_point<_CharT> {};

_LIBCPP_END_NAMESPACE_STD

#endif
