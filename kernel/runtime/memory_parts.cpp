// What <memory> and <new> leave to the library.
//
// Reference: C++ standard, "Pointer alignment", [ptr.align].
#include <bit>
#include <cstdint>
#include <memory>
#include <new>

namespace std {

// The argument that chooses the forms of operator new which may return null.
nothrow_t const nothrow{};

inline namespace __pith {

// The first place in `space` bytes from `place` on that is aligned and has room for `size`; both then begin
// there.
void* align(size_t alignment, size_t size, void*& place, size_t& space) {
    auto const skipped = -std::bit_cast<std::uintptr_t>(place) & (alignment - 1);
    if (size > space || skipped > space - size) return nullptr;
    space -= skipped;
    // SAFETY: because what is skipped lies within the space.
#pragma clang unsafe_buffer_usage begin
    return place = static_cast<std::byte*>(place) + skipped;
#pragma clang unsafe_buffer_usage end
}

}  // namespace __pith
}  // namespace std
