// The context "while_entering": an exception strikes while another one is still on its small stack.
//
//   critical stack      [ handler of `int 1` ][ handler of kind ] ...
//   NMI entry stack     [ ss rsp rflags cs rip error vector rax ... ]   RSP is here when kind is raised
//
// Nothing can raise a kind at a given instruction of the stubs. So the scene is set: the words that an NMI
// would have pushed are put on its stack, and RSP below them. Once for each number of words.
#include "cell.hpp"
#include "contexts.hpp"
#include "cpu/registers.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/segments.hpp"

#include <algorithm>
#include <array>

using namespace pith;
using namespace pith::faults;
using exceptions::ExceptionFrame;
using exceptions::Resolution;
using exceptions::Vector;

extern "C" {
extern std::byte const nmi_entry_stack_top[], machine_check_entry_stack_top[];
}

namespace {

constexpr std::uint64_t trap_flag = 1U << 8, room_for_our_functions = 2048;
constexpr unsigned pushed_by_processor = 5, words_of_frame = sizeof(ExceptionFrame) / 8;

// What the first exception is, and how far it has come.
struct Scene {
    Vector first;
    std::uint64_t top;      // of its small stack
    std::uint64_t rsp = 0;  // of the program that it interrupted
    unsigned handled  = 0;
};
constinit Scene scene{.first = Vector::nmi, .top = 0};

void set_scene(Block& block) {
    auto const& before = block.before;
    // SAFETY: because the last words of that stack are free while no such exception is entering.
    auto& frame = *std::bit_cast<ExceptionFrame*>(scene.top - sizeof(ExceptionFrame));
    // All that it may have pushed is there from the start; RSP says what it has.
    frame = {.r15           = before.r15,
             .r14           = before.r14,
             .r13           = before.r13,
             .r12           = before.r12,
             .r11           = before.r11,
             .r10           = before.r10,
             .r9            = before.r9,
             .r8            = before.r8,
             .rbp           = before.rbp,
             .rdi           = before.rdi,
             .rsi           = before.rsi,
             .rdx           = before.rdx,
             .rcx           = before.rcx,
             .rbx           = before.rbx,
             .rax           = before.rax,
             .vector_number = static_cast<std::uint64_t>(scene.first),
             .error_code    = 0,
             .rip           = VirtAddr{raise_after}.value(),
             .cs            = exceptions::kernel_code.raw(),
             .rflags        = block.rflags & ~trap_flag,
             .rsp           = scene.rsp,
             .ss            = exceptions::kernel_data.raw()};
    // What it has not pushed must come from the second exception's registers.
    auto& words       = *std::bit_cast<std::array<std::uint64_t, words_of_frame>*>(&frame);
    auto const pushed = std::min<std::uint64_t>((scene.top - block.rsp) / 8, words.size());
    for (std::size_t index = 0; index < words.size() - pushed; ++index) words[index] = ~std::uint64_t{0};
}

// The first exception's handler: it sees the program as it was, although another exception came in between.
Resolution handle_first(ExceptionFrame& frame) {
    auto const& block = current_block();
    expect_general(general_of(frame), block.before);
    if (frame.vector() != scene.first) note("first vector", frame.vector_number, 0);
    if (frame.error_code != 0) note("first error code", frame.error_code, 0);
    if (frame.rsp != scene.rsp) note("first rsp", frame.rsp, scene.rsp);
    ++scene.handled;
    return Resolution::resumed;
}

void strike(Kind const& kind, unsigned pushed) {
    cpu::Registers registers;
    cpu::capture_registers(registers);
    scene.rsp     = registers.rsp - room_for_our_functions;
    scene.handled = 0;
    raise_kind(kind, {.rsp        = scene.top - pushed * 8,
                      .prepare    = set_scene,
                      .resumes_at = kind.is_from_anywhere() ? scene.rsp : 0});
    // The others come and go on the small stack, and the first one has yet to finish.
    if (scene.handled != (kind.is_from_anywhere() ? 1 : 0)) note("first handled", scene.handled, 1);
}

void strike_everywhere(Kind const& kind) {
    for (unsigned pushed = pushed_by_processor; pushed <= words_of_frame; ++pushed) strike(kind, pushed);
    strike(kind, words_of_frame + 100);  // in the function that moves the frame
}

}  // namespace

void faults::while_entering(Kind const& kind) {
    auto const outer = find_kind("debug_int1");
    install_handler(*outer);
    install_handler(kind);
    if (kind.vector == static_cast<std::uint8_t>(Vector::nmi)) {
        exceptions::set_handler<Vector::machine_check>(handle_first);
        scene = {.first = Vector::machine_check, .top = VirtAddr{machine_check_entry_stack_top}.value()};
    } else {
        exceptions::set_handler<Vector::nmi>(handle_first);
        scene = {.first = Vector::nmi, .top = VirtAddr{nmi_entry_stack_top}.value()};
    }
    raise_kind(*outer, {.inside = strike_everywhere, .inner = &kind});
}
