// The checking heap: stands before another heap, and finds what is done wrong with its blocks.
//
//   as taken from the other heap
//   +-----------+--------------------------+-----------+
//   | red zone  | as much as was asked for | red zone  |
//   +-----------+--------------------------+-----------+
//   |           ^ what the caller gets                 |
//   32, or the alignment                              32 bytes
//
// What is known of a block lies elsewhere, where a wrong write that runs past its end does not reach. A freed
// block is filled and kept for a while, first in, first out: so that one who still uses it is found, and not
// the next owner blamed.
//
// Needs:     misuse, buckets; another heap.
// Promises:  every misuse that is named in misuse.hpp is reported: of freeing, at once; of writing, when the
//            block is freed, when it leaves the quarantine, or by `check`. A write that misses the red zones
//            is not seen here, nor is a wrong read: that takes the address sanitizer
//            (checked/address_sanitizer.cpp).
// Reference: Serebryany et al., "AddressSanitizer: A Fast Address Sanity Checker" (USENIX ATC 2012), for red
//            zones and quarantine.
#pragma once

#include "heap/buckets.hpp"
#include "heap/misuse.hpp"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <memory>
#include <optional>
#include <span>

namespace pith::heap {

// Another heap. allocate: nullptr if no memory is left. allow and forbid: whether the heap's users may touch
// the bytes from `address`, a multiple of 8, on. Who can watch accesses wants to know.
template <typename Model>
concept BlockSource =
    requires(Model& source, std::size_t size, std::size_t alignment, void* block, std::uintptr_t address) {
        { source.allocate(size, alignment) } -> std::same_as<void*>;
        { source.free(block) };
        { source.allow(address, size) };
        { source.forbid(address, size) };
    };

// What a delete says of the block; without a size where it says none.
struct Freed {
    std::optional<std::size_t> size = std::nullopt;
    std::size_t alignment           = 0;
    Form form                       = Form::single;
};

template <BlockSource Source>
class Checked {
public:
    // Each is an address that does not exist when a pointer is made of it.
    static constexpr std::byte fresh{0xcd}, freed{0xdd}, red_zone{0xfd};
    static constexpr std::size_t red_zone_bytes = 32, default_alignment = 16;

    // Told of a misuse, with the heap as it is. Must not return.
    using Report = void (*)(Misuse const&);

    // At most `quarantine_bytes` wait to be used again, or the last block that was freed.
    constexpr Checked(Source source, std::size_t quarantine_bytes, Report report)
        : source_{source}, quarantine_limit_{quarantine_bytes}, report_{report} {}
    Checked(Checked const&)            = delete;
    Checked& operator=(Checked const&) = delete;

    // nullptr if no memory is left. Alignment 0: none is asked for.
    [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment, Backtrace const& by,
                                 Form form = Form::single);
    void free(void* memory, Freed as, Backtrace const& by);

    // Looks at all blocks that are in use or in quarantine.
    void check() const;

    // Somebody was seen touching a byte that is forbidden.
    [[noreturn]] void report_access(std::uintptr_t address) const;

    void empty_quarantine() {
        while (oldest_freed_ != nullptr) release_oldest();
    }

    struct Use {
        std::size_t blocks = 0, bytes = 0;
    };
    Use in_use() const { return in_use_; }

    // Calls `visit(Caller const&)` for each that has blocks in use, the one with most bytes first.
    void for_each_caller(auto&& visit) const {
        for (auto const* caller = largest_after(nullptr); caller != nullptr; caller = largest_after(caller))
            visit(*caller);
    }

private:
    static constexpr std::size_t before(CheckedBlock const& block) {
        return std::max(red_zone_bytes, block.alignment);
    }
    static std::size_t bytes_with_zones(CheckedBlock const& block) {
        return before(block) + block.size + red_zone_bytes;
    }
    static std::span<std::byte> bytes_at(std::uintptr_t address, std::size_t size) {
        // SAFETY: because only parts of blocks that the source gave are asked for.
#pragma clang unsafe_buffer_usage begin
        return {std::bit_cast<std::byte*>(address), size};
#pragma clang unsafe_buffer_usage end
    }
    static std::span<std::byte> zone_before(CheckedBlock const& block) {
        return bytes_at(block.address - before(block), before(block));
    }
    static std::span<std::byte> content(CheckedBlock const& block) {
        return bytes_at(block.address, block.size);
    }
    static std::span<std::byte> zone_behind(CheckedBlock const& block) {
        return bytes_at(block.address + block.size, red_zone_bytes);
    }

