// The kernel's walker of page tables beside the least that can be done, and beside what the C++ library has for
// finding values by numbers.
//
// Read a row as `<what>/<by whom>`; a time is that of one page.
//
//   OnePage  one is mapped and unmapped at once, its tables exist
//   Range    512 in a row are mapped, then unmapped
//   Find     of 262 144 a random one is looked up
//
//   ours           AddressSpace: rights, owners, counts of entries, everything checked
//   floor          tables of the same form that exist already, and nothing checked
//   unordered_map  a hash table from pages to memory
#include "measure_scenario.hpp"
#include "page_tables/scenarios.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <unordered_map>
#include <vector>

namespace pith::bench {
namespace {

// Tables for 4 GiB from `first_page` on: made before, in a row by their level.
class Floor {
public:
    Floor() {
        for (std::size_t index = 0; index < 4; ++index) table_at(1)[index] = place_of(2 + index);
        table_at(0)[first_page >> 39 & 511] = place_of(1);
        for (std::size_t index = 0; index < 4 * 512; ++index)
            table_at(2 + index / 512)[index % 512] = place_of(6 + index);
    }

    void map(std::uint64_t address, std::uint64_t memory) {
        entry_of(address) = memory | present_and_writable;
    }
    void unmap(std::uint64_t address) { entry_of(address) = 0; }
    std::uint64_t find(std::uint64_t address) { return entry_of(address) & address_bits; }
    void map_range(std::uint64_t address, std::uint64_t memory, std::uint64_t pages) {
        for_each_entry(address, pages, [&](std::uint64_t& entry) {
            entry = memory | present_and_writable;
            memory += page_size;
        });
    }
    void unmap_range(std::uint64_t address, std::uint64_t pages) {
        for_each_entry(address, pages, [](std::uint64_t& entry) { entry = 0; });
    }

private:
    using Table = std::array<std::uint64_t, 512>;

    static constexpr std::uint64_t present_and_writable = 3, address_bits = 0x000f'ffff'ffff'f000;

    static std::uint64_t place_of(std::size_t table) { return table * page_size | present_and_writable; }
    Table& table_at(std::size_t number) { return tables_[number]; }
    Table& last_table_of(std::uint64_t address) {
        std::uint64_t table = 0;
        for (int shift = 39; shift > 12; shift -= 9)
            table = (table_at(table)[address >> shift & 511] & address_bits) / page_size;
        return table_at(table);
    }
    static std::size_t last_index_of(std::uint64_t address) { return address >> 12 & 511; }
    std::uint64_t& entry_of(std::uint64_t address) { return last_table_of(address)[last_index_of(address)]; }

    // One walk for all that is in one table.
    void for_each_entry(std::uint64_t address, std::uint64_t pages, auto&& use) {
        while (pages != 0) {
            auto const index = last_index_of(address);
            auto const count = std::min<std::uint64_t>(pages, 512 - index);
            for (auto& entry : std::span{last_table_of(address)}.subspan(index, count)) use(entry);
            address += count * page_size;
            pages -= count;
        }
    }

    std::vector<Table> tables_ = std::vector<Table>(6 + 4 * 512);
};

class HashTable {
public:
    void map(std::uint64_t address, std::uint64_t memory) { pages_.emplace(address / page_size, memory); }
    void unmap(std::uint64_t address) { pages_.erase(address / page_size); }
    std::uint64_t find(std::uint64_t address) { return pages_.find(address / page_size)->second; }
    void map_range(std::uint64_t address, std::uint64_t memory, std::uint64_t pages) {
        for (std::uint64_t done = 0; done < pages * page_size; done += page_size)
            map(address + done, memory + done);
    }
    void unmap_range(std::uint64_t address, std::uint64_t pages) {
        for (std::uint64_t done = 0; done < pages * page_size; done += page_size) unmap(address + done);
    }

private:
    std::unordered_map<std::uint64_t, std::uint64_t> pages_;
};

BENCHMARK_CAPTURE(measure, one_page_ours, make_one_page_of_ours)->Name("OnePage/ours");
BENCHMARK_CAPTURE(measure, one_page_floor, make<OnePage<Floor>>)->Name("OnePage/floor");
BENCHMARK_CAPTURE(measure, one_page_hash, make<OnePage<HashTable>>)->Name("OnePage/unordered_map");
BENCHMARK_CAPTURE(measure, range_ours, make_range_of_ours)->Name("Range/ours");
BENCHMARK_CAPTURE(measure, range_floor, make<Range<Floor>>)->Name("Range/floor");
BENCHMARK_CAPTURE(measure, range_hash, make<Range<HashTable>>)->Name("Range/unordered_map");
BENCHMARK_CAPTURE(measure, find_ours, make_find_of_ours)->Name("Find/ours");
BENCHMARK_CAPTURE(measure, find_floor, make<Find<Floor>>)->Name("Find/floor");
BENCHMARK_CAPTURE(measure, find_hash, make<Find<HashTable>>)->Name("Find/unordered_map");

}  // namespace
}  // namespace pith::bench

BENCHMARK_MAIN();
