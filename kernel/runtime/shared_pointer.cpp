// What std::shared_ptr leaves to the library: the end of the two counts.
//
// A control block counts owners and observers. Both counts begin at 0 for one; all owners together are one
// observer.
//
// Reference: libc++, <__memory/shared_count.h>.
#include <memory>

namespace std {
inline namespace __pith {

__shared_count::~__shared_count()           = default;
__shared_weak_count::~__shared_weak_count() = default;

// One observer less. The last one takes the control block with it.
void __shared_weak_count::__release_weak() noexcept {
    if (__libcpp_atomic_refcount_decrement(__shared_weak_owners_) == -1) __on_zero_shared_weak();
}

// One owner more, unless the last one is gone.
__shared_weak_count* __shared_weak_count::lock() noexcept {
    if (__libcpp_acquire_load(&__shared_owners_) == -1) return nullptr;
    __libcpp_atomic_refcount_increment(__shared_owners_);
    return this;
}

// To ask for a deleter by its type takes run-time type information.
void const* __shared_weak_count::__get_deleter(type_info const&) const noexcept { return nullptr; }

}  // namespace __pith
}  // namespace std
