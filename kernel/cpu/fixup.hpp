// Instructions that are allowed to fault.
//
// A load from an address that somebody gave us, or a model-specific register that this processor may not
// have: such an instruction is declared here, with the place where the program goes on should it fault. The
// exception layer looks into the table of these declarations before it gives up.
//
//   .fixups:  | where it may fault | where to go on |   8 bytes an entry, each a distance from its own field
//
// The linker sorts the table (SHF_LINK_ORDER), and the build checks that it is sorted.
//
// Needs:     memory (addresses).
// Promises:  the value, or which exception stood in its way. CR2 is as before: whoever handles a page fault
//            may read carefully, and still find the address of his own.
// Reference: Intel SDM vol. 2 "RDMSR", "WRMSR"; ELF gABI, "SHF_LINK_ORDER".
#pragma once

#include "cpu/control_registers.hpp"
#include "memory/address.hpp"

#include <concepts>
#include <cstdint>
#include <expected>

namespace pith::cpu {

// Why a declared instruction did not run to its end.
class Fault {
public:
    // As the exception layer leaves it in RDI: never 0.
    static constexpr std::uint64_t encode(std::uint8_t vector, std::uint32_t error_code) {
        return (std::uint64_t{1} << 63) | (std::uint64_t{vector} << 32) | error_code;
    }
    constexpr explicit Fault(std::uint64_t encoded) : raw_{encoded} {}

    constexpr std::uint8_t vector() const { return static_cast<std::uint8_t>(raw_ >> 32); }
    constexpr std::uint32_t error_code() const { return static_cast<std::uint32_t>(raw_); }

private:
    std::uint64_t raw_;
};

static_assert(Fault{Fault::encode(14, 2)}.vector() == 14 && Fault{Fault::encode(14, 2)}.error_code() == 2);

// #region declare
// One declared instruction. RDI is 0 after it, or the encoded fault.
#define PITH_MAY_FAULT(instruction)                                                                          \
    "xor edi, edi\n"                                                                                         \
    ".Lmay_fault%=: " instruction "\n"                                                                       \
    ".Lgo_on%=:\n"                                                                                           \
    ".pushsection .fixups, \"ao\", @progbits, .Lmay_fault%=\n"                                               \
    ".long .Lmay_fault%= - .\n"                                                                              \
    ".long .Lgo_on%= - .\n"                                                                                  \
    ".popsection\n"
// #endregion declare

template <typename Value>
concept Loadable = std::unsigned_integral<Value> && sizeof(Value) <= 8;

// #region try-read
// The number at `address`, which need not be mapped.
template <Loadable Value>
std::expected<Value, Fault> try_read(VirtAddr address) {
    Value value = 0;
    std::uint64_t fault;
    auto const address_of_last_fault = read_cr2();
    asm volatile(PITH_MAY_FAULT("mov %0, [%2]")
                 : "+r"(value), "=&D"(fault)
                 : "r"(address.value())
                 : "memory");
    if (fault != 0) {
        write_cr2(address_of_last_fault);
        return std::unexpected{Fault{fault}};
    }
    return value;
}
// #endregion try-read

// Writes `value` to `address`, which need not be mapped or writable.
template <Loadable Value>
std::expected<void, Fault> try_write(VirtAddr address, Value value) {
    std::uint64_t fault;
    auto const address_of_last_fault = read_cr2();
    asm volatile(PITH_MAY_FAULT("mov [%1], %2") : "=&D"(fault) : "r"(address.value()), "r"(value) : "memory");
    if (fault != 0) {
        write_cr2(address_of_last_fault);
        return std::unexpected{Fault{fault}};
    }
    return {};
}

// The model-specific register `number`, which this processor need not have.
inline std::expected<std::uint64_t, Fault> try_read_msr(std::uint32_t number) {
    std::uint32_t low = 0, high = 0;
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT("rdmsr") : "+a"(low), "+d"(high), "=&D"(fault) : "c"(number) : "memory");
    if (fault != 0) return std::unexpected{Fault{fault}};
    return (std::uint64_t{high} << 32) | low;
}

// Writes `value` to the model-specific register `number`, which need not be there, nor take the value.
inline std::expected<void, Fault> try_write_msr(std::uint32_t number, std::uint64_t value) {
    std::uint64_t fault;
    asm volatile(PITH_MAY_FAULT("wrmsr")
                 : "=&D"(fault)
                 : "c"(number), "a"(static_cast<std::uint32_t>(value)),
                   "d"(static_cast<std::uint32_t>(value >> 32))
                 : "memory");
    if (fault != 0) return std::unexpected{Fault{fault}};
    return {};
}

}  // namespace pith::cpu
