#include "console/place.hpp"

#include "boot/image.hpp"

namespace pith::console {
namespace {

constinit SymbolTable own_table;
constinit bool was_read = false;

// Checked once: the check walks through all of it. A damaged table knows nothing.
SymbolTable const& symbol_table() {
    if (!was_read) own_table = SymbolTable::read(boot::symbols()).value_or(SymbolTable{});
    was_read = true;
    return own_table;
}

}  // namespace

std::optional<Symbol> Place::symbol() const {
    // The table has the addresses that were linked.
    auto const slide     = boot::image_slide();
    auto const looked_up = VirtAddr::checked((kind == Kind::instruction ? address : address - 1) - slide);
    if (!looked_up) return std::nullopt;
    return symbol_table().find(*looked_up);
}

}  // namespace pith::console
