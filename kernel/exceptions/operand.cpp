#include "exceptions/operand.hpp"

namespace pith::exceptions {
namespace {

constexpr std::uint8_t rsp = 4, rbp = 5, rsi = 6, rdi = 7;
constexpr MemoryOperand pushed{.base = rsp, .index = {}, .displacement = -8};

constexpr MemoryOperand through(std::uint8_t number) { return {.base = number, .index = {}}; }

// Takes numbers off the front.
class Reader {
public:
    explicit Reader(Bytes bytes) : rest_{bytes} {}

    template <typename Value>
    std::optional<Value> take() {
        auto const value = load<Value>(rest_, 0);
        if (value) rest_ = rest_.subspan(sizeof(Value));
        return value;
    }
    std::optional<std::uint8_t> peek() const { return load<std::uint8_t>(rest_, 0); }

private:
    Bytes rest_;
};

// What an opcode reaches for, as a letter in the tables below.
enum class Form : char {
    nothing     = '.',
    mod_rm      = 'm',  // what ModRM says
    branch      = 'j',  // FF: that too, and some of it pushes or jumps
    push        = '+',
    pop         = '-',
    leave       = 'l',  // pops from RBP
    source      = 's',  // [rsi]
    destination = 'd',  // [rdi]
    both        = 'b',
    absolute    = 'a',  // an address of 64 bits follows
};

// clang-format off
using OpcodeMap = std::array<std::string_view, 16>;
constexpr OpcodeMap one_byte{
//   0123456789abcdef
    "mmmm....mmmm....",  // 00
    "mmmm....mmmm....",
    "mmmm....mmmm....",
    "mmmm....mmmm....",
    "................",  // 40: REX
    "++++++++--------",
    "...m....+m+mddss",
    "................",
    "mm.mmmmmmmmmm.mm",  // 80; 8D is LEA
    "............+-..",
    "aaaabbbb..ddssdd",
    "................",
    "mm--..mm+l--...-",  // c0; C4 and C5 are VEX
    "mmmm....mmmmmmmm",
    "........+.......",
    "......mm......mj"};
constexpr OpcodeMap behind_0f{
//   0123456789abcdef
    "mmmm.........m.m",  // 00
    "mmmmmmmmmmmmmmmm",
    "........mmmmmmmm",  // 20; 20 to 23 are control and debug registers
    "................",
    "mmmmmmmmmmmmmmmm",  // 40
    "mmmmmmmmmmmmmmmm",
    "mmmmmmmmmmmmmmmm",
    "mmmmmmm.mmmmmmmm",
    "................",  // 80
    "mmmmmmmmmmmmmmmm",
    "+-.mmm..+-.mmmmm",
    "mmmmmmmmmmmmmmmm",
    "mmmmmmmm........",  // c0
    "mmmmmmmmmmmmmmmm",
    "mmmmmmmmmmmmmmmm",
    "mmmmmmmmmmmmmmmm"};
// clang-format on

Form look_up(OpcodeMap const& map, std::uint8_t opcode) {
    return static_cast<Form>(map.at(opcode >> 4).at(opcode & 0xf));
}

// The REX byte, or 0; nothing if a prefix changes what an address is: FS, GS, 32 bits.
std::optional<std::uint8_t> take_prefixes(Reader& reader) {
    constexpr std::string_view changing = "\x64\x65\x67", others = "\x26\x2e\x36\x3e\x66\xf0\xf2\xf3";
    std::uint8_t rex = 0;
    while (auto const byte = reader.peek()) {
        bool const is_rex = (*byte & 0xf0) == 0x40;
        auto const letter = static_cast<char>(*byte);
        if (changing.contains(letter)) return std::nullopt;
        if (!is_rex && !others.contains(letter)) return rex;
        rex = is_rex ? *byte : 0;  // it counts only right before the opcode
        (void)reader.take<std::uint8_t>();
    }
    return std::nullopt;
}

std::optional<Form> take_opcode(Reader& reader) {
    auto opcode = reader.take<std::uint8_t>();
    if (!opcode) return std::nullopt;
    if (*opcode != 0x0f) return look_up(one_byte, *opcode);
    opcode = reader.take<std::uint8_t>();
    if (!opcode) return std::nullopt;
    if (*opcode != 0x38 && *opcode != 0x3a) return look_up(behind_0f, *opcode);
    return reader.take<std::uint8_t>() ? std::optional{Form::mod_rm} : std::nullopt;
}

constexpr std::uint8_t bits(std::uint8_t byte, unsigned lowest, unsigned count) {
    return static_cast<std::uint8_t>((byte >> lowest) & ((1U << count) - 1));
}
constexpr std::uint8_t extended(std::uint8_t number, std::uint8_t rex, unsigned bit) {
    return static_cast<std::uint8_t>(number | bits(rex, bit, 1) << 3);
}

// Sets `base` and `index`; false without a SIB byte.
bool take_sib(Reader& reader, std::uint8_t rex, std::uint8_t mode, MemoryOperand& operand) {
    auto const sib = reader.take<std::uint8_t>();
    if (!sib) return false;
    auto const index = extended(bits(*sib, 3, 3), rex, 1);
    if (index != rsp) operand.index = index;
    operand.scale = static_cast<std::uint8_t>(1U << bits(*sib, 6, 2));
    if (mode != 0 || bits(*sib, 0, 3) != rbp) operand.base = extended(bits(*sib, 0, 3), rex, 0);
    return true;
}

template <typename Number>
std::optional<MemoryOperand> with_displacement(MemoryOperand operand, Reader& reader) {
    auto const number = reader.take<Number>();
    if (!number) return std::nullopt;
    operand.displacement += *number;
    return operand;
}

// What stands behind ModRM, which says that it is memory.
std::optional<MemoryOperand> take_memory(Reader& reader, std::uint8_t rex, std::uint8_t mod_rm) {
    auto const mode = bits(mod_rm, 6, 2), number = bits(mod_rm, 0, 3);
    MemoryOperand operand{};
    if (mode == 0 && number == rbp) return std::nullopt;  // relative to RIP
    if (number != rsp) operand.base = extended(number, rex, 0);
    if (number == rsp && !take_sib(reader, rex, mode, operand)) return std::nullopt;
    if (mode == 1) return with_displacement<std::int8_t>(operand, reader);
    if (mode == 2 || !operand.base) return with_displacement<std::int32_t>(operand, reader);
    return operand;
}

void add(MemoryOperands& operands, std::optional<MemoryOperand> const& operand) {
    if (operand) require(operands.try_push_back(*operand), "an instruction has at most two memory operands");
}

void add_mod_rm(MemoryOperands& operands, Reader& reader, std::uint8_t rex, Form form) {
    auto const mod_rm = reader.take<std::uint8_t>();
    if (!mod_rm) return;
    auto const operation = bits(*mod_rm, 3, 3);
    bool const jumps     = form == Form::branch && (operation == 2 || operation == 4);
    bool const pushes    = form == Form::branch && (operation == 2 || operation == 3 || operation == 6);
    bool const is_memory = bits(*mod_rm, 6, 2) != 3;
    if (is_memory) add(operands, take_memory(reader, rex, *mod_rm));
    if (jumps && !is_memory) add(operands, through(extended(bits(*mod_rm, 0, 3), rex, 0)));
    if (pushes) add(operands, pushed);
}

}  // namespace

MemoryOperands memory_operands(Bytes bytes) {
    MemoryOperands operands;
    Reader reader{bytes};
    auto const rex  = take_prefixes(reader);
    auto const form = rex ? take_opcode(reader) : std::nullopt;
    if (!form) return operands;
    auto const add_register = [&](std::uint8_t number) { add(operands, through(number)); };
    switch (*form) {
        case Form::nothing:     break;
        case Form::mod_rm:
        case Form::branch:      add_mod_rm(operands, reader, *rex, *form); break;
        case Form::push:        add(operands, pushed); break;
        case Form::pop:         add_register(rsp); break;
        case Form::leave:       add_register(rbp); break;
        case Form::source:      add_register(rsi); break;
        case Form::destination: add_register(rdi); break;
        case Form::both:        add_register(rsi), add_register(rdi); break;
        case Form::absolute:    add(operands, with_displacement<std::int64_t>({}, reader)); break;
    }
    return operands;
}

}  // namespace pith::exceptions
