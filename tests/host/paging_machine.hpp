// A machine for page tables, in arrays: memory that tables lie in, frames, and a processor that translates as
// a real one does, which means that it remembers what it should not.
//
// The processor reads tables as numbers, and knows nothing of the classes that are tested.
#pragma once

#include "paging/address_space.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

namespace pith::paging::testing {

// What the processor makes of a page's address.
struct Translation {
    std::uint64_t start = 0, size = 0;  // the page, as a number of 48 bits
    std::uint64_t memory = 0;
    bool writable = true, executable = true, user = true, global = false;

    bool has(std::uint64_t address) const { return address - start < size; }
    bool operator==(Translation const&) const = default;
};

class Processor {
public:
    struct alignas(page_bytes) RawTable : std::array<std::uint64_t, entries_per_table> {};

    // `table_at` gives the table at a physical address.
    explicit Processor(std::function<RawTable&(std::uint64_t)> table_at) : table_at_{std::move(table_at)} {}

    // Reads or writes at `address`, and remembers what it found on the way.
    std::optional<Translation> use(std::uint64_t root, std::uint64_t address, bool writes) {
        for (auto const& known : translations_)
            if (known.has(address)) return known;
        Translation found;
        auto table = root;
        int level  = 4;
        for (int below = 1; below < 4; ++below) {  // the lowest table that it remembers
            auto const known = tables_.find({below, address >> shift(below + 1)});
            if (known == tables_.end()) continue;
            table = known->second.memory;
            found = known->second;
            level = below;
            break;
        }
        for (;; --level) {
            auto& entry = table_at_(table).at(address >> shift(level) & 511);
            if ((entry & 1) == 0) return std::nullopt;
            found.writable &= (entry & 2) != 0;
            found.user &= (entry & 4) != 0;
            found.executable &= entry >> 63 == 0;
            entry |= 0x20;
            if (level == 1 || (entry & 0x80) != 0) return remember(entry, level, found, address, writes);
            table        = entry & 0x000f'ffff'ffff'f000;
            found.memory = table;
            tables_.insert_or_assign({level - 1, address >> shift(level)}, found);
        }
    }

    void forget(std::uint64_t address) {
        std::erase_if(translations_, [&](Translation const& known) { return known.has(address); });
        tables_.clear();
        ++forgotten;
    }
    void forget_all() {
        translations_.clear();
        tables_.clear();
        ++forgotten_all;
    }

    // Whether something that it remembers leads to this memory.
    bool remembers(std::uint64_t memory, std::uint64_t bytes) const {
        for (auto const& known : translations_)
            if (known.memory < memory + bytes && memory < known.memory + known.size) return true;
        for (auto const& [place, known] : tables_)
            if (known.memory - memory < bytes) return true;
        return false;
    }

    int forgotten = 0, forgotten_all = 0;

private:
    static int shift(int level) { return 12 + 9 * (level - 1); }

    Translation remember(std::uint64_t& entry, int level, Translation found, std::uint64_t address,
                         bool writes) {
        if (writes && found.writable) entry |= 0x40;
        found.size   = std::uint64_t{1} << shift(level);
        found.start  = address & ~(found.size - 1);
        found.memory = entry & 0x000f'ffff'ffff'f000 & ~(found.size - 1);
        found.global = (entry & 0x100) != 0;
        translations_.push_back(found);
        return found;
    }

    std::function<RawTable&(std::uint64_t)> table_at_;
    std::vector<Translation> translations_;
    std::map<std::pair<int, std::uint64_t>, Translation> tables_;  // by level, and the address's upper bits
};

class Machine {
public:
    static constexpr std::uint64_t small_start = 0x10'0000, small_frames = 32768;  // single frames, tables
    static constexpr std::uint64_t run_start = std::uint64_t{4} << 30, run_frames = 1'048'576;

    Machine() : small_(small_frames), run_is_taken_(run_frames) {
        for (std::uint64_t frame = 0; frame < small_frames; ++frame)
            free_.push_back(small_start + (small_frames - 1 - frame) * page_bytes);
        root_ = take_small();
        table_at(root_).fill(0);
    }
    Machine(Machine const&)            = delete;
    Machine& operator=(Machine const&) = delete;

