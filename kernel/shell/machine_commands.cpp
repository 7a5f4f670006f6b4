// What the machine is: cpu, acpi.
#include "acpi/start.hpp"
#include "cpu/feature_names.hpp"
#include "cpu/features.hpp"
#include "shell/commands.hpp"

#include <format>

namespace pith::shell::commands {
namespace {

std::vector<std::string> features() {
    std::vector<std::string> names;
    for (auto const& feature : cpu::named_features) {
        if (cpu::has(feature)) names.emplace_back(feature.name);
    }
    return names;
}

}  // namespace

Answer cpu(Arguments const&) {
    auto const model = cpu::model_of(cpu::cpuid(1).eax);
    return Report{Record{"cpu", "Processor"}
                      .add("name", "name", cpu::ProcessorName{}.text())
                      .add("maker", "maker", cpu::ProcessorMaker{}.text())
                      .add("family", "family", model.family)
                      .add("model", "model", model.model)
                      .add("stepping", "stepping", model.stepping)
                      .add("address_bits", "bits of a physical address", cpu::physical_address_bits())
                      .add("features", "features", features())};
}

Answer acpi(Arguments const&) {
    Table tables{"tables",
                 "ACPI tables",
                 {{"signature", "table"},
                  {"address", "address"},
                  {"bytes", "bytes"},
                  {"revision", "revision"},
                  {"maker", "maker"},
                  {"problem", "problem"}}};
    for (auto const& table : acpi::listed_tables()) {
        if (table)
            tables.add(table->signature().view(), table->address, table->bytes.size(), table->revision(),
                       table->oem_id().view(), Value{});
        else
            tables.add(table.error().table.view(), PhysAddr::checked(table.error().address), Value{}, Value{},
                       Value{}, std::format("{}", table.error()));
    }
    return Report{std::move(tables)};
}

}  // namespace pith::shell::commands
