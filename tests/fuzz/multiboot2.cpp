// Fuzzes the Multiboot2 reader: whatever stands in memory, a handoff that can be walked, or an error.
//
// Half of the mutations know of records: without that most of them end at the first wrong size.
#include "boot/multiboot2.hpp"
#include "fuzz_memory.hpp"

#include <random>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed);
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using pith::testing::put;
using Chance = std::minstd_rand;

constexpr std::size_t piece_at = 8, first_record = piece_at + 8;

struct Record {
    std::size_t offset, size;
};

// The records, as far as their sizes lead.
std::vector<Record> records_in(std::span<std::uint8_t> input) {
    std::vector<Record> records;
    for (auto offset = first_record;;) {
        auto const size = pith::load<std::uint32_t>(std::as_bytes(input), offset + 4);
        if (!size || *size < 8 || *size > input.size() - offset) return records;
        records.push_back({offset, *size});
        offset += (*size + 7) & ~std::size_t{7};
        if (offset > input.size()) return records;
    }
}

// Fields of records, by their place: a record's type, its size, or a word, a byte behind.
void change_field(std::span<std::uint8_t> input, Record record, Chance& chance) {
    constexpr std::array<std::uint32_t, 12> types{1, 2, 3, 3, 3, 6, 6, 8, 8, 14, 15, 0};
    switch (chance() % 5) {
        case 0:  put(input, record.offset, types[chance() % types.size()]); break;
        case 1:  put(input, record.offset + 4, static_cast<std::uint32_t>(chance() % 48)); break;
        case 2:  put(input, record.offset + 4, static_cast<std::uint32_t>(record.size - chance() % 8)); break;
        case 3:  put(input, record.offset + 8 + chance() % 8 * 4, static_cast<std::uint32_t>(chance())); break;
        default: put(input, record.offset + 8 + chance() % 30, static_cast<std::uint8_t>(chance())); break;
    }
}

// A copy of a record goes before the last: there may be many of one type.
void double_record(std::vector<std::uint8_t>& input, std::vector<Record> const& records, Chance& chance) {
    auto const source = records[chance() % records.size()];
    auto const begin  = input.begin() + static_cast<std::ptrdiff_t>(source.offset);
    auto const padded = std::min((source.size + 7) & ~std::size_t{7}, input.size() - source.offset);
    std::vector<std::uint8_t> const copy{begin, begin + static_cast<std::ptrdiff_t>(padded)};
    auto const place = static_cast<std::ptrdiff_t>(records.back().offset);
    for (auto times = chance() % 4 == 0 ? 33U : 1U; times > 0; --times)
        input.insert(input.begin() + place, copy.begin(), copy.end());
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    Chance chance{seed};
    if (chance() % 2 == 0) return LLVMFuzzerMutate(data, size, max_size);
    // SAFETY: because libFuzzer promises room for `max_size` bytes at `data`, `size` of which are the input.
#pragma clang unsafe_buffer_usage begin
    std::span const room{data, max_size};
#pragma clang unsafe_buffer_usage end
    std::vector<std::uint8_t> input{room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size)};
    auto const records = records_in(input);
    if (records.empty()) return LLVMFuzzerMutate(data, size, max_size);
    if (chance() % 4 == 0)
        double_record(input, records, chance);
    else
        change_field(input, records[chance() % records.size()], chance);
    input.resize(std::min(input.size(), max_size));
    if (chance() % 8 != 0)
        put(std::span{input}, piece_at, static_cast<std::uint32_t>(input.size() - piece_at));
    std::ranges::copy(input, room.begin());
    return input.size();
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    auto const input = std::as_bytes(std::span{data, size});
#pragma clang unsafe_buffer_usage end
    pith::testing::read_as(pith::boot::Loader::multiboot2, input);
    return 0;
}
