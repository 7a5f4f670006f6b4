// Address spaces: trees of tables that map virtual pages to physical memory.
//
// An address space owns its tables, and the frames that were given to its pages, until they are unmapped.
// Pages may also borrow memory: devices', or somebody else's. Then nothing comes back.
//
// All works on tables that are not active as well: build a space, then load it. The tables must have been
// made here, for those count their entries; only the root may also lead to others, which are let alone.
//
// Needs:     memory (addresses), tree, fill, change, visit, stale.
// Promises:  nothing is writable and executable at once. A frame that was unmapped comes back only after its
//            translation was flushed. Empty tables are given back. What fails changes nothing, unless it says
//            so.
// Reference: Intel SDM vol. 3A "4-Level Paging and 5-Level Paging"; AMD APM vol. 2 "Long-Mode Page
//            Translation".
#pragma once

#include "paging/change.hpp"
#include "paging/fill.hpp"
#include "paging/stale.hpp"
#include "paging/visit.hpp"

#include <atomic>
#include <optional>

namespace pith::paging {

template <TableAccess Access>
class AddressSpace {
public:
    // The tables that `access` leads to. `largest` is the largest page that the processor knows.
    constexpr explicit AddressSpace(Access access, PageSize largest = PageSize::mib_2)
        : tree_{access}, largest_{largest} {}
    AddressSpace(AddressSpace&&) noexcept   = default;
    AddressSpace& operator=(AddressSpace&&) = delete;
    ~AddressSpace()                         = default;

    Access const& access() const { return tree_.access(); }

    // ---- One page (inline, for it is short: the tables mostly exist) --------------------------------------

    // #region map
    // Gives `frame` to the page; takes it only if that succeeds.
    template <PageSize Size>
    [[nodiscard, gnu::always_inline]] inline std::expected<void, FailedAt<MapError>>
    map(Page<Size> page, Frame<Size>&& frame, Rights rights, FrameSource auto& frames) {
        auto const slot = tree_.template make_slot<level_of(Size)>(page.start(), rights.owner, frames);
        if (!slot) return std::unexpected{FailedAt{slot.error(), page.start()}};
        auto& entry = slot->table.at(page.start());
        if (entry.is_present()) return std::unexpected{FailedAt{MapError::already_mapped, page.start()}};
        entry = Entry<level_of(Size)>::page(std::move(frame).disown(), rights, Backing::owned,
                                            reach_of(page.start()));
        slot->counter.add_used(1);
        // To the compiler an entry and the page behind it have nothing to do with each other: no use of the
        // page may move up before it.
        std::atomic_signal_fence(std::memory_order_seq_cst);
        return {};
    }
    // #endregion map

    // #region unmap
    // Takes the page out of the tables. Its frame comes after the flush, and with it go tables that are
    // empty.
    template <PageSize Size>
    [[nodiscard, gnu::always_inline]] inline std::expected<Stale<Size, Access>, FailedAt<LookupError>>
    unmap(Page<Size> page) {
        auto const slot = tree_.template find_slot<level_of(Size)>(page.start());
        if (!slot) return std::unexpected{FailedAt{slot.error(), page.start()}};
        auto& entry = slot->table.at(page.start());
        if (auto const wrong = why_not_ours(entry)) return std::unexpected{FailedAt{*wrong, page.start()}};
        auto const memory = std::exchange(entry, {}).address();
        slot->counter.remove_used(1);
        return std::expected<Stale<Size, Access>, FailedAt<LookupError>>{
            std::in_place, access(), page, memory,
            slot->counter.used() == 0 ? Leaves::an_empty_table : Leaves::a_used_table};
    }
    // #endregion unmap

    // #region translate
    // What is mapped at `address`.
    [[nodiscard]] std::expected<Mapping, FailedAt<LookupError>> find(VirtAddr address) const {
        std::expected<Mapping, FailedAt<LookupError>> found =
            std::unexpected{FailedAt{LookupError::not_mapped, address}};
        if (Tree<Access>::is_own_slot(address))
            return std::unexpected{FailedAt{LookupError::own_slot, address}};
        visit(access(), tree_.root(), number_of(address), number_of(address), everything,
              [&](MappingRun const& run) { found = run.first; });
        return found;
    }
    // Where `address` leads.
    [[nodiscard]] std::expected<PhysAddr, FailedAt<LookupError>> translate(VirtAddr address) const {
        return find(address).transform(
            [&](Mapping const& mapping) { return mapping.memory + (address - mapping.start); });
    }
    // #endregion translate

    // ---- Ranges -------------------------------------------------------------------------------------------

    // Gives `run` to the pages from `start` on, as the largest pages that fit; takes it only if that
    // succeeds.
    [[nodiscard]] std::expected<void, FailedAt<MapError>> map(VirtAddr start, FrameRun&& run, Rights rights,
                                                              FrameSource auto& frames) {
        auto const pages = PageRange::of_bytes(start, run.range().size());
        auto const done  = fill_or_undo(pages, run.start(), rights, Backing::owned, frames);
        if (done) std::move(run).disown();
        return done;
    }
    // The same with memory that belongs to somebody else.
    [[nodiscard]] std::expected<void, FailedAt<MapError>>
    map_borrowed(PageRange pages, PhysAddr memory, Rights rights, FrameSource auto& frames) {
        return fill_or_undo(pages, memory, rights, Backing::borrowed, frames);
    }

