// A row for each stack; with a name, for those that are called so.
#include "console/stacks.hpp"
#include "exercise.hpp"

#include <format>

using namespace pith;
using namespace pith::shell;

Answer stacks(Arguments const& arguments) {
    auto const& words = arguments.words();
    Table table{
        "stacks", "Stacks", {{"name", "name"}, {"bottom", "bottom"}, {"top", "top"}, {"size", "size"}}};
    for (auto const* stack = console::first_known_stack(); stack != nullptr; stack = stack->next) {
        if (words.empty() || words.front() == stack->name)
            table.add(stack->name, stack->bottom, stack->top, ByteCount{stack->top - stack->bottom});
    }
    if (table.rows().empty() && !words.empty())
        return std::unexpected{std::format("there is no stack '{}'", words.front())};
    return Report{std::move(table)};
}
