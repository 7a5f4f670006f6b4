// What the running system can try on itself, without harm.
//
// Needs:     all layers that are tried.
// Promises:  what a test takes it gives back, also if it fails.
#pragma once

#include "tasks/task.hpp"

#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace pith::shell {

// The error says what was wrong.
using Outcome = std::expected<void, std::string>;

struct SelfTest {
    std::string_view name;
    tasks::Task<Outcome> (*run)();
};

std::span<SelfTest const> self_tests();

}  // namespace pith::shell
