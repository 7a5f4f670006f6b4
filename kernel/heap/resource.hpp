// Any allocator as a std::pmr::memory_resource: so any container can be given any of them.
//
//   LinkedList list{memory};
//   Resource resource{list};
//   std::pmr::map<int, std::pmr::string> names{&resource};
//
// The kernel's own heap is std::pmr::new_delete_resource(), which locks it; a Resource locks nothing.
//
// Needs:     base (failure); an allocator.
// Promises:  never gives nullptr: without memory it fails, as operator new does.
// Reference: C++ standard, "Class memory_resource", [mem.res.class].
#pragma once

#include "heap/no_memory.hpp"

#include <concepts>
#include <memory_resource>

namespace pith::heap {

template <typename Model>
concept Allocator = requires(Model& allocator, std::size_t size, std::size_t alignment) {
    // nullptr if no memory is left.
    { allocator.allocate(size, alignment) } -> std::same_as<void*>;
};

// Allocators differ in what they have to be told of a block besides.
template <Allocator Allocator>
void free_in(Allocator& allocator, void* block, std::size_t size, std::size_t alignment) {
    if constexpr (requires { allocator.free(block, size, alignment); })
        allocator.free(block, size, alignment);
    else if constexpr (requires { allocator.free(block, size); })
        allocator.free(block, size);
    else
        allocator.free(block);
}

// #region resource
template <Allocator Allocator>
class Resource final : public std::pmr::memory_resource {
public:
    explicit Resource(Allocator& allocator) : allocator_{allocator} {}

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        auto* const block = allocator_.allocate(size, alignment);
        if (block == nullptr) fail_without_memory(size, alignment, __builtin_return_address(0));
        return block;
    }
    void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
        free_in(allocator_, block, size, alignment);
    }
    bool do_is_equal(memory_resource const& other) const noexcept override { return this == &other; }

    Allocator& allocator_;
};
// #endregion resource

}  // namespace pith::heap
