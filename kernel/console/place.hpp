// Places in the code, in words: which function, which line.
//
// Needs:     boot (image), symbols.
// Promises:  reads nothing but the symbol table, and does without one that is damaged.
#pragma once

#include "console/symbols.hpp"

#include <format>
#include <optional>

namespace pith::console {

// #region place
// An address in the code, and how to look it up. What stands at a return address may be the next function
// already: the call is right before it.
struct Place {
    enum class Kind : std::uint8_t { instruction, return_address };

    std::uint64_t address;
    Kind kind;

    // What the image's own symbol table knows about it.
    std::optional<Symbol> symbol() const;
};
// #endregion place

}  // namespace pith::console

// function  file:line, as far as they are known.
template <>
struct std::formatter<pith::console::Place> {
    constexpr auto parse(std::format_parse_context& context) { return context.begin(); }
    auto format(pith::console::Place place, auto& context) const {
        auto const symbol = place.symbol();
        if (!symbol) return std::format_to(context.out(), "(no function known here)");
        if (!symbol->source) return std::format_to(context.out(), "{}", symbol->function);
        return std::format_to(context.out(), "{}  {}:{}", symbol->function, symbol->source->file,
                              symbol->source->line);
    }
};