    // -- A source of frames

    template <PageSize Size>
    std::expected<Frame<Size>, frames::TakeError> take() {
        static_assert(Size == PageSize::kib_4);
        if (frames_left == 0 || free_.empty()) return std::unexpected{frames::TakeError::out_of_frames};
        if (frames_left != unlimited) --frames_left;
        return Frame<Size>::own(PhysAddr{take_small()});
    }
    // `count` frames at `start`, which are free.
    FrameRun take_run(std::uint64_t start, std::uint64_t count) {
        for (auto frame = index_in_runs(start); frame < index_in_runs(start) + count; ++frame) {
            EXPECT_FALSE(run_is_taken_.at(frame));
            run_is_taken_.at(frame) = true;
        }
        taken_ += count;
        return FrameRun::own(PhysAddr{start}, count);
    }
    bool is_run_free(std::uint64_t start, std::uint64_t count) const {
        for (auto frame = index_in_runs(start); frame < index_in_runs(start) + count; ++frame)
            if (run_is_taken_.at(frame)) return false;
        return true;
    }
    template <PageSize Size>
    void give(Frame<Size>&& frame) {
        give_back(std::move(frame).disown().value(), bytes_in(Size) / page_bytes);
    }
    void give(FrameRun&& run) {
        auto const count = run.count();
        give_back(run.start().value(), count);
        static_cast<void>(std::move(run).disown());
    }
    // Frames that are out: in tables, in pages, or in somebody's hand. The root's included.
    std::uint64_t taken() const { return taken_; }

    static constexpr std::uint64_t unlimited = ~std::uint64_t{0};
    std::uint64_t frames_left                = unlimited;

    // -- Tables

    std::uint64_t root() const { return root_; }
    bool is_table(std::uint64_t address) const {
        auto const index = (address - small_start) / page_bytes;
        return index < small_frames && small_[index] != nullptr;
    }
    Processor::RawTable& table_at(std::uint64_t address) {
        if (!is_table(address)) throw std::logic_error{"an entry leads to a table that is none"};
        return *small_[(address - small_start) / page_bytes];
    }

    Processor processor{[this](std::uint64_t address) -> Processor::RawTable& { return table_at(address); }};

    // At `address`, a number of 48 bits.
    std::optional<Translation> use(std::uint64_t address, bool writes = false) {
        recent_.at(next_recent_++ % recent_.size()) = address;
        return processor.use(root_, address, writes);
    }
    // What was forgotten may be learnt again at once, as far as it is still there: processors look ahead.
    void forget(std::uint64_t address) {
        processor.forget(address);
        look_ahead();
    }
    void forget_all() {
        processor.forget_all();
        look_ahead();
    }

private:
    static std::uint64_t index_in_runs(std::uint64_t address) { return (address - run_start) / page_bytes; }

    void look_ahead() {
        for (auto const address : recent_) processor.use(root_, address, false);
    }

    // Full of what looks like entries.
    std::uint64_t take_small() {
        auto const frame = free_.back();
        free_.pop_back();
        auto& memory = small_[(frame - small_start) / page_bytes];
        memory       = std::make_unique<Processor::RawTable>();
        memory->fill(0xdead'b007);
        ++taken_;
        return frame;
    }

    void give_back(std::uint64_t start, std::uint64_t count) {
        EXPECT_FALSE(processor.remembers(start, count * page_bytes))
            << "memory came back that the processor still knows";
        for (auto frame = start; frame < start + count * page_bytes; frame += page_bytes) give_back(frame);
        taken_ -= count;
    }
    void give_back(std::uint64_t frame) {
        if (frame >= run_start) {
            EXPECT_TRUE(run_is_taken_.at(index_in_runs(frame)));
            run_is_taken_.at(index_in_runs(frame)) = false;
        } else {
            EXPECT_TRUE(is_table(frame)) << "a frame came back twice";
            small_.at((frame - small_start) / page_bytes).reset();
            free_.push_back(frame);
        }
    }

    std::vector<std::unique_ptr<Processor::RawTable>> small_;  // nullptr: free
    std::vector<std::uint64_t> free_;
    std::vector<bool> run_is_taken_;
    std::uint64_t taken_ = 0;
    std::uint64_t root_  = 0;
    std::array<std::uint64_t, 4> recent_{};
    std::size_t next_recent_ = 0;
};

// The third model of TableAccess.
template <std::size_t OwnSlot = entries_per_table>
class ArrayAccess {
public:
    static constexpr std::size_t own_slot = OwnSlot;

