#include "seen_faults.hpp"

#include "cpu/control_registers.hpp"
#include "cpu/fixup.hpp"
#include "exceptions/handlers.hpp"
#include "own_map.hpp"
#include "paging/seal.hpp"
#include "testing/test.hpp"

#include <optional>

namespace pith::tests {
namespace {

using exceptions::PageFaultError;
using exceptions::Resolution;
using exceptions::Vector;
using testing::check;
using testing::check_equal;

struct Fault {
    std::uint64_t address, error_code;
};
constinit std::optional<Fault> last_fault;

// A declared access goes on by its fix-up. A call into what is not code goes back to its caller.
Resolution remember(exceptions::ExceptionFrame& frame, PageFaultError error) {
    last_fault = Fault{.address = cpu::read_cr2(), .error_code = error.raw()};
    if (frame.rip != cpu::read_cr2()) return Resolution::not_mine;
    frame.rip = cpu::try_read<std::uint64_t>(VirtAddr{frame.rsp}).value_or(0);
    frame.rsp += 8;
    return Resolution::resumed;
}

void check_fault(std::uint64_t address, std::uint64_t error_code, std::source_location where) {
    check(last_fault.has_value(), where);
    if (!last_fault) return;
    check_equal(last_fault->address, address, where);
    check_equal(last_fault->error_code, error_code, where);
}

}  // namespace

void check_read_faults(VirtAddr address, std::uint64_t error_code, std::source_location where) {
    last_fault.reset();
    check(!cpu::try_read<std::uint8_t>(address).has_value(), where);
    check_fault(address.value(), error_code, where);
}

void check_write_faults(VirtAddr address, std::uint64_t error_code, std::source_location where) {
    last_fault.reset();
    check(!cpu::try_write<std::uint8_t>(address, 0).has_value(), where);
    check_fault(address.value(), error_code, where);
}

// (What the compiler looks for before a call is not there.)
[[clang::no_sanitize("kcfi")]] void check_call_faults(VirtAddr address, std::uint64_t error_code,
                                                      std::source_location where) {
    last_fault.reset();
    // SAFETY: because the call faults, and `remember` returns from it.
    reinterpret_cast<void (*)()>(address.value())();
    check_fault(address.value(), error_code, where);
}

void begin_to_see_faults() {
    move_into_own_map();
    exceptions::set_handler<Vector::page_fault>(remember);
    paging::seal();
}

void end_seeing_faults() {
    paging::unseal();
    exceptions::clear_handler(Vector::page_fault);
}

}  // namespace pith::tests
