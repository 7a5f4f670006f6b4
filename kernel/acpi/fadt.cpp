#include "acpi/fadt.hpp"

namespace pith::acpi {
namespace {

// Where the fields are.
constexpr std::uint64_t dsdt_at = 40, interrupt_at = 46, smi_command_at = 48, enable_at = 52;
constexpr std::uint64_t pm1a_control_at = 64, pm1b_control_at = 68, timer_at = 76;
constexpr std::uint64_t pm1_control_length_at = 89, timer_length_at = 91;
constexpr std::uint64_t century_at = 108, boot_flags_at = 109, features_at = 112;
constexpr std::uint64_t reset_register_at = 116, reset_value_at = 128, long_dsdt_at = 140;
constexpr std::uint64_t long_pm1a_control_at = 172, long_pm1b_control_at = 184, long_timer_at = 208;
constexpr std::uint64_t sleep_control_at = 244;

// A PC of the time before the boot flags: with keyboard controller, screen and clock.
constexpr BootFlags old_pc{0b11};

using Register = std::expected<std::optional<GenericAddress>, TableError>;

// A port and the length of its block in bytes, as ACPI 1.0 has them.
Register read_port(Table const& table, std::uint64_t offset, std::uint64_t length_at) {
    auto const port   = table.at<std::uint32_t>(offset);
    auto const length = table.at<std::uint8_t>(length_at);
    if (port == 0) return std::nullopt;
    if (port > 0xffff) return table.error(Problem::address_too_large, offset, port);
    return GenericAddress::port(static_cast<std::uint16_t>(port), static_cast<std::uint8_t>(8 * length));
}

// The generic address if there is one, else the port.
Register read_register(Table const& table, std::uint64_t long_at, std::uint64_t port_at,
                       std::uint64_t length_at) {
    auto const found = GenericAddress::read(table, long_at);
    if (!found || *found) return found;
    return read_port(table, port_at, length_at);
}

std::expected<std::optional<PhysAddr>, TableError> read_dsdt(Table const& table) {
    std::uint64_t const long_address =
        table.reaches(long_dsdt_at + 8) ? table.at<std::uint64_t>(long_dsdt_at) : 0;
    if (long_address != 0) return table.checked_address(long_dsdt_at, long_address);
    auto const address = table.at<std::uint32_t>(dsdt_at);
    if (address == 0) return std::nullopt;
    return PhysAddr{address};
}

std::expected<std::optional<SmiCommand>, TableError> read_smi_command(Table const& table) {
    auto const port   = table.at<std::uint32_t>(smi_command_at);
    auto const enable = table.at<std::uint8_t>(enable_at);
    if (port > 0xffff) return table.error(Problem::address_too_large, smi_command_at, port);
    if (port == 0 || enable == 0) return std::nullopt;
    return SmiCommand{static_cast<std::uint16_t>(port), enable};
}

std::expected<std::optional<ResetRegister>, TableError> read_reset(Table const& table,
                                                                   FeatureFlags features) {
    if (!features.has_reset_register() || !table.reaches(reset_value_at + 1)) return std::nullopt;
    auto const where = GenericAddress::read(table, reset_register_at);
    if (!where) return std::unexpected{where.error()};
    if (!*where) return std::nullopt;
    return ResetRegister{**where, table.at<std::uint8_t>(reset_value_at)};
}

// Puts what was read where it belongs; remembers the first error.
class Collector {
public:
    template <typename Value>
    void store(std::optional<Value>& into, std::expected<std::optional<Value>, TableError> const& read) {
        if (read)
            into = *read;
        else if (!error_)
            error_ = read.error();
    }
    std::optional<TableError> const& error() const { return error_; }

private:
    std::optional<TableError> error_;
};

}  // namespace

std::expected<Fadt, TableError> Fadt::read(Table const& all) {
    auto const table = all.of_size(min_size);
    if (!table) return std::unexpected{table.error()};
    Fadt fadt{.revision      = table->revision(),
              .interrupt     = table->at<std::uint16_t>(interrupt_at),
              .dsdt          = {},
              .smi_command   = {},
              .pm1a_control  = {},
              .pm1b_control  = {},
              .timer         = {},
              .reset         = {},
              .sleep_control = {},
              .century       = {},
              .features      = FeatureFlags{table->at<std::uint32_t>(features_at)},
              .boot          = old_pc};
    if (fadt.revision >= with_boot_flags) fadt.boot = BootFlags{table->at<std::uint16_t>(boot_flags_at)};
    if (auto const century = table->at<std::uint8_t>(century_at); century != 0) fadt.century = century;

    Collector collector;
    collector.store(fadt.dsdt, read_dsdt(*table));
    collector.store(fadt.smi_command, read_smi_command(*table));
    collector.store(fadt.pm1a_control,
                    read_register(*table, long_pm1a_control_at, pm1a_control_at, pm1_control_length_at));
    collector.store(fadt.pm1b_control,
                    read_register(*table, long_pm1b_control_at, pm1b_control_at, pm1_control_length_at));
    collector.store(fadt.timer, read_register(*table, long_timer_at, timer_at, timer_length_at));
    collector.store(fadt.reset, read_reset(*table, fadt.features));
    collector.store(fadt.sleep_control, GenericAddress::read(*table, sleep_control_at));
    if (collector.error()) return std::unexpected{*collector.error()};
    return fadt;
}

}  // namespace pith::acpi