    // Where `unmap` and `protect` put what must be flushed after them: also when they fail.
    template <FrameSource Frames>
    StalePages<Access, Frames> stale_pages(Frames& frames) const {
        return {access(), frames};
    }

    // Takes out all that is mapped in the range. Large pages that reach over its ends are split, for which it
    // may be out of frames: then all translations are as they were, but what was split stays so.
    template <FrameSource Frames>
    [[nodiscard]] std::expected<void, FailedAt<ChangeError>> unmap(PageRange pages, Frames& frames,
                                                                   StalePages<Access, Frames>& stale) {
        if (auto const ready = prepare_change(pages, Owner::kernel, frames, stale); !ready) return ready;
        clear(access(), tree_.root(), first_number(pages), last_number_of(pages), stale);
        return {};
    }

    // Gives all pages in the range other rights, their caching included. It splits as `unmap` does. At a page
    // that is not mapped it stops; those before it are changed.
    template <FrameSource Frames>
    [[nodiscard]] std::expected<void, FailedAt<ChangeError>>
    protect(PageRange pages, Rights rights, Frames& frames, StalePages<Access, Frames>& stale) {
        if (auto const ready = prepare_change(pages, rights.owner, frames, stale); !ready) return ready;
        return set_rights(access(), tree_.root(), first_number(pages), last_number_of(pages), rights, stale);
    }

    // ---- All of it ----------------------------------------------------------------------------------------

    // Calls `use(run)` for all pages, run by run (visit.hpp), the lower half first, lowest address first.
    void for_each_run(auto&& use) const { visit(access(), tree_.root(), 0, last_number, everything, use); }
    // Calls `use(mapping)` for each page.
    void for_each(auto&& use) const {
        for_each_run([&](MappingRun const& run) {
            for (std::uint64_t index = 0; index < run.count; ++index) use(run.at(index));
        });
    }

private:
    static constexpr std::uint64_t first_number(PageRange pages) { return number_of(pages.start()); }
    static constexpr std::uint64_t last_number_of(PageRange pages) {
        return number_of(pages.last().start()) + (page_bytes - 1);
    }

    // Why this entry is no page whose frame we own; nothing if it is one.
    template <int Level>
    static std::optional<LookupError> why_not_ours(Entry<Level> entry) {
        if (!entry.is_present()) return LookupError::not_mapped;
        if (!entry.is_page()) return LookupError::holds_smaller_pages;
        if (entry.backing() != Backing::owned) return LookupError::not_owned;
        return std::nullopt;
    }

    std::expected<void, FailedAt<MapError>> fill_or_undo(PageRange pages, PhysAddr memory, Rights rights,
                                                         Backing backing, FrameSource auto& frames) {
        Piece const piece{.start   = pages.start(),
                          .memory  = memory,
                          .bytes   = pages.bytes(),
                          .rights  = rights,
                          .backing = backing};
        require(is_multiple(memory.value(), page_bytes), "memory for pages begins at a multiple of 4096");
        require(pages.bytes() <= (std::uint64_t{1} << PhysAddr::bits) - memory.value(),
                "memory for pages has addresses of 52 bits");
        auto const filled = fill(tree_, largest_, piece, frames);
        if (!filled) undo_fill(pages.start(), filled.error().address, frames);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // as in `map`
        return filled;
    }

    // Takes out the pages from `start` to `end`, but not their memory: it was not taken over.
    void undo_fill(VirtAddr start, VirtAddr end, FrameSource auto& frames) {
        if (start == end) return;
        auto stale = stale_pages(frames);
        auto undo  = stale.without_memory();
        clear(access(), tree_.root(), number_of(start), number_of(end) - 1, undo);
        stale.flush();
    }

    // Makes large pages end where the range begins and ends.
    template <FrameSource Frames>
    std::expected<void, FailedAt<ChangeError>> prepare_change(PageRange pages, Owner owner, Frames& frames,
                                                              StalePages<Access, Frames>& stale) {
        auto const start = pages.start(), last = pages.last().start();
        if (Tree<Access>::has_own_slot(pages)) return std::unexpected{FailedAt{ChangeError::own_slot, start}};
        if (owner == Owner::user && is_kernel_half(start)) {
            return std::unexpected{FailedAt{ChangeError::user_page_in_kernel_half, start}};
        }
        if (!tree_.split_at(start, frames, stale)) {
            return std::unexpected{FailedAt{ChangeError::out_of_frames, start}};
        }
        if (!tree_.split_behind(last, frames, stale)) {
            return std::unexpected{FailedAt{ChangeError::out_of_frames, last}};
        }
        return {};
    }

    Tree<Access> tree_;
    PageSize largest_;
};

}  // namespace pith::paging
