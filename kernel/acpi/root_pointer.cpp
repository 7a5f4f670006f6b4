#include "acpi/root_pointer.hpp"

namespace pith::acpi {
namespace {

constexpr Signature name{"RSDP"};
constexpr std::string_view mark  = "RSD PTR ";
constexpr std::uint64_t old_size = 20, new_size = RootPointer::size, max_size = 4096;
constexpr std::uint64_t rsdt_at = 16, length_at = 20, xsdt_at = 24;

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

std::expected<RootPointer, TableError> detail::search_bytes(PhysAddr start, Bytes bytes, TableError none) {
    constexpr std::uint64_t step = 16;
    PhysicalWindow const window{start, bytes};
    for (std::uint64_t offset = 0; offset + mark.size() <= bytes.size(); offset += step) {
        if (!has_mark(bytes.subspan(static_cast<std::size_t>(offset)))) continue;
        auto const found = read_root_pointer(window, start + offset);
        if (found) return found;
        none = found.error();
    }
    return std::unexpected{none};
}

}  // namespace pith::acpi
