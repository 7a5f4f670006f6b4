// Address spaces under random operations, beside a model: an array that says what is mapped at each page.
#include "paging_machine.hpp"

#include <random>

// NOLINTBEGIN(bugprone-use-after-move): what is refused was not moved
namespace pith::paging {
namespace {

using namespace testing;

constexpr auto kib_4 = PageSize::kib_4, mib_2 = PageSize::mib_2;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;

// What the model knows of a page of 4 KiB.
struct Small {
    std::uint64_t memory = 0;
    Rights rights;
    Backing backing = Backing::owned;
    int level       = 0;  // of the page that it is part of; 0: nothing is mapped
};

// A part of the address space in which the test moves.
struct Window {
    std::uint64_t start, pages;  // start: a number of 48 bits
    std::vector<Small> contents = std::vector<Small>(pages);
};

constexpr std::uint64_t pages_in(int level) { return std::uint64_t{1} << (9 * (level - 1)); }

class Model {
public:
    Model(Window& window, PageSize largest) : window_{window}, highest_level_{level_of(largest)} {}

    VirtAddr address(std::uint64_t page) const { return address_of(window_.start + page * page_bytes); }
    Small& at(std::uint64_t page) { return window_.contents.at(page); }

    std::expected<void, FailedAt<MapError>> map(std::uint64_t first, std::uint64_t count, Small const& kind) {
        if (kind.rights.owner == Owner::user && is_kernel_half(address(first)))
            return std::unexpected{FailedAt{MapError::user_page_in_kernel_half, address(first)}};
        auto const old = std::vector(window_.contents.begin() + signed_of(first),
                                     window_.contents.begin() + signed_of(first + count));
        for (std::uint64_t done = 0; done < count;) {
            auto page     = kind;
            page.memory   = kind.memory + done * page_bytes;
            page.level    = largest_level(first + done, page.memory, count - done);
            auto const ok = map_page(first + done, page);
            if (!ok) {
                std::ranges::copy(old, window_.contents.begin() + signed_of(first));
                return ok;
            }
            done += pages_in(page.level);
        }
        return {};
    }
    // One page of exactly this level.
    std::expected<void, FailedAt<MapError>> map_page(std::uint64_t page, Small kind) {
        auto const count = pages_in(kind.level);
        for (auto const& small : part(page, count)) {
            if (small.level == 0) continue;
            return std::unexpected{
                FailedAt{small.level > kind.level ? MapError::inside_large_page : MapError::already_mapped,
                         address(page)}};
        }
        for (auto& small : part(page, count)) {
            small = kind;
            kind.memory += page_bytes;
        }
        return {};
    }
    void unmap(std::uint64_t first, std::uint64_t count) {
        split_at(first);
        split_at(first + count);
        for (auto& small : part(first, count)) small = {};
    }
    std::expected<void, FailedAt<ChangeError>> protect(std::uint64_t first, std::uint64_t count,
                                                       Rights rights) {
        if (rights.owner == Owner::user && is_kernel_half(address(first)))
            return std::unexpected{FailedAt{ChangeError::user_page_in_kernel_half, address(first)}};
        split_at(first);
        split_at(first + count);
        for (auto page = first; page < first + count; ++page) {
            if (at(page).level == 0) return std::unexpected{FailedAt{ChangeError::not_mapped, address(page)}};
            at(page).rights = rights;
        }
        return {};
    }
    // Why this page cannot be unmapped on its own.
    std::optional<LookupError> why_not_unmap(std::uint64_t page, int level) {
        auto const& first = at(page);
        if (first.level > level) return LookupError::inside_large_page;
        if (first.level < level) {
            bool const any = std::ranges::any_of(part(page, pages_in(level)),
                                                 [](Small const& small) { return small.level != 0; });
            return any ? LookupError::holds_smaller_pages : LookupError::not_mapped;
        }
        if (first.backing == Backing::borrowed) return LookupError::not_owned;
        return std::nullopt;
    }

private:
    static std::ptrdiff_t signed_of(std::uint64_t number) { return static_cast<std::ptrdiff_t>(number); }
    std::span<Small> part(std::uint64_t first, std::uint64_t count) {
        return std::span{window_.contents}.subspan(first, count);
    }
    int largest_level(std::uint64_t page, std::uint64_t memory, std::uint64_t count) const {
        for (auto level = highest_level_; level > 1; --level) {
            auto const bytes = pages_in(level) * page_bytes;
            if ((window_.start + page * page_bytes) % bytes == 0 && memory % bytes == 0 &&
                count >= pages_in(level))
                return level;
        }
        return 1;
    }
    // No page reaches over the start of `page`.
    void split_at(std::uint64_t page) {
        if (page == window_.contents.size()) return;
        for (int level = 3; level > 1; --level) {
            auto const first = page - (window_.start / page_bytes + page) % pages_in(level);
            if (at(page).level != level || first == page) continue;
            for (auto& small : part(first, pages_in(level))) small.level = level - 1;
        }
    }

