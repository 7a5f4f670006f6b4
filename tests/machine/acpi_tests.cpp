// What the machine's own firmware says of it, and switching it off.
#include "acpi/power.hpp"
#include "acpi/register.hpp"
#include "acpi/start.hpp"
#include "console/print.hpp"
#include "own_map.hpp"
#include "paging/audit.hpp"
#include "suites.hpp"

#include <algorithm>
#include <ranges>

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

void start() {
    tests::move_into_own_map();
    acpi::start(tests::handoff());
}

void the_tables_are_printed() {
    start();
    acpi::print_tables();
    acpi::print_summary();
    check_equal(paging::audit_kernel(), 0U);
}

// As on every machine of QEMU that has ACPI.
void this_machine_is_described() {
    start();
    auto const& tables = acpi::tables();
    check(tables.root && tables.madt && tables.fadt && tables.dsdt && tables.soft_off);
    if (!tables.madt) return;
    check_equal(tables.madt->local_apics(), PhysAddr{0xfee0'0000});
    check_equal(std::ranges::count_if(tables.madt->all<acpi::LocalApic>(), &acpi::LocalApic::is_enabled), 1);
    check(std::ranges::any_of(tables.madt->all<acpi::IoApic>(),
                              [](auto const& apic) { return apic.address == PhysAddr{0xfec0'0000}; }));
}

// The timer counts on, whatever is done. (A microvm has none.)
void a_register_at_a_port_is_read() {
    start();
    auto const timer = acpi::tables().fadt.and_then([](acpi::Fadt const& fadt) { return fadt.timer; });
    if (!timer) return console::print("no timer ");
    auto const count = acpi::Register<std::uint32_t>::reach(*timer);
    auto const first = count->read();
    for (int look = 0; look < 1'000'000 && count->read() == first; ++look) {
    }
    check(count->read() != first);
    console::print("it counts ");
}

// The first device of every PC is a bridge of Intel's. (A microvm has no PCI, and where nobody answers all
// bits are ones.)
void a_register_of_a_pci_device_is_read() {
    tests::move_into_own_map();
    constexpr acpi::GenericAddress vendor{acpi::Space::pci_configuration, 16, 0},
        device_class{acpi::Space::pci_configuration, 8, 0xb};
    console::print("vendor {:#x}, class {:#x} ", acpi::Register<std::uint16_t>::reach(vendor)->read(),
                   acpi::Register<std::uint8_t>::reach(device_class)->read());
}

// The I/O APIC shows at its second register what the first one chose: its version.
void a_register_in_memory_is_read_and_written() {
    tests::move_into_own_map();
    constexpr acpi::GenericAddress select{acpi::Space::memory, 32, 0xfec0'0000},
        window{acpi::Space::memory, 32, 0xfec0'0010};
    auto const chosen = acpi::Register<std::uint32_t>::reach(select);
    check(chosen.has_value());
    chosen->write(1);
    check_equal(chosen->read(), 1U);
    auto const version = acpi::Register<std::uint32_t>::reach(window)->read();
    check_equal(version >> 16, 23U);  // its last pin
    check_equal(paging::audit_kernel(), 0U);
}

// A frame of ours is no device.
void memory_is_no_device() {
    tests::move_into_own_map();
    auto frame = frames::take<PageSize::kib_4>();
    check(!paging::map_device(PhysRange::of_size(frame->start(), 8)));
    check(!paging::map_device(PhysRange::of_size(PhysAddr{(std::uint64_t{1} << PhysAddr::bits) - 8}, 4)));
    check(paging::map_device(PhysRange::of_size(PhysAddr{0xfee0'0000}, 0)));
    frames::give(std::move(*frame));
}

// What is read only is not to be written.
void what_is_mapped_for_reading_is_no_device() {
    tests::move_into_own_map();
    auto const range = PhysRange::of_size(PhysAddr{0xfec0'0000}, 4);
    check(paging::map_for_reading(range));
    check(!paging::map_device(range));
}

void without_tables_nothing_is_known() {
    tests::move_into_own_map();
    check(!acpi::tables().root);
    acpi::print_tables();
    console::println("{}", acpi::explain(acpi::power_off()));
}

constexpr testing::Test list[] = {
    {.name = "acpi.the_tables_are_printed", .run = the_tables_are_printed, .expected_text = "ACPI tables:"},
    {"acpi.this_machine_is_described", this_machine_is_described},
    {"acpi.a_register_at_a_port_is_read", a_register_at_a_port_is_read},
    {"acpi.a_register_of_a_pci_device_is_read", a_register_of_a_pci_device_is_read},
    {"acpi.a_register_in_memory_is_read_and_written", a_register_in_memory_is_read_and_written},
    {"acpi.memory_is_no_device", memory_is_no_device},
    {"acpi.what_is_mapped_for_reading_is_no_device", what_is_mapped_for_reading_is_no_device},
    {.name          = "acpi.without_tables_nothing_is_known",
     .run           = without_tables_nothing_is_known,
     .expected_text = "the machine does not say how it is switched off"},
};

}  // namespace

constinit testing::Suite const tests::acpi_suite = list;
