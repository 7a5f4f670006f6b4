// Chapter 13: memory that is freed twice, and what comes of it.
#pragma once

#include "console/print.hpp"

#include <array>

// #region misuse
struct Account {
    std::uint64_t number, balance;
};

[[gnu::noinline]] inline void close(Account* account) { delete account; }

// Closes an account twice, and opens 300 others.
inline void use_wrongly() {
    auto* const closed = new Account{};
    close(closed);
    close(closed);
    pith::console::println("an account was closed twice");

    std::array<Account*, 300> accounts{};
    for (std::uint64_t number = 0; number < accounts.size(); ++number) {
        accounts.at(number) = new Account{.number = number, .balance = 100};
    }
    pith::console::println("300 accounts are open, and number 299 has {}", accounts.back()->balance);
}
// #endregion misuse
