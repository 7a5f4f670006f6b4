// The scenarios with the kernel's address spaces. Their tables lie in an array; the memory behind the pages is
// not there, and there is no processor that has to forget anything.
#include "page_tables/scenarios.hpp"
#include "paging/address_space.hpp"

#include <cstdlib>
#include <memory>
#include <numeric>
#include <vector>

namespace pith::bench {
namespace {

using paging::Frame;
using paging::FrameRun;
using paging::Table;

constexpr auto kib_4 = PageSize::kib_4;
constexpr paging::Rights data{.access = paging::Access::read_write};

// Frames for tables. A physical address is a place in the array.
class Frames {
public:
    Frames() { std::iota(free_.begin(), free_.end(), 1); }

    template <PageSize Size>
        requires(Size == kib_4)
    std::expected<Frame<Size>, frames::TakeError> take() {
        if (free_.empty()) return std::unexpected{frames::TakeError::out_of_frames};
        auto const index = free_.back();
        free_.pop_back();
        return Frame<Size>::own(PhysAddr{index * page_bytes});
    }
    template <PageSize Size>
    void give(Frame<Size>&& frame) {
        give_back(std::move(frame).disown());
    }
    void give(FrameRun&& run) {
        auto const range = std::move(run).disown();
        for (auto frame = range.start(); frame < range.end(); frame = frame + page_bytes) give_back(frame);
    }

    template <int Level>
    Table<Level>& table_at(PhysAddr address) {
        // SAFETY: because tables are frames, and a frame has the size and alignment of a table.
        return reinterpret_cast<Table<Level>&>(memory_[address.value() / page_bytes]);
    }

private:
    static constexpr std::size_t count = 1024;

    // The pages' own memory is let go.
    void give_back(PhysAddr frame) {
        if (frame.value() < (count + 1) * page_bytes) free_.push_back(frame.value() / page_bytes);
    }

    std::vector<Table<1>> memory_    = std::vector<Table<1>>(count + 1);
    std::vector<std::uint64_t> free_ = std::vector<std::uint64_t>(count);
};

class ArrayAccess {
public:
    static constexpr std::size_t own_slot = paging::entries_per_table;

    explicit ArrayAccess(Frames& frames) : frames_{&frames} {}

    Table<4>& root() const { return frames_->table_at<4>(PhysAddr{0}); }
    template <int Level>
        requires paging::HasNext<Level>
    Table<Level - 1>& next(Table<Level>& table, std::size_t index) const {
        return frames_->table_at<Level - 1>(table.entries[index].table_address());
    }
    template <int Level>
        requires paging::HasNext<Level>
    Table<Level - 1>& link(Table<Level>& table, std::size_t index, paging::Entry<Level> entry,
                           auto&& fill) const {
        auto& next = frames_->table_at<Level - 1>(entry.table_address());
        fill(next);
        table.entries[index] = entry;
        return next;
    }
    void forget(VirtAddr) const {}
    void forget_all() const {}

private:
    Frames* frames_;
};
static_assert(paging::TableAccess<ArrayAccess> && paging::FrameSource<Frames>);

class Ours {
public:
    void map(std::uint64_t address, std::uint64_t memory) {
        check(space_.map(Page<kib_4>{VirtAddr{address}}, Frame<kib_4>::own(PhysAddr{memory}), data, *frames_)
                  .has_value());
    }
    void unmap(std::uint64_t address) {
        auto stale = space_.unmap(Page<kib_4>{VirtAddr{address}});
        check(stale.has_value());
        static_cast<void>(std::move(*stale).flush(*frames_).disown());
    }
    std::uint64_t find(std::uint64_t address) const {
        auto const memory = space_.translate(VirtAddr{address});
        check(memory.has_value());
        return memory->value();
    }
    void map_range(std::uint64_t address, std::uint64_t memory, std::uint64_t pages) {
        check(space_.map_borrowed(range(address, pages), PhysAddr{memory}, data, *frames_).has_value());
    }
    void unmap_range(std::uint64_t address, std::uint64_t pages) {
        auto stale = space_.stale_pages(*frames_);
        check(space_.unmap(range(address, pages), *frames_, stale).has_value());
        stale.flush();
    }

private:
    static PageRange range(std::uint64_t address, std::uint64_t pages) {
        return PageRange::of_bytes(VirtAddr{address}, pages * page_bytes);
    }
    static void check(bool done) {
        if (!done) std::abort();
    }

    std::unique_ptr<Frames> frames_ = std::make_unique<Frames>();
    paging::AddressSpace<ArrayAccess> space_{ArrayAccess{*frames_}};
};

}  // namespace

Scenario* make_one_page_of_ours() { return new OnePage<Ours>; }
Scenario* make_range_of_ours() { return new Range<Ours>; }
Scenario* make_find_of_ours() { return new Find<Ours>; }

}  // namespace pith::bench
