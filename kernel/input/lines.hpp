// A stream of lines: what is typed, edited on the console, up to each return.
//
//   auto typed = lines(keys(), "name: ");
//   while (auto const line = co_await typed.next()) ...
//
// (The prompt has a loop of its own, for it must let others print while a line is edited.)
//
// Needs:     line_editor, tasks, console.
// Promises:  a line that is given up (control and C) is begun anew. The stream ends where the keys do, or
//            with control and D in an empty line.
#pragma once

#include "input/key.hpp"
#include "tasks/stream.hpp"

#include <string>

namespace pith::input {

tasks::Stream<std::string> lines(tasks::Stream<Key> keys, std::string prompt);

}  // namespace pith::input