    Window& window_;
    int highest_level_;
};

class RandomOperations {
public:
    RandomOperations(std::vector<Window> windows, PageSize largest, std::uint64_t longest, unsigned seed)
        : windows_{std::move(windows)}, largest_{largest}, longest_{longest}, random_{seed} {}

    void run(int operations) {
        for (int operation = 0; operation < operations; ++operation) {
            step();
            if (operation % (operations / 60) == 0) check_all();
            ASSERT_FALSE(::testing::Test::HasFailure()) << "at operation " << operation;
        }
        for (auto& window : windows_) unmap_range(window, 0, window.pages);
        flush();
        check_all();
        EXPECT_EQ(machine_.taken(), 1U) << "frames were lost";
        // All of it happened, or the test shows nothing.
        for (auto const& [name, count] : happened_) EXPECT_GT(count, 0) << name;
    }

private:
    using Batch = StalePages<ArrayAccess<>, Machine>;

    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    bool one_in(std::uint64_t times) { return below(times) == 0; }

    void step() {
        auto& window         = windows_.at(below(windows_.size()));
        auto const page      = below(window.pages);
        machine_.frames_left = one_in(16) ? below(4) : Machine::unlimited;
        switch (below(16)) {
            case 0:
            case 1:
            case 2:  map_single(window, page); break;
            case 3:
            case 4:  map_range(window, page, below_or_all(window, page)); break;
            case 5:
            case 6:  unmap_single(window, page); break;
            case 7:  unmap_range(window, page, below_or_all(window, page)); break;
            case 8:  protect(window, page, below_or_all(window, page)); break;
            case 9:  flush(); break;
            default: use(window, page);
        }
    }
    // How many pages: mostly few, often up to a boundary of 2 MiB.
    std::uint64_t below_or_all(Window const& window, std::uint64_t page) {
        auto const rest  = window.pages - page;
        auto const count = one_in(3) ? 1 + below(longest_) : one_in(2) ? 512 - page % 512 : 1 + below(8);
        return std::min(rest, count);
    }
    Rights rights() {
        return {
            .access =
                std::array{Access::read, Access::read_write, Access::read_execute, Access::shadow_stack}.at(
                    below(4)),
            .owner   = one_in(3) ? Owner::user : Owner::kernel,
            .caching = one_in(5) ? Caching::uncached : Caching::write_back};
    }

    // Where it fails for want of frames, nothing changes. Else all is as the model says.
    template <typename Result>
    bool ran_out(Result const& result) {
        if (result || machine_.frames_left == Machine::unlimited) return false;
        using Error = decltype(result.error().error);
        if (result.error().error != Error::out_of_frames) return false;
        ++happened_["ran out of frames"];
        return true;
    }

    void map_single(Window& window, std::uint64_t page) {
        Model model{window, largest_};
        if (one_in(4)) {
            page -= page % 512;
            auto const memory = find_run(512, page % 512);
            if (page + 512 > window.pages || !memory) return;
            auto run = Frame<mib_2>::own(std::move(machine_.take_run(*memory, 512)).disown().start());
            map_single(model, page, std::move(run));
        } else if (auto frame = machine_.take<kib_4>(); frame) {
            map_single(model, page, std::move(*frame));
        }
    }
    template <PageSize Size>
    void map_single(Model& model, std::uint64_t page, Frame<Size>&& frame) {
        Small const kind{.memory  = frame.start().value(),
                         .rights  = rights(),
                         .backing = Backing::owned,
                         .level   = level_of(Size)};
        auto const result =
            space_.map(Page<Size>{model.address(page)}, std::move(frame), kind.rights, machine_);
        if (!ran_out(result)) {
            auto const expected =
                kind.rights.owner == Owner::user && is_kernel_half(model.address(page))
                    ? std::unexpected{FailedAt{MapError::user_page_in_kernel_half, model.address(page)}}
                    : model.map_page(page, kind);
            EXPECT_EQ(result, expected);
        }
        ++happened_[result ? "mapped" : "not mapped"];
        if (!result) machine_.give(std::move(frame));
    }

