#include "exercise.hpp"

using pith::Bytes;

namespace {

std::optional<unsigned> byte_at(Bytes code, std::size_t offset) {
    return pith::load<std::uint8_t>(code, offset);
}

}  // namespace

std::optional<unsigned> divisor_register(Bytes code) {
    auto const first         = byte_at(code, 0).value_or(0);
    bool const has_rex       = first >> 4 == 4;
    std::size_t const opcode = has_rex ? 1 : 0;
    if (byte_at(code, opcode) != 0xf7) return std::nullopt;
    auto const mod_rm = byte_at(code, opcode + 1);
    if (!mod_rm || *mod_rm >> 6 != 3 || (*mod_rm >> 3 & 7) < 6) return std::nullopt;
    unsigned const high = has_rex ? (first & 1) << 3 : 0;
    return high | (*mod_rm & 7);
}