    explicit ArrayAccess(Machine& machine) : machine_{&machine} {}

    Table<4>& root() const { return at<4>(machine_->root()); }

    template <int Level>
        requires HasNext<Level>
    Table<Level - 1>& next(Table<Level>& table, std::size_t index) const {
        return at<Level - 1>(table.entries[index].address().value());
    }
    template <int Level>
        requires HasNext<Level>
    Table<Level - 1>& link(Table<Level>& table, std::size_t index, Entry<Level> entry, auto&& fill) const {
        auto& next = at<Level - 1>(entry.address().value());
        fill(next);
        table.entries[index] = entry;
        return next;
    }
    void forget(VirtAddr address) const { machine_->forget(number_of(address)); }
    void forget_all() const { machine_->forget_all(); }

private:
    template <int Level>
    Table<Level>& at(std::uint64_t address) const {
        return reinterpret_cast<Table<Level>&>(machine_->table_at(address));
    }

    Machine* machine_;
};
static_assert(TableAccess<ArrayAccess<>> && FrameSource<Machine>);

using Space = AddressSpace<ArrayAccess<>>;

// A page as the tables have it, read as numbers.
struct PageInTables {
    std::uint64_t start, size, entry;  // start: a number of 48 bits
    bool operator==(PageInTables const&) const = default;
};
inline void PrintTo(PageInTables const& page, std::ostream* out) {
    *out << std::hex << "{0x" << page.start << ", 0x" << page.size << ", entry 0x" << page.entry << "}";
}

// All pages and how many tables there are, the root included; and checks that no table is empty, that tables
// count their entries, and let through who must come through.
class WholeTree {
public:
    explicit WholeTree(Machine& machine, std::size_t own_slot = entries_per_table)
        : machine_{machine}, own_slot_{own_slot} {
        read(machine.root(), 4, 0);
    }

    std::vector<PageInTables> pages;
    std::uint64_t tables = 0;

private:
    std::uint64_t read(std::uint64_t table, int level, std::uint64_t start) {
        ++tables;
        std::uint64_t used = 0;
        auto const span    = std::uint64_t{1} << (12 + 9 * (level - 1));
        for (std::size_t index = 0; index < entries_per_table; ++index) {
            auto const entry = machine_.table_at(table).at(index);
            if ((entry & 1) == 0) {
                EXPECT_EQ(entry, 0U) << "something is left of an entry";
                continue;
            }
            if (level == 4 && index == own_slot_) continue;
            ++used;
            read_entry(entry, level, start + index * span);
        }
        return used;
    }
    void read_entry(std::uint64_t entry, int level, std::uint64_t start) {
        if (level == 1 || (entry & 0x80) != 0) {
            pages.push_back({start, std::uint64_t{1} << (12 + 9 * (level - 1)), entry});
            return;
        }
        bool const lower_half = start >> 47 == 0;
        EXPECT_EQ(entry & 0x8000'0000'0000'0007, lower_half ? 7U : 3U) << "a table's rights";
        auto const used = read(entry & 0x000f'ffff'ffff'f000, level - 1, start);
        EXPECT_EQ(entry >> 52 & 0x3ff, used) << "an entry counts wrongly, at " << std::hex << start;
        EXPECT_NE(used, 0U) << "an empty table was left, at " << std::hex << start;
    }

    Machine& machine_;
    std::size_t own_slot_;
};

}  // namespace pith::paging::testing