    void map_range(Window& window, std::uint64_t page, std::uint64_t count) {
        Model model{window, largest_};
        auto const start = model.address(page);
        Small kind{.rights = rights(), .backing = one_in(2) ? Backing::owned : Backing::borrowed};
        auto const compare = [&](auto const& result) {
            if (!ran_out(result)) EXPECT_EQ(result, model.map(page, count, kind));
            ++happened_[result ? "range mapped" : "range not mapped"];
        };
        // In step with the page, so that large ones fit, or not.
        auto const phase = one_in(3) ? below(512) : (window.start / page_bytes + page) % 262144;
        if (kind.backing == Backing::borrowed) {
            kind.memory = (std::uint64_t{1} << 40) + below(64) * gib + phase * page_bytes;
            compare(space_.map_borrowed(PageRange{Page<kib_4>{start}, count}, PhysAddr{kind.memory},
                                        kind.rights, machine_));
        } else if (auto const memory = find_run(count, phase % 512)) {
            kind.memory = *memory;
            auto run    = machine_.take_run(*memory, count);
            auto result = space_.map(start, std::move(run), kind.rights, machine_);
            compare(result);
            if (!result) machine_.give(std::move(run));
        }
    }
    // Memory of so many frames that is free.
    std::optional<std::uint64_t> find_run(std::uint64_t count, std::uint64_t phase) {
        for (int attempt = 0; attempt < 8; ++attempt) {
            auto const first = below((Machine::run_frames - count) / 512 - 1) * 512 + phase;
            auto const start = Machine::run_start + first * page_bytes;
            if (machine_.is_run_free(start, count)) return start;
        }
        return std::nullopt;
    }

    void unmap_single(Window& window, std::uint64_t page) {
        Model model{window, largest_};
        if (one_in(4) && page / 512 * 512 + 512 <= window.pages) {
            unmap_single<mib_2>(model, page / 512 * 512);
        } else {
            unmap_single<kib_4>(model, page);
        }
    }
    template <PageSize Size>
    void unmap_single(Model& model, std::uint64_t page) {
        auto const address = model.address(page);
        auto const why_not = model.why_not_unmap(page, level_of(Size));
        auto stale         = space_.unmap(Page<Size>{address});
        ASSERT_EQ(stale.has_value(), !why_not);
        ++happened_[stale ? "unmapped" : "not unmapped"];
        if (!stale) {
            EXPECT_EQ(stale.error(), (FailedAt{*why_not, address}));
            return;
        }
        if (one_in(2)) machine_.use(number_of(address));  // the processor still knows it
        auto frame = std::move(*stale).flush(machine_);
        EXPECT_EQ(frame.start().value(), model.at(page).memory);
        machine_.give(std::move(frame));
        model.unmap(page, pages_in(level_of(Size)));
    }

    void unmap_range(Window& window, std::uint64_t page, std::uint64_t count) {
        Model model{window, largest_};
        auto const result =
            space_.unmap(PageRange{Page<kib_4>{model.address(page)}, count}, machine_, batch_);
        is_pending_ = true;
        ++happened_["range unmapped"];
        if (ran_out(result)) {
            machine_.frames_left = Machine::unlimited;
            unmap_range(window, page, count);
            return;
        }
        EXPECT_TRUE(result);
        model.unmap(page, count);
    }

    void protect(Window& window, std::uint64_t page, std::uint64_t count) {
        Model model{window, largest_};
        PageRange const range{Page<kib_4>{model.address(page)}, count};
        auto const kind   = rights();
        auto const result = space_.protect(range, kind, machine_, batch_);
        is_pending_       = true;
        if (ran_out(result)) {
            machine_.frames_left = Machine::unlimited;
            EXPECT_EQ(space_.protect(range, kind, machine_, batch_), model.protect(page, count, kind));
            return;
        }
        EXPECT_EQ(result, model.protect(page, count, kind));
        ++happened_[result ? "protected" : "not protected"];
    }

