// Stale translations: pages that are out of the tables, but that the processor may still remember.
//
// Whoever got such a page's frame could see it changed by somebody who has the old translation. So unmapping
// gives no frame, but a Stale, and only flushing that gives the frame. To drop one unflushed is a bug, and
// fails. What is mapped in the meantime at the same addresses, or beside them, may be missed by the
// processor: it still knows the old page, or the old table. So flush first, then use what is new.
//
// Needs:     frame_source, table_access.
// Promises:  a frame comes out only after the processor was told to forget where it was mapped. The same for
//            tables that went with it.
// Reference: Intel SDM vol. 3A "Recommended Invalidation", "Delayed Invalidation".
#pragma once

#include "paging/tree.hpp"

namespace pith::paging {

// Whether a page was the last in its table.
enum class Leaves : std::uint8_t { a_used_table, an_empty_table };

// #region stale
// One page, whose memory comes back as a frame.
template <PageSize Size, TableAccess Access>
class [[nodiscard]] Stale {
public:
    Stale(Access const& access, Page<Size> page, PhysAddr memory, Leaves leaves)
        : access_{access}, page_{page}, memory_{memory}, leaves_{leaves} {}
    Stale(Stale&& other) noexcept
        : access_{other.access_},
          page_{other.page_},
          memory_{std::exchange(other.memory_, PhysAddr{})},
          leaves_{other.leaves_} {}
    Stale& operator=(Stale&&) = delete;
    ~Stale() { require(memory_ == PhysAddr{}, "a stale translation was dropped unflushed"); }

    // Tables that are empty without the page go out of the tree, and back to `frames`: so whoever locked the
    // space for `unmap` keeps it locked until here.
    Frame<Size> flush(FrameSource auto& frames) && {
        if (leaves_ == Leaves::an_empty_table) [[unlikely]] {
            flush_with_tables(access_, page_, frames);
        } else {
            access_.forget(page_.start());
        }
        return Frame<Size>::own(std::exchange(memory_, PhysAddr{}));
    }

private:
    [[gnu::noinline]] static void flush_with_tables(Access access, Page<Size> page,
                                                    FrameSource auto& frames) {
        auto const tables = Tree<Access>{access}.drop_empty_tables(page.start());
        access.forget(page.start());
        for (auto const table : tables) frames.give(Frame<PageSize::kib_4>::own(table));
    }

    Access access_;
    Page<Size> page_;
    PhysAddr memory_;  // 0: flushed, or moved from
    Leaves leaves_;
};
// #endregion stale

// Many pages, of any size, flushed together. Owned memory and empty tables go back to where frames come from.
//
// What it can hold is limited. When it is full it flushes early, on its own.
template <TableAccess Access, FrameSource Frames>
class [[nodiscard]] StalePages {
public:
    StalePages(Access const& access, Frames& frames) : access_{access}, frames_{frames} {}
    StalePages(StalePages const&)            = delete;
    StalePages& operator=(StalePages const&) = delete;
    ~StalePages() { require(is_flushed(), "stale translations were dropped unflushed"); }

    bool is_flushed() const { return page_count_ == 0 && run_count_ == 0; }

    // `count` pages of `size` in a row whose translations went or changed.
    void add_pages(VirtAddr first, std::uint64_t count, PageSize size) {
        if (page_count_ == all_pages || count > max_pages - page_count_) {
            page_count_ = all_pages;
            return;
        }
        for (std::uint64_t index = 0; index < count; ++index) {
            pages_[page_count_++] = first + index * bytes_in(size);
        }
    }
    // Memory that is free after the flush.
    void add_memory(PhysAddr start, std::uint64_t frames) {
        if (run_count_ == max_runs) flush();
        runs_[run_count_++] = {.start = start, .count = frames};
    }
    // An empty table. It may be known by any address behind it, and by its own in a recursive slot.
    void add_table(PhysAddr table) {
        page_count_ = all_pages;
        add_memory(table, 1);
    }

    // Takes the same, but leaves the memory out: it is not ours to give.
    auto without_memory() {
        struct WithoutMemory {
            StalePages& stale;

            void add_pages(VirtAddr first, std::uint64_t count, PageSize size) {
                stale.add_pages(first, count, size);
            }
            void add_memory(PhysAddr, std::uint64_t) {}
            void add_table(PhysAddr table) { stale.add_table(table); }
        };
        return WithoutMemory{*this};
    }

    void flush() {
        forget();
        for (auto const& run : std::span{runs_}.first(run_count_)) give(run);
        run_count_ = 0;
    }

private:
    // More single pages than this, and forgetting everything is cheaper. (Linux has the same number.)
    static constexpr std::size_t max_pages = 33, all_pages = max_pages + 1, max_runs = 64;

    struct Run {
        PhysAddr start;
        std::uint64_t count;
    };

    void forget() {
        if (page_count_ == all_pages) {
            access_.forget_all();
        } else {
            for (auto const page : std::span{pages_}.first(page_count_)) access_.forget(page);
        }
        page_count_ = 0;
    }
    void give(Run const& run) {
        if (run.count == 1) {
            frames_.give(Frame<PageSize::kib_4>::own(run.start));
        } else {
            frames_.give(FrameRun::own(run.start, run.count));
        }
    }

    Access access_;
    Frames& frames_;
    std::size_t page_count_ = 0, run_count_ = 0;
    std::array<VirtAddr, max_pages> pages_;
    std::array<Run, max_runs> runs_;
};

}  // namespace pith::paging
