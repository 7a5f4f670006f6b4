// Making read-only what is written while the kernel starts, and never again (base/sealed.hpp).
//
// Needs:     kernel_map.
// Promises:  what is sealed has no other name by which it could be written: the image is not in the direct map.
#pragma once

namespace pith::paging {

// Does nothing if it is sealed already.
void seal();

// The opposite. Who needs it for a moment says `Unsealed const guard;`.
void unseal();

// While it lives, what was sealed can be written: for the few that change a table later, on purpose. Where
// nothing was sealed, it does nothing.
class [[nodiscard]] Unsealed {
public:
    Unsealed();
    ~Unsealed();
    Unsealed(Unsealed const&)            = delete;
    Unsealed& operator=(Unsealed const&) = delete;

private:
    bool was_sealed_;
};

}  // namespace pith::paging