    void flush() {
        batch_.flush();
        is_pending_ = false;
        ++happened_["flushed"];
    }

    // The processor sees what the model has, unless it is yet to be told.
    void use(Window& window, std::uint64_t page) {
        Model model{window, largest_};
        auto const number = number_of(model.address(page)) + below(page_bytes);
        auto const seen   = machine_.use(number, one_in(2));
        if (!is_pending_) {
            auto const& small = model.at(page);
            ASSERT_EQ(seen.has_value(), small.level != 0);
            if (seen) {
                EXPECT_EQ(seen->memory + (number - seen->start) / page_bytes * page_bytes, small.memory);
                EXPECT_EQ(seen->writable, small.rights.access == Access::read_write);
                EXPECT_EQ(seen->executable, small.rights.access == Access::read_execute);
                EXPECT_EQ(seen->user, small.rights.owner == Owner::user);
            }
            ++happened_["used"];
        }
        auto const found = space_.translate(address_of(number));
        if (model.at(page).level == 0) {
            EXPECT_EQ(found, (std::unexpected{FailedAt{LookupError::not_mapped, address_of(number)}}));
        } else {
            EXPECT_EQ(found, PhysAddr{model.at(page).memory + number % page_bytes});
        }
    }

    // All tables against all of the model. Afterwards, exactly those frames are out that somebody has.
    void check_all() {
        flush();
        WholeTree const tree{machine_};
        std::uint64_t owned = 0;
        auto page           = tree.pages.begin();
        for (auto& window : windows_) {
            for (std::uint64_t index = 0; index < window.pages;) {
                auto const& small = window.contents.at(index);
                if (small.level == 0) {
                    ++index;
                    continue;
                }
                auto const count = pages_in(small.level);
                ASSERT_NE(page, tree.pages.end());
                EXPECT_EQ(page->start, window.start + index * page_bytes);
                EXPECT_EQ(page->size, count * page_bytes);
                check_entry(page->entry, small, page->start);
                if (small.backing == Backing::owned) owned += count;
                index += count;
                ++page;
            }
        }
        EXPECT_EQ(page, tree.pages.end()) << "more is mapped than should be";
        EXPECT_EQ(machine_.taken(), tree.tables + owned);
    }
    static void check_entry(std::uint64_t raw, Small const& small, std::uint64_t start) {
        Entry<1> const entry{raw & ~bits::large};
        EXPECT_EQ(entry.address().value(), small.memory);
        EXPECT_EQ(entry.rights(), small.rights);
        EXPECT_EQ(entry.backing(), small.backing);
        EXPECT_EQ(entry.is_global(), start >> 47 != 0);
    }

    std::vector<Window> windows_;  // lowest first
    PageSize largest_;
    std::uint64_t longest_;
    std::mt19937_64 random_;
    Machine machine_;
    Space space_{ArrayAccess<>{machine_}, largest_};
    Batch batch_{space_.stale_pages(machine_)};
    bool is_pending_ = false;
    std::map<std::string, int> happened_;
};

// Both ends of both halves, and boundaries of every level.
TEST(RandomAddressSpaces, with_small_windows) {
    constexpr std::uint64_t half = std::uint64_t{1} << 47, mib_2_bytes = bytes_in(mib_2);
    std::vector<Window> windows;
    for (auto const& [start, pages] : {std::pair<std::uint64_t, std::uint64_t>{0, 1024},
                                       {gib - mib_2_bytes, 1024 + 512},
                                       {512 * gib - 64 * page_bytes, 128},
                                       {half - mib_2_bytes, 512},
                                       {half, 1024},
                                       {half + 512 * gib - mib_2_bytes, 1024},
                                       {2 * half - 2 * mib_2_bytes, 1024}})
        windows.push_back({start, pages});
    RandomOperations{std::move(windows), mib_2, 1024, 1}.run(4'000'000);
}

// Pages of 1 GiB come, are split, and go.
TEST(RandomAddressSpaces, with_pages_of_1_gib) {
    std::vector<Window> windows;
    windows.push_back({3 * gib, 2 * 262144});
    RandomOperations{std::move(windows), PageSize::gib_1, 2 * 262144, 2}.run(1'500);
}

}  // namespace
}  // namespace pith::paging
// NOLINTEND(bugprone-use-after-move)
