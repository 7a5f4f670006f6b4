// What std::format's `?` asks of a character's place in a cluster, said of ASCII alone.
//
// As escaped_output_table.h beside it: libc++'s own header has a table of all Unicode, 6 KB in every kernel.
#ifndef _LIBCPP___FORMAT_EXTENDED_GRAPHEME_CLUSTER_TABLE_H
#define _LIBCPP___FORMAT_EXTENDED_GRAPHEME_CLUSTER_TABLE_H

#include <__config>

#ifndef _LIBCPP_HAS_NO_UNICODE
#error "libc++ would ask this header about more than ASCII"
#endif

_LIBCPP_BEGIN_NAMESPACE_STD

namespace __extended_grapheme_custer_property_boundary {

enum class __property : unsigned char { __Extend, __none };

// No character of ASCII extends the one before it.
[[nodiscard]] constexpr __property __get_property(char32_t) noexcept { return __property::__none; }

}  // namespace __extended_grapheme_custer_property_boundary

_LIBCPP_END_NAMESPACE_STD

#endif
