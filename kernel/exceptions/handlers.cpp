#include "exceptions/handlers.hpp"

#include "base/sealed.hpp"
#include "boot/image.hpp"

#include <array>

namespace pith::exceptions {
namespace {

Resolution nobody(ExceptionFrame&) { return Resolution::not_mine; }

PITH_PAGE_FAULT_RESOLVER Resolution no_resolver(PageFault const&) { return Resolution::not_mine; }

consteval auto all_nobody() {
    std::array<InterruptHandler, vector_count> table{};
    table.fill(nobody);
    return table;
}

}  // namespace
}  // namespace pith::exceptions

// #region table
// stubs.S knows these by name.
extern "C" {
PITH_SEALED constinit std::array<pith::exceptions::InterruptHandler, pith::exceptions::vector_count>
    exception_handlers = pith::exceptions::all_nobody();
PITH_SEALED constinit pith::exceptions::PageFaultResolver page_fault_resolver = pith::exceptions::no_resolver;
}
// #endregion table

namespace pith::exceptions {
namespace {

void require_open() {
    require_unsealed("the table of handlers is sealed: handlers are set while the kernel starts");
}

void store(std::uint8_t vector, InterruptHandler handler) {
    require_open();
    exception_handlers[vector] = handler;
}

void store_resolver(PageFaultResolver resolver) {
    require_open();
    page_fault_resolver = resolver;
}

}  // namespace

// #region store
void detail::store_handler(std::uint8_t vector, AnyHandler handler) {
    // SAFETY: because only the stubs call it, with the registers that its type expects.
    store(vector, reinterpret_cast<InterruptHandler>(handler));
}
// #endregion store

void set_interrupt_handler(std::uint8_t vector, InterruptHandler handler) {
    require(vector >= first_interrupt, "vectors below 32 are exceptions: set_handler knows their types");
    store(vector, handler);
}

void clear_handler(Vector vector) { store(static_cast<std::uint8_t>(vector), nobody); }

Handler<Vector::double_fault> double_fault_handler() {
    auto const handler = exception_handlers[static_cast<std::size_t>(Vector::double_fault)];
    auto const address = VirtAddr::checked(std::bit_cast<std::uint64_t>(handler));
    if (handler == nobody || !address || !boot::is_in_text(*address)) return nullptr;
    // SAFETY: because store_handler put it there by this type.
    return reinterpret_cast<Handler<Vector::double_fault>>(reinterpret_cast<detail::AnyHandler>(handler));
}

void set_page_fault_resolver(PageFaultResolver resolver) { store_resolver(resolver); }
void clear_page_fault_resolver() { store_resolver(no_resolver); }

}  // namespace pith::exceptions
