// Fuzzes the readers of ACPI tables, in two ways.
//
// As they are, the bytes are what a BIOS left: the root pointer is looked for there, and all it leads to
// read.
//
// Then the same bytes are taken for tables, one behind the other, each as long as its header says. A root
// pointer and a list are made for them, the FADT is led to the last one, and their lengths and sums are put
// right, unless the sum is said to stay: for random bytes hardly ever sum to zero, and nothing behind that
// would be tried.
#include "acpi_tables.hpp"

#include <cstdlib>

namespace {

using pith::Bytes;
using pith::load;
using pith::PhysAddr;
using pith::slice;
using namespace pith::acpi;
using pith::testing::SparseMemory;

constexpr std::size_t length_at = 4, sum_at = 9;
constexpr std::byte sum_stays{0xff};
// How a root pointer begins, and at multiples of what it stands.
constexpr std::string_view mark     = "RSD PTR ";
constexpr std::size_t mark_distance = 16;

void insist(bool condition) {
    if (!condition) std::abort();
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char letter) { return letter >= ' ' && letter <= '~'; });
}

bool is_printable_but_for_lines(std::string text) {
    std::erase(text, '\n');
    return is_printable(text);
}

void look_at(TableError const& error) { insist(is_printable(std::format("{}", error))); }

void look_at(std::optional<GenericAddress> const& where) {
    if (!where) return;
    insist(where->space != Space::port || where->address <= 0xffff);
    insist(where->space != Space::memory || PhysAddr::checked(where->address));
    insist(where->space != Space::pci_configuration || PciRegister{where->address}.is_reachable());
}

template <typename Entry>
std::size_t count(Madt const& madt) {
    std::size_t entries = 0;
    for ([[maybe_unused]] auto const& entry : madt.all<Entry>()) ++entries;
    return entries;
}

void look_at(Madt const& madt) {
    auto const entries = count<LocalApic>(madt) + count<IoApic>(madt) + count<InterruptOverride>(madt) +
                         count<NmiSource>(madt) + count<LocalApicNmi>(madt) + count<LocalApicAddress>(madt) +
                         count<LocalX2Apic>(madt) + count<LocalX2ApicNmi>(madt);
    insist(entries <= Table::max_size / 2);
}

void look_at(Tables const& tables) {
    insist(is_printable_but_for_lines(pith::testing::TablesText::of(tables)));
    if (tables.madt) look_at(*tables.madt);
    if (tables.soft_off) insist(tables.soft_off->type_a <= 7 && tables.soft_off->type_b <= 7);
    if (!tables.fadt) return;
    auto const& fadt = *tables.fadt;
    for (auto const& where : {fadt.pm1a_control, fadt.pm1b_control, fadt.timer, fadt.sleep_control})
        look_at(where);
    if (fadt.reset) look_at(fadt.reset->where);
    insist(fadt.timer_bits() == (fadt.features.has_long_timer() ? 32 : 24));
    insist(!fadt.reset || fadt.features.has_reset_register());
    insist(!fadt.features.is_hardware_reduced() || fadt.features.raw() != 0);
    auto const& boot = fadt.boot;
    insist(boot.raw() != 0 ||
           !(boot.has_keyboard_controller() || boot.has_no_vga() || boot.has_no_cmos_clock()));
}

void read_all(auto& memory, RootPointer const& pointer) {
    auto const report = [](TableError const& error) { look_at(error); };
    auto const tables = read_tables(memory, pointer, report);
    look_at(tables);
    if (!tables.root) return;
    auto const visit = [](Table const& table) {
        insist(is_printable(table.signature().view()) && is_printable(table.oem_id().view()));
    };
    for_each_table(memory, *tables.root, visit, report);
}

bool has_root_pointer(Bytes bytes) {
    for (std::size_t at = 0; at + mark.size() <= bytes.size(); at += mark_distance) {
        if (std::ranges::equal(bytes.subspan(at, mark.size()), std::as_bytes(std::span{mark}))) return true;
    }
    return false;
}

constexpr std::uint64_t bios_area = 0xe'0000, bios_size = 0x2'0000, data_area = 0x8'0000, data_size = 1024,
                        where_it_is = 0x40e;

// Low memory with an area that begins with the input. The area's bytes are there once, and not made for each input: that took
// most of the time.
class LowMemory {
public:
    LowMemory(Bytes input, std::uint64_t start, std::uint64_t size)
        : used_{bytes().first(static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), size)))},
          start_{start},
          size_{size} {
        std::memcpy(used_.data(), input.data(), used_.size());
    }
    ~LowMemory() { std::memset(used_.data(), 0, used_.size()); }
    LowMemory(LowMemory const&)            = delete;
    LowMemory& operator=(LowMemory const&) = delete;

    // Word 0x40e is the segment of the extended data area. There is none while the BIOS's own area is tried.
    std::optional<Bytes> at(PhysAddr address, std::uint64_t size) const {
        static constexpr std::array segment{std::byte{0x00}, static_cast<std::byte>(data_area >> 12)};
        if (address == PhysAddr{where_it_is} && start_ == data_area) return slice(segment, 0, size);
        if (address.value() < start_) return std::nullopt;
        return slice(bytes().first(static_cast<std::size_t>(size_)), address.value() - start_, size);
    }

