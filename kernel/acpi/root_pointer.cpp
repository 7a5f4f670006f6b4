#include "acpi/root_pointer.hpp"

#include "acpi/table.hpp"
#include "memory/phys_range.hpp"

namespace pith::acpi {
namespace {

constexpr Signature name{"RSDP"};
constexpr std::string_view mark  = "RSD PTR ";
constexpr std::uint64_t old_size = 20, new_size = 36, max_size = 4096;
constexpr std::uint64_t rsdt_at = 16, length_at = 20, xsdt_at = 24;

constexpr PhysAddr data_area_segment{0x40e};
constexpr std::uint64_t data_area_size = 1024;
constexpr PhysRange bios_memory{PhysAddr{0xe'0000}, PhysAddr{0x10'0000}};

std::unexpected<TableError> error(Problem problem, PhysAddr address, std::uint64_t offset,
                                  std::uint64_t value) {
    return std::unexpected{TableError{problem, name, address.value(), offset, value}};
}

bool has_mark(Bytes bytes) {
    return std::ranges::equal(bytes.first(mark.size()), std::as_bytes(std::span{mark}));
}

// All bytes of a pointer whose sums are right.
std::expected<Bytes, TableError> summed_bytes(PhysicalWindow const& memory, PhysAddr address) {
    auto const old = memory.at(address, old_size);
    if (!old) return error(Problem::unreachable, address, 0, old_size);
    if (!has_mark(*old)) return error(Problem::wrong_signature, address, 0, *load<std::uint64_t>(*old, 0));
    if (auto const sum = sum_of(*old); sum != 0) return error(Problem::wrong_sum, address, 8, sum);
    if (*load<std::uint8_t>(*old, 15) < 2) return *old;

    auto const with_length = memory.at(address, new_size);
    if (!with_length) return error(Problem::unreachable, address, 0, new_size);
    auto const length = *load<std::uint32_t>(*with_length, length_at);
    if (length < new_size || length > max_size)
        return error(Problem::wrong_length, address, length_at, length);
    auto const all = memory.at(address, length);
    if (!all) return error(Problem::unreachable, address, 0, length);
    if (auto const sum = sum_of(*all); sum != 0) return error(Problem::wrong_sum, address, 32, sum);
    return *all;
}

std::optional<PhysAddr> unless_zero(PhysAddr address) {
    return address == PhysAddr{} ? std::nullopt : std::optional{address};
}

// The first pointer in the range; without one, the error is that of the last that had the mark, or `none`.
std::expected<RootPointer, TableError> search_range(PhysicalWindow const& memory, PhysRange range,
                                                    TableError none) {
    constexpr std::uint64_t step = 16;
    for (auto address = range.start(); address < range.end(); address = address + step) {
        auto const begun = memory.at(address, mark.size());
        if (!begun || !has_mark(*begun)) continue;
        auto const found = read_root_pointer(memory, address);
        if (found) return found;
        none = found.error();
    }
    return std::unexpected{none};
}

// The first KiB of the extended BIOS data area, if there is one: a BIOS gives its real-mode segment.
PhysRange data_area(PhysicalWindow const& memory) {
    auto const word = memory.at(data_area_segment, sizeof(std::uint16_t));
    if (!word) return {};
    PhysAddr const start{std::uint64_t{*load<std::uint16_t>(*word, 0)} << 4};
    return start == PhysAddr{} ? PhysRange{} : PhysRange::of_size(start, data_area_size);
}

}  // namespace

std::expected<RootPointer, TableError> read_root_pointer(PhysicalWindow const& memory, PhysAddr address) {
    auto const bytes = summed_bytes(memory, address);
    if (!bytes) return std::unexpected{bytes.error()};
    RootPointer pointer{.address  = address,
                        .revision = *load<std::uint8_t>(*bytes, 15),
                        .oem_id   = Letters<6>{*load<std::array<char, 6>>(*bytes, 9)},
                        .xsdt     = {},
                        .rsdt     = unless_zero(PhysAddr{*load<std::uint32_t>(*bytes, rsdt_at)})};
    if (bytes->size() > old_size) {
        auto const xsdt  = *load<std::uint64_t>(*bytes, xsdt_at);
        auto const there = PhysAddr::checked(xsdt);
        if (!there) return error(Problem::address_too_large, address, xsdt_at, xsdt);
        pointer.xsdt = unless_zero(*there);
    }
    if (!pointer.xsdt && !pointer.rsdt) return error(Problem::no_address, address, rsdt_at, 0);
    return pointer;
}

std::expected<RootPointer, TableError> search_root_pointer(PhysicalWindow const& memory) {
    TableError const none{Problem::not_found, name, bios_memory.start().value(), 0, 0};
    auto const found = search_range(memory, data_area(memory), none);
    return found ? found : search_range(memory, bios_memory, found.error());
}

}  // namespace pith::acpi
