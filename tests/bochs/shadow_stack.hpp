// A shadow stack for the kernel, for as long as this lives: one page that only calls and returns may write
// to.
//
//   page end  +-----------------+
//             | zeros           |  no token, and no frame of a far call
//   token()   | token: token()  |  SETSSBSY finds it, marks it and begins to push below it
//             | ...             |
//   page      +-----------------+
//
// Reference: Intel SDM vol. 1 "Supervisor Shadow Stack Token"; vol. 3A "Page-Fault Exceptions and Shadow
//            Stacks".
#pragma once

#include "boot/boot_map.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/fixup.hpp"
#include "memory/layout.hpp"
#include "testing/test.hpp"

#include <array>

// boot/page_tables.S: one entry a page of the kernel's first 4 MiB.
extern "C" std::array<std::uint64_t, 2 * 512> kernel_tables;

namespace pith::tests {

class ShadowStack {
public:
    ShadowStack() {
        page.fill(0);
        page[token_index] = token();
        entry() &= ~writable;
        entry() |= dirty;
        cpu::flush_page(VirtAddr{page.data()});
        testing::check(cpu::try_write_msr(privilege_0_pointer, token()).has_value());
    }
    ~ShadowStack() {
        testing::check(cpu::try_write_msr(privilege_0_pointer, 0).has_value());
        boot::forbid_page(VirtAddr{page.data()});
        boot::allow_page(VirtAddr{page.data()});
    }
    ShadowStack(ShadowStack const&)            = delete;
    ShadowStack& operator=(ShadowStack const&) = delete;

    std::uint64_t token() const { return VirtAddr{&page[token_index]}.value(); }
    std::uint64_t no_token() const { return VirtAddr{&page.back()}.value(); }

private:
    static constexpr std::uint32_t privilege_0_pointer = 0x6a4;  // IA32_PL0_SSP
    static constexpr std::size_t token_index           = 500;
    // Not writable and yet dirty: what no ordinary page is.
    static constexpr std::uint64_t writable = 1U << 1, dirty = 1U << 6;

    static std::uint64_t& entry() {
        return kernel_tables[(VirtAddr{page.data()} - layout::kernel_start) / sizeof page];
    }

    alignas(4096) static constinit inline std::array<std::uint64_t, 512> page{};
};

}  // namespace pith::tests