private:
    static std::span<std::byte, bios_size> bytes() {
        static std::array<std::byte, bios_size> area{};
        return area;
    }

    std::span<std::byte> used_;
    std::uint64_t start_, size_;
};
static_assert(TableMemory<LowMemory const>);

void search(LowMemory const& memory) {
    auto const pointer = search_root_pointer(memory);
    if (pointer)
        read_all(memory, *pointer);
    else
        look_at(pointer.error());
}

// In the BIOS's own area of 128 KiB, and in the extended data area, of which word 0x40e says where it is.
void read_what_a_bios_left(Bytes input) {
    if (!has_root_pointer(input)) return;  // nothing is found then, and that takes time
    search({input, bios_area, bios_size});
    search({input, data_area, data_size});
}

template <typename Number>
void put(std::vector<std::byte>& table, std::size_t offset, Number value) {
    if (table.size() >= offset + sizeof value) std::memcpy(&table.at(offset), &value, sizeof value);
}

void put_right(std::vector<std::byte>& table, std::uint64_t address_of_last) {
    constexpr std::size_t dsdt_at = 40, long_dsdt_at = 140;
    put(table, length_at, static_cast<std::uint32_t>(table.size()));
    if (std::memcmp(table.data(), "FACP", 4) == 0) {
        put(table, dsdt_at, static_cast<std::uint32_t>(address_of_last));
        put(table, long_dsdt_at, address_of_last);
    }
    if (table.at(sum_at) == sum_stays) return;
    table.at(sum_at) = {};
    table.at(sum_at) = static_cast<std::byte>(0x100 - sum_of(table));
}

void put_root_pointers_right(std::span<std::byte> bytes) {
    constexpr std::size_t old_size = 20, new_size = 36, old_sum_at = 8, new_sum_at = 32;
    auto const put_sum = [](std::span<std::byte> summed, std::size_t at) {
        summed[at] = std::byte{0};
        summed[at] = static_cast<std::byte>(0x100 - sum_of(summed));
    };
    for (std::size_t at = 0; at + new_size <= bytes.size(); at += mark_distance) {
        auto const pointer = bytes.subspan(at, new_size);
        if (!std::ranges::equal(pointer.first(mark.size()), std::as_bytes(std::span{mark}))) continue;
        put_sum(pointer.first(old_size), old_sum_at);
        put_sum(pointer, new_sum_at);
    }
}

std::vector<std::vector<std::byte>> tables_in(Bytes input) {
    constexpr std::size_t most = 300;
    std::vector<std::vector<std::byte>> tables;
    while (input.size() >= Table::header_size && tables.size() < most) {
        std::size_t const wanted = *load<std::uint32_t>(input, length_at);
        auto const size          = std::clamp(wanted, std::size_t{Table::header_size}, input.size());
        tables.emplace_back(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size));
        input = input.subspan(size);
    }
    return tables;
}

void read_as_tables(Bytes input) {
    constexpr std::uint64_t list_at = 0x1000, apart = 0x10'0000;
    auto tables = tables_in(input);
    if (tables.empty()) return;
    SparseMemory memory;
    std::vector<std::uint64_t> addresses;
    for (auto& table : tables) {
        put_right(table, apart * tables.size());
        addresses.push_back(apart * (1 + addresses.size()));
        memory.put(addresses.back(), std::move(table));
    }
    memory.put(list_at, pith::testing::xsdt_of(addresses));
    read_all(memory, {.address = {}, .revision = 2, .oem_id = {}, .xsdt = PhysAddr{list_at}, .rsdt = {}});
    // The first table may be a list itself.
    PhysAddr const first{addresses.front()};
    read_all(memory, {.address = {}, .revision = 2, .oem_id = {}, .xsdt = first, .rsdt = first});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed);
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

// Most mutations are libFuzzer's own, with the sums of root pointers put right afterwards.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    auto const mutated = LLVMFuzzerMutate(data, size, max_size);
    // SAFETY: because that many bytes are at `data` now.
#pragma clang unsafe_buffer_usage begin
    if (seed % 4 != 0) put_root_pointers_right(std::as_writable_bytes(std::span{data, mutated}));
#pragma clang unsafe_buffer_usage end
    return mutated;
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    auto const input = std::as_bytes(std::span{data, size});
#pragma clang unsafe_buffer_usage end
    read_what_a_bios_left(input);
    read_as_tables(input);
    return 0;
}