    void* take(std::size_t size, std::size_t alignment);
    Caller& caller(Backtrace const& backtrace);
    CheckedBlock* add(CheckedBlock block);
    void insist_on_block(std::uintptr_t address, CheckedBlock const* block, Form freed_as) const;
    void insist_on_right(CheckedBlock const& block, Freed as) const;
    void check(CheckedBlock const& block) const;
    void insist_on(std::byte value, std::span<std::byte const> bytes, Mistake mistake,
                   CheckedBlock const& block) const;
    void put_into_quarantine(CheckedBlock& block);
    void release_oldest();
    Caller const* largest_after(Caller const* last) const;

    [[noreturn]] void report(Misuse const& misuse) const {
        report_(misuse);
        __builtin_trap();
    }

    Source source_;
    std::size_t quarantine_limit_;
    Report report_;
    Use in_use_;
    CheckedBlock *oldest_freed_ = nullptr, *newest_freed_ = nullptr;
    std::size_t quarantined_bytes_ = 0;
    Caller unknown_;  // when there was no memory to remember one
    Buckets<CheckedBlock, 4096> blocks_;
    Buckets<Caller, 512> callers_;
};

// ---- Allocating ------------------------------------------------------------------------------------------

// #region zones
template <BlockSource Source>
void* Checked<Source>::allocate(std::size_t size, std::size_t alignment, Backtrace const& by, Form form) {
    constexpr auto most = ~std::size_t{0} / 4;  // so that sums do not wrap
    if (size > most || alignment > most) return nullptr;
    auto* const block =
        add({.address = 0, .size = size, .alignment = alignment, .form = form, .allocated_by = &caller(by)});
    if (block == nullptr) return nullptr;
    std::ranges::fill(zone_before(*block), red_zone);
    std::ranges::fill(content(*block), fresh);
    std::ranges::fill(zone_behind(*block), red_zone);
    source_.forbid(block->address - before(*block), bytes_with_zones(*block));
    source_.allow(block->address, size);
    ++block->allocated_by->blocks, ++in_use_.blocks;
    block->allocated_by->bytes += size, in_use_.bytes += size;
    return content(*block).data();
}
// #endregion zones

// The memory for a block, and for what is known of it.
template <BlockSource Source>
CheckedBlock* Checked<Source>::add(CheckedBlock block) {
    auto* const memory = take(bytes_with_zones(block), std::max(block.alignment, default_alignment));
    auto* const record = memory != nullptr ? take(sizeof(CheckedBlock), alignof(CheckedBlock)) : nullptr;
    if (record == nullptr) {
        if (memory != nullptr) source_.free(memory);
        return nullptr;
    }
    block.address = std::bit_cast<std::uintptr_t>(memory) + before(block);
    // SAFETY: because the memory was just taken for it.
    auto* const added = std::construct_at(static_cast<CheckedBlock*>(record), block);
    blocks_.add(*added);
    return added;
}

template <BlockSource Source>
void* Checked<Source>::take(std::size_t size, std::size_t alignment) {
    auto* memory = source_.allocate(size, alignment);
    if (memory != nullptr) return memory;
    empty_quarantine();
    return source_.allocate(size, alignment);
}

template <BlockSource Source>
Caller& Checked<Source>::caller(Backtrace const& backtrace) {
    auto const is_it  = [&](Caller const& caller) { return caller.backtrace == backtrace; };
    auto* const known = callers_.find(Caller::hash_of(backtrace), is_it);
    if (known != nullptr) return *known;
    auto* const memory = take(sizeof(Caller), alignof(Caller));
    if (memory == nullptr) return unknown_;
    // SAFETY: because the memory was just taken for it.
    auto* const added = std::construct_at(static_cast<Caller*>(memory), Caller{.backtrace = backtrace});
    callers_.add(*added);
    return *added;
}

// ---- Freeing ---------------------------------------------------------------------------------------------

// #region free
template <BlockSource Source>
void Checked<Source>::free(void* memory, Freed as, Backtrace const& by) {
    auto const address = std::bit_cast<std::uintptr_t>(memory);
    auto* const block  = blocks_.find(CheckedBlock::hash_of(address),
                                      [&](CheckedBlock const& block) { return block.address == address; });
    insist_on_block(address, block, as.form);
    insist_on_right(*block, as);
    check(*block);
    --block->allocated_by->blocks, --in_use_.blocks;
    block->allocated_by->bytes -= block->size, in_use_.bytes -= block->size;
    std::ranges::fill(content(*block), freed);
    source_.forbid(block->address, block->size);
    block->freed_by = &caller(by);
    put_into_quarantine(*block);
}
// #endregion free

// (Inside a block begins an array whose elements have destructors: their number stands before it.)
template <BlockSource Source>
void Checked<Source>::insist_on_block(std::uintptr_t address, CheckedBlock const* block,
                                      Form freed_as) const {
    if (block != nullptr) return;
    blocks_.for_each([&](CheckedBlock const& other) {
        if (address - other.address >= other.size) return;
        auto const mistake = other.form == freed_as ? Mistake::inside_a_block : Mistake::wrong_form;
        report({.mistake = mistake,
                .address = address,
                .block   = &other,
                .found   = static_cast<std::size_t>(freed_as)});
    });
    report({.mistake = Mistake::foreign, .address = address, .block = nullptr, .found = 0});
}

template <BlockSource Source>
void Checked<Source>::insist_on_right(CheckedBlock const& block, Freed as) const {
    auto const wrong = [&](Mistake mistake, std::size_t found) {
        report({.mistake = mistake, .address = block.address, .block = &block, .found = found});
    };
    if (block.freed_by != nullptr) wrong(Mistake::freed_twice, 0);
    if (as.form != block.form) wrong(Mistake::wrong_form, static_cast<std::size_t>(as.form));
    if (as.size && *as.size != block.size) wrong(Mistake::wrong_size, *as.size);
    if (as.alignment != block.alignment) wrong(Mistake::wrong_alignment, as.alignment);
}

template <BlockSource Source>
void Checked<Source>::put_into_quarantine(CheckedBlock& block) {
    (newest_freed_ != nullptr ? newest_freed_->next_freed : oldest_freed_) = &block;
    newest_freed_                                                          = &block;
    quarantined_bytes_ += bytes_with_zones(block);
    while (quarantined_bytes_ > quarantine_limit_ && oldest_freed_ != newest_freed_) release_oldest();
}

template <BlockSource Source>
void Checked<Source>::release_oldest() {
    auto& block = *oldest_freed_;
    check(block);
    oldest_freed_ = block.next_freed;
    if (oldest_freed_ == nullptr) newest_freed_ = nullptr;
    quarantined_bytes_ -= bytes_with_zones(block);
    blocks_.remove(block);
    source_.allow(block.address - before(block), (bytes_with_zones(block) + 7) / 8 * 8);
    source_.free(zone_before(block).data());
    source_.free(&block);
}

// ---- Looking for wrong writes ----------------------------------------------------------------------------

template <BlockSource Source>
void Checked<Source>::check() const {
    blocks_.for_each([&](CheckedBlock const& block) { check(block); });
}

// #region check
template <BlockSource Source>
void Checked<Source>::check(CheckedBlock const& block) const {
    insist_on(red_zone, zone_before(block), Mistake::written_before_start, block);
    insist_on(red_zone, zone_behind(block), Mistake::written_past_end, block);
    if (block.freed_by != nullptr) insist_on(freed, content(block), Mistake::written_after_free, block);
}
// #endregion check

template <BlockSource Source>
void Checked<Source>::insist_on(std::byte value, std::span<std::byte const> bytes, Mistake mistake,
                                CheckedBlock const& block) const {
    // All are alike if each is like the next.
    if (bytes.empty() ||
        (bytes.front() == value && std::memcmp(bytes.data(), bytes.subspan(1).data(), bytes.size() - 1) == 0))
        return;
    auto const written = std::ranges::find_if(bytes, [&](std::byte byte) { return byte != value; });
    report({.mistake = mistake,
            .address = std::bit_cast<std::uintptr_t>(std::to_address(written)),
            .block   = &block,
            .found   = std::to_integer<std::size_t>(*written)});
}

template <BlockSource Source>
void Checked<Source>::report_access(std::uintptr_t address) const {
    blocks_.for_each([&](CheckedBlock const& block) {
        if (address - (block.address - before(block)) >= bytes_with_zones(block) + 7) return;
        auto const mistake = address < block.address                 ? Mistake::accessed_before_start
                             : address >= block.address + block.size ? Mistake::accessed_past_end
                                                                     : Mistake::accessed_after_free;
        report({.mistake = mistake, .address = address, .block = &block, .found = 0});
    });
    __builtin_trap();  // what no block has is not forbidden
}

// ---- Who has what ----------------------------------------------------------------------------------------

template <BlockSource Source>
Caller const* Checked<Source>::largest_after(Caller const* last) const {
    auto const comes_before = [](Caller const& one, Caller const& other) {
        return one.bytes != other.bytes ? one.bytes > other.bytes : std::less{}(&one, &other);
    };
    Caller const* largest = nullptr;
    auto const consider   = [&](Caller const& caller) {
        if (caller.blocks == 0 || &caller == last) return;
        if (last != nullptr && !comes_before(*last, caller)) return;
        if (largest == nullptr || comes_before(caller, *largest)) largest = &caller;
    };
    callers_.for_each(consider);
    consider(unknown_);
    return largest;
}

}  // namespace pith::heap
