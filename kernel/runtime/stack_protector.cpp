#include "runtime/stack_protector.hpp"

#include "base/fail.hpp"
#include "base/sealed.hpp"
#include "cpu/random.hpp"

// The names are the compiler's.
extern "C" {
PITH_SEALED constinit std::uintptr_t __stack_chk_guard = 0x7265'6461'6572'0000;

[[noreturn]] void __stack_chk_fail() {
    pith::fail({.message = "stack smashing: a function wrote past the end of its own array",
                .file    = {},
                .address = std::bit_cast<std::uintptr_t>(__builtin_return_address(0))});
}
}

namespace pith::runtime {

[[gnu::no_stack_protector]] void choose_stack_guard() {
    __stack_chk_guard = cpu::random_number() & ~std::uintptr_t{0xff};
}

}  // namespace pith::runtime
