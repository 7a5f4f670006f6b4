// Handlers: who is asked when an exception arrives.
//
// A handler's type follows from its vector: with an error code it gets that as a typed value, and for an
// abort it returns Never, a type without values, so that it cannot return at all.
//
//   set_handler<Vector::breakpoint>([](ExceptionFrame& frame) { ...; return Resolution::resumed; });
//   set_handler<Vector::page_fault>([](ExceptionFrame& frame, PageFaultError error) { ... });
//
// Needs:     frame, error_code, vector.
// Promises:  once all is sealed (base/sealed.hpp), no handler is set or cleared, and who tries it fails;
//            what nobody resumes is looked up among the declared instructions (cpu/fixup.hpp), and panics
//            with an explanation if it is not one of them.
#pragma once

#include "exceptions/error_code.hpp"
#include "exceptions/frame.hpp"
#include "exceptions/vector.hpp"

namespace pith::exceptions {

// #region resolution
// What a handler says at its end. Assembly tests for 0.
enum class Resolution : std::uint8_t {
    resumed  = 0,  // the interrupted program goes on
    not_mine = 1,  // somebody else must know what to do
};

// There is no value of this type: a function that returns it does not return.
class Never {
public:
    Never() = delete;
};
// #endregion resolution

namespace detail {

// #region types
template <Vector vector>
struct ErrorOf {
    using Type = OtherError;
};
template <Vector vector>
    requires(has_selector_error(vector))
struct ErrorOf<vector> {
    using Type = SelectorError;
};
template <>
struct ErrorOf<Vector::page_fault> {
    using Type = PageFaultError;
};
template <>
struct ErrorOf<Vector::control_protection> {
    using Type = ControlProtectionError;
};

template <Vector vector>
struct HandlerOf {
    using Result = std::conditional_t<is_abort(vector), Never, Resolution>;
    using Type   = Result (*)(ExceptionFrame&);
};
template <Vector vector>
    requires(has_error_code(vector))
struct HandlerOf<vector> {
    using Result = std::conditional_t<is_abort(vector), Never, Resolution>;
    using Type   = Result (*)(ExceptionFrame&, typename ErrorOf<vector>::Type);
};
// #endregion types

// A handler of any vector. The stubs call it with the frame and, if the vector has one, the error code in registers,
// which fits all types of handlers: a class that holds one number is passed as that number (System V ABI for AMD64).
using AnyHandler = void (*)();

void store_handler(std::uint8_t vector, AnyHandler handler);

}  // namespace detail

// #region set-handler
template <Vector vector>
using Handler = typename detail::HandlerOf<vector>::Type;

// From now on `handler` is asked first when `vector` arrives.
template <Vector vector>
void set_handler(Handler<vector> handler) {
    // SAFETY: because only the stubs call it, with the registers that its type expects.
    detail::store_handler(static_cast<std::uint8_t>(vector), reinterpret_cast<detail::AnyHandler>(handler));
}
// #endregion set-handler

// The same for the vectors that are not exceptions. Fails if `vector` is one.
using InterruptHandler = Resolution (*)(ExceptionFrame&);
void set_interrupt_handler(std::uint8_t vector, InterruptHandler handler);

// Forgets what was set: nobody is asked.
void clear_handler(Vector vector);

// Who was set for double faults, if anybody, and if that is still code of ours: on the way there nothing is
// trusted.
Handler<Vector::double_fault> double_fault_handler();

// #region resolver
// A page fault as the fast path sees it: what lies on the stack before a full frame is built.
struct PageFault {
    std::uint64_t rdi, rax;  // the interrupted program's
    PageFaultError error;
    std::uint64_t rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(PageFault) == 64);

// Who maps pages on demand. It is asked before the page fault's handler, for faults of the kernel itself, and
// must keep every register: that makes it fast, and is what the attribute is for. The address is in CR2.
#define PITH_PAGE_FAULT_RESOLVER __attribute__((no_caller_saved_registers))
using PageFaultResolver = Resolution(PITH_PAGE_FAULT_RESOLVER*)(PageFault const&);
void set_page_fault_resolver(PageFaultResolver resolver);
void clear_page_fault_resolver();
// #endregion resolver

}  // namespace pith::exceptions
