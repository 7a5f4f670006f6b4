// Memory that is cleared before it is freed, for whoever keeps something there that nobody else should find.
//
//   ClearingResource clearing;
//   std::pmr::string password{&clearing};      also what it leaves behind when it grows is cleared
//
// (A short string stands in the object itself, and that is not cleared.)
//
// Needs:     whatever memory_resource it stands before: the kernel's heap if none is named.
// Promises:  when a block goes back, all its bytes are 0. Who does not ask pays nothing.
// Reference: C++ standard, "Class memory_resource", [mem.res.class].
#pragma once

#include <cstring>
#include <memory_resource>

namespace pith::heap {

// #region clearing
class ClearingResource final : public std::pmr::memory_resource {
public:
    explicit ClearingResource(std::pmr::memory_resource& upstream = *std::pmr::new_delete_resource())
        : upstream_{upstream} {}

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        return upstream_.allocate(size, alignment);
    }
    void do_deallocate(void* block, std::size_t size, std::size_t alignment) override {
        // Called as a volatile pointer says: a compiler that knew what follows would leave it out.
        static constinit void* (*const volatile clear)(void*, int, std::size_t) = std::memset;
        clear(block, 0, size);
        upstream_.deallocate(block, size, alignment);
    }
    bool do_is_equal(memory_resource const& other) const noexcept override { return this == &other; }

    std::pmr::memory_resource& upstream_;
};
// #endregion clearing

}  // namespace pith::heap
