// Error codes, gates and names: what of exceptions needs no machine.
#include "exceptions/decode.hpp"
#include "exceptions/gate.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/segments.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace pith::exceptions {
namespace {

std::string decoded(Vector vector, std::uint64_t code) {
    std::string text;
    decode(vector, code, std::back_inserter(text));
    return text;
}

std::string decoded_status(std::uint64_t dr6) {
    std::string text;
    decode_debug_status(dr6, std::back_inserter(text));
    return text;
}

TEST(PageFaultErrors, say_each_bit) {
    EXPECT_EQ(decoded(Vector::page_fault, 0x0), "not present, read, kernel");
    EXPECT_EQ(decoded(Vector::page_fault, 0x1), "present, read, kernel");
    EXPECT_EQ(decoded(Vector::page_fault, 0x2), "not present, write, kernel");
    EXPECT_EQ(decoded(Vector::page_fault, 0x4), "not present, read, user");
    EXPECT_EQ(decoded(Vector::page_fault, 0x9), "present, read, kernel, reserved bit");
    EXPECT_EQ(decoded(Vector::page_fault, 0x11), "present, instruction fetch, kernel");
    EXPECT_EQ(decoded(Vector::page_fault, 0x25), "present, read, user, protection key");
    EXPECT_EQ(decoded(Vector::page_fault, 0x47), "present, write, user, shadow stack");
    EXPECT_EQ(decoded(Vector::page_fault, 0x8005), "present, read, user, SGX");
}

TEST(PageFaultErrors, keep_what_is_not_known_yet) {
    EXPECT_EQ(decoded(Vector::page_fault, 0x1'0001), "present, read, kernel, unknown bits 0x10000");
    EXPECT_EQ(
        decoded(Vector::page_fault, ~std::uint64_t{0}),
        "present, instruction fetch, user, reserved bit, protection key, shadow stack, SGX, unknown bits "
        "0xffffffffffff7f80");
}

TEST(PageFaultErrors, give_the_reason) {
    EXPECT_EQ(reason_of(PageFaultError{0x0}), "no page is mapped there");
    EXPECT_EQ(reason_of(PageFaultError{0x3}), "the page must not be written");
    EXPECT_EQ(reason_of(PageFaultError{0x11}), "the page must not be executed");
    EXPECT_EQ(reason_of(PageFaultError{0x5}), "the page belongs to somebody else");
    EXPECT_EQ(reason_of(PageFaultError{0x9}), "a reserved bit is set in a page table");
    EXPECT_EQ(reason_of(PageFaultError{0x21}), "the page's protection key forbids it");
    EXPECT_EQ(verb_of(PageFaultError{0x10}), "execute");
    EXPECT_EQ(verb_of(PageFaultError{0x2}), "write to");
    EXPECT_EQ(verb_of(PageFaultError{0x0}), "read from");
}

TEST(SelectorErrors, name_the_table_and_the_entry) {
    EXPECT_EQ(decoded(Vector::general_protection, 0), "no selector");
    EXPECT_EQ(decoded(Vector::general_protection, 1), "no selector, external");
    EXPECT_EQ(decoded(Vector::general_protection, 0x18), "GDT entry 3");
    EXPECT_EQ(decoded(Vector::segment_not_present, 0x90 * 8 + 2), "IDT entry 144");
    EXPECT_EQ(decoded(Vector::segment_not_present, 0x90 * 8 + 3), "IDT entry 144, external");
    EXPECT_EQ(decoded(Vector::stack_segment, 0x2c), "LDT entry 5");
    EXPECT_EQ(decoded(Vector::invalid_tss, 0xfff8), "GDT entry 8191");
}

TEST(ControlProtectionErrors, give_the_reason) {
    EXPECT_EQ(decoded(Vector::control_protection, 3), "an indirect branch does not lead to an ENDBR");
    EXPECT_EQ(decoded(Vector::control_protection, 0x8001),
              "a return does not match the shadow stack, in an enclave");
    EXPECT_EQ(decoded(Vector::control_protection, 77), "for an unknown reason");
}

TEST(OtherErrors, say_that_there_is_nothing_to_say) {
    EXPECT_EQ(decoded(Vector::alignment_check, 0), "no details");
    EXPECT_EQ(decoded(Vector::double_fault, 0), "no details");
    EXPECT_EQ(decoded(Vector::security, 5), "reserved");
}

TEST(DebugStatus, says_what_raised_it) {
    constexpr std::uint64_t at_rest = 0xffff'0ff0, bus_lock = 1U << 11, transaction = 1U << 16;
    EXPECT_EQ(decoded_status(at_rest), "an INT1 instruction");
    EXPECT_EQ(decoded_status(at_rest | 0x1), "breakpoint 0");
    EXPECT_EQ(decoded_status(at_rest | 0xa), "breakpoint 1, breakpoint 3");
    EXPECT_EQ(decoded_status(at_rest | 1U << 14), "single step");
    EXPECT_EQ(decoded_status(at_rest | (1U << 13) | (1U << 14) | (1U << 15) | 4),
              "breakpoint 2, debug register access, single step, task switch");
    EXPECT_EQ(decoded_status(at_rest & ~bus_lock), "bus lock");
    EXPECT_EQ(decoded_status((at_rest | 1) & ~transaction), "breakpoint 0, inside a transaction");
}

TEST(DebugStatus, knows_breakpoints_on_instructions) {
    EXPECT_TRUE(is_instruction_breakpoint(1, 0x1));
    EXPECT_FALSE(is_instruction_breakpoint(1, 0x1'0001));      // breakpoint 0: on writing
    EXPECT_TRUE(is_instruction_breakpoint(4, 0x0011'0000));    // breakpoint 2
    EXPECT_FALSE(is_instruction_breakpoint(1U << 14, 0x400));  // single step
}

TEST(Vectors, have_names_of_their_own) {
    std::set<std::string_view> names;
    for (unsigned number = 0; number < first_interrupt; ++number) {
        names.insert(name_of(static_cast<Vector>(number)));
    }
    EXPECT_EQ(names.size(), first_interrupt);
    for (unsigned number = first_interrupt; number < vector_count; ++number) {
        EXPECT_EQ(name_of(static_cast<Vector>(number)), "interrupt");
        EXPECT_FALSE(has_error_code(static_cast<Vector>(number)));
    }
    EXPECT_EQ(mnemonic_of(Vector::page_fault), "#PF");
    EXPECT_EQ(mnemonic_of(Vector::nmi), "NMI");
}

TEST(Vectors, have_an_error_code_as_the_manuals_say) {
    std::set<unsigned> with_code;
    for (unsigned number = 0; number < vector_count; ++number) {
        if (has_error_code(static_cast<Vector>(number))) with_code.insert(number);
    }
    EXPECT_EQ(with_code, (std::set<unsigned>{8, 10, 11, 12, 13, 14, 17, 21, 29, 30}));
}

TEST(Handlers, follow_from_the_vector) {
    static_assert(std::is_same_v<Handler<Vector::breakpoint>, Resolution (*)(ExceptionFrame&)>);
    static_assert(
        std::is_same_v<Handler<Vector::page_fault>, Resolution (*)(ExceptionFrame&, PageFaultError)>);
    static_assert(
        std::is_same_v<Handler<Vector::general_protection>, Resolution (*)(ExceptionFrame&, SelectorError)>);
    static_assert(
        std::is_same_v<Handler<Vector::alignment_check>, Resolution (*)(ExceptionFrame&, OtherError)>);
    static_assert(std::is_same_v<Handler<Vector::double_fault>, Never (*)(ExceptionFrame&, OtherError)>);
    static_assert(!std::is_default_constructible_v<Never>);
}

TEST(Gates, keep_what_they_are_made_of) {
    for (auto const entry :
         {std::uint64_t{0}, std::uint64_t{0x1234'5678}, std::uint64_t{0xffff'ffff'8012'3456}}) {
        for (unsigned stack = 0; stack < 5; ++stack) {
            for (unsigned privilege = 0; privilege < 4; ++privilege) {
                auto const gate =
                    Gate::interrupt(VirtAddr{entry}, static_cast<InterruptStack>(stack), privilege);
                EXPECT_TRUE(gate.is_present());
                EXPECT_EQ(gate.entry().value(), entry);
                EXPECT_EQ(static_cast<unsigned>(gate.stack()), stack);
                EXPECT_EQ(gate.privilege(), privilege);
            }
        }
    }
    EXPECT_FALSE(Gate{}.is_present());
}

// The sanitizer watches: its numbers lie at odd multiples of 4.
TEST(TaskStates, hold_stacks_where_the_processor_looks) {
    TaskState state;
    state.set_kernel_stack(VirtAddr{0xffff'8000'0000'1000});
    state.set_interrupt_stack(InterruptStack::debug, VirtAddr{0xffff'8000'0000'2000});
    auto const words = std::bit_cast<std::array<std::uint32_t, 26>>(state);
    EXPECT_EQ(words[1], 0x1000U);
    EXPECT_EQ(words[2], 0xffff'8000U);
    EXPECT_EQ(words[15], 0x2000U);
    EXPECT_EQ(words[16], 0xffff'8000U);
    EXPECT_EQ(words[25], 104U << 16);
}

TEST(TaskStateDescriptors, scatter_the_address) {
    auto const descriptor = TaskStateDescriptor::of(VirtAddr{0xffff'8abc'def0'1234}, 0x68);
    EXPECT_EQ(descriptor.low & 0xffff, 0x67U);
    EXPECT_EQ((descriptor.low >> 16) & 0xff'ffff, 0xf0'1234U);
    EXPECT_EQ(descriptor.low >> 56, 0xdeU);
    EXPECT_EQ(descriptor.high, 0xffff'8abcU);
}

}  // namespace
}  // namespace pith::exceptions
