// Exercise 16.2: a command for the prompt. It answers with an empty table, whatever it is asked.
#include "exercise.hpp"

using namespace pith::shell;

Answer stacks(Arguments const&) {
    Table table{"stacks", "Stacks", {{"name", "name"}}};
    return Report{std::move(table)};
}
