// Which characters std::format's `?` escapes, said of ASCII alone.
//
// libc++ includes this header by its name; this one stands before it on the include path. Without Unicode
// (<__config_site>) libc++ asks of ASCII only, and yet its own header has a table of all Unicode: 3 KB in every kernel.
#ifndef _LIBCPP___FORMAT_ESCAPED_OUTPUT_TABLE_H
#define _LIBCPP___FORMAT_ESCAPED_OUTPUT_TABLE_H

#include <__config>

#ifndef _LIBCPP_HAS_NO_UNICODE
#error "libc++ would ask this header about more than ASCII"
#endif

_LIBCPP_BEGIN_NAMESPACE_STD

namespace __escaped_output_table {

// The control characters. (A space is asked for before.)
[[nodiscard]] constexpr bool __needs_escape(char32_t const __code_point) noexcept {
    return __code_point < 0x20 || __code_point == 0x7f;
}

}  // namespace __escaped_output_table

_LIBCPP_END_NAMESPACE_STD

#endif
