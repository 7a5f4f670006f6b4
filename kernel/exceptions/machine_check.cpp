#include "exceptions/machine_check.hpp"

#include "console/print.hpp"
#include "cpu/cpuid.hpp"
#include "cpu/fixup.hpp"
#include "log/log.hpp"

#include <algorithm>

namespace pith::exceptions {
namespace {

constexpr std::uint32_t global_capabilities = 0x179, global_status = 0x17a, global_control = 0x17b;
constexpr std::uint64_t all_errors = ~std::uint64_t{0};

// A bank's four registers follow each other; IA32_MCi_MISC is the fourth.
constexpr std::uint32_t control_of(unsigned bank) { return 0x400 + 4 * bank; }
constexpr std::uint32_t status_of(unsigned bank) { return control_of(bank) + 1; }
constexpr std::uint32_t address_of(unsigned bank) { return control_of(bank) + 2; }

MachineCheckCapabilities capabilities() {
    return MachineCheckCapabilities{cpu::try_read_msr(global_capabilities).value_or(0)};
}

bool has_machine_check_architecture() {
    constexpr std::uint32_t mca = 1U << 14;
    return (cpu::cpuid(1).edx & mca) != 0;
}

// Whether the register took the value. Those that do not do without it.
bool write_if_taken(std::uint32_t number, std::uint64_t value) {
    return cpu::try_write_msr(number, value).has_value();
}

// False if it cannot be said now, as the console is in use.
bool try_say(std::string_view prefix, MachineError const& error) {
    if (log::has_announcer()) {
        log::warning("exceptions", "{}{}", prefix, error);
        return true;
    }
    if (!console::try_println("{}{}", prefix, error)) return false;
    log::keep(log::Level::warning, "exceptions", "{}{}", prefix, error);
    return true;
}

// What cannot be said now stays logged for the next time.
void say_and_clear_banks(std::string_view prefix) {
    for (unsigned bank = 0; bank < machine_check_bank_count(); ++bank) {
        auto const error = machine_error_in(bank);
        if (error && try_say(prefix, *error)) write_if_taken(status_of(bank), 0);
    }
}

}  // namespace

void start_machine_checks() {
    if (!has_machine_check_architecture()) return;
    say_and_clear_banks("logged before the start: ");
    if (capabilities().has_control()) write_if_taken(global_control, all_errors);
    for (unsigned bank = first_own_control(cpu::cpuid(1).eax); bank < machine_check_bank_count(); ++bank) {
        write_if_taken(control_of(bank), all_errors);
    }
}

unsigned machine_check_bank_count() { return capabilities().bank_count(); }

std::optional<MachineError> machine_error_in(unsigned bank) {
    BankStatus const status{cpu::try_read_msr(status_of(bank)).value_or(0)};
    if (!status.is_valid()) return std::nullopt;
    MachineError error{.bank = bank, .status = status, .address = {}};
    if (status.has_address()) error.address = cpu::try_read_msr(address_of(bank)).value_or(0);
    return error;
}

MachineCheckStatus machine_check_status() {
    return MachineCheckStatus{cpu::try_read_msr(global_status).value_or(0)};
}

Verdict machine_check_verdict() {
    auto worst = verdict_on(machine_check_status());
    for (unsigned bank = 0; bank < machine_check_bank_count(); ++bank) {
        auto const error = machine_error_in(bank);
        if (error) worst = std::max(worst, verdict_on(error->status, capabilities()));
    }
    return worst;
}

bool allow_another_machine_check() { return write_if_taken(global_status, 0); }

bool end_machine_check() {
    say_and_clear_banks("  ");
    return allow_another_machine_check();
}

}  // namespace pith::exceptions
