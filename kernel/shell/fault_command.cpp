// fault: raise an exception, and see it explained.
#include "shell/commands.hpp"
#include "shell/faults.hpp"

#include <format>

namespace pith::shell::commands {
namespace {

std::string_view what_becomes_of(FaultKind const& kind) {
    switch (kind.how) {
        case Raised::for_real:   return "survived";
        case Raised::by_int:     return "survived; raised by INT";
        case Raised::into_panic: return "a panic";
    }
    return "unknown";
}

Report kinds() {
    Table table{"kinds",
                "Kinds",
                {{"name", "kind"}, {"mnemonic", ""}, {"exception", "exception"}, {"outcome", "outcome"}}};
    for (auto const& kind : fault_kinds())
        table.add(kind.name, exceptions::mnemonic_of(kind.vector), exceptions::name_of(kind.vector),
                  what_becomes_of(kind));
    return Report{std::move(table), Note{"'fault KIND --panic' lets any of them be a panic."}};
}

}  // namespace

Answer fault(Arguments const& arguments) {
    if (arguments.words().empty()) return kinds();
    auto const& name       = arguments.words().front();
    auto const* const kind = find_fault_kind(name);
    if (kind == nullptr)
        return std::unexpected{std::format("there is no kind '{}'; 'fault' lists them", name)};
    if (arguments.has("panic")) raise_and_panic(*kind);
    raise_and_survive(*kind);
    return Report{Record{"fault", ""}
                      .add("kind", "kind", kind->name)
                      .add("vector", "vector", static_cast<unsigned>(kind->vector))
                      .add("survived", "survived", true)};
}

}  // namespace pith::shell::commands
