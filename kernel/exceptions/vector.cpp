#include "exceptions/vector.hpp"

#include <array>

namespace pith::exceptions {
namespace {

struct Names {
    std::string_view name, mnemonic;
};

constexpr std::array<Names, first_interrupt> names{{
    {"divide error", "#DE"},
    {"debug exception", "#DB"},
    {"non-maskable interrupt", "NMI"},
    {"breakpoint", "#BP"},
    {"overflow", "#OF"},
    {"bound range exceeded", "#BR"},
    {"invalid opcode", "#UD"},
    {"device not available", "#NM"},
    {"double fault", "#DF"},
    {"coprocessor segment overrun", ""},
    {"invalid task state segment", "#TS"},
    {"segment not present", "#NP"},
    {"stack-segment fault", "#SS"},
    {"general protection fault", "#GP"},
    {"page fault", "#PF"},
    {"reserved exception 15", ""},
    {"x87 floating-point error", "#MF"},
    {"alignment check", "#AC"},
    {"machine check", "#MC"},
    {"SIMD floating-point exception", "#XM"},
    {"virtualization exception", "#VE"},
    {"control protection exception", "#CP"},
    {"reserved exception 22", ""},
    {"reserved exception 23", ""},
    {"reserved exception 24", ""},
    {"reserved exception 25", ""},
    {"reserved exception 26", ""},
    {"reserved exception 27", ""},
    {"hypervisor injection exception", "#HV"},
    {"VMM communication exception", "#VC"},
    {"security exception", "#SX"},
    {"reserved exception 31", ""},
}};

constexpr Names interrupt{"interrupt", ""};

constexpr Names const& names_of(Vector vector) {
    auto const number = static_cast<std::size_t>(vector);
    return number < names.size() ? names[number] : interrupt;
}

static_assert(names_of(Vector::page_fault).mnemonic == "#PF" && names_of(Vector::security).mnemonic == "#SX");

}  // namespace

std::string_view name_of(Vector vector) { return names_of(vector).name; }
std::string_view mnemonic_of(Vector vector) { return names_of(vector).mnemonic; }

}  // namespace pith::exceptions
