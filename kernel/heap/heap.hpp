// The heap: blocks of memory of any size, at any alignment.
//
// Small blocks come in size classes, each from slabs of its own; larger ones straight from the source of
// pages. A class has one current slab. Taking a block is taking the first of its list; giving one back is
// putting it there, into whichever slab it belongs to. All else happens once in many blocks:
//
//              no block is free               a few blocks came back
//   current  -------------------->  set aside -------------------->  listed
//      ^                                                             |    |
//      +-------------------------------------------------------------+    | all came back
//      |                    any class                                     v
//      +--------------------------------------------------------------  empty  ---->  back to the source
//
// Needs:     slab, size_class; a source of pages.
// Promises:  blocks are aligned to 16 (to 8, if they are not larger), or as asked for. Slabs that are free go
//            back to the source, but for an eighth of all, and one a class, which are kept for next time. No
//            small block is refused while one that is large enough is free, or the source has pages for it.
// Reference: Leijen, Zorn, de Moura, "Mimalloc: Free List Sharding in Action" (APLAS 2019), from which comes
//            the free list for each slab; Bonwick, "The Slab Allocator" (USENIX 1994).
#pragma once

#include "base/fail.hpp"
#include "heap/slab.hpp"

#include <concepts>
#include <memory>

namespace pith::heap {

// #region sources
// Where memory comes from, in pages of 4 KiB.
template <typename Model>
concept PageSource = requires(Model& source, std::size_t bytes, std::size_t alignment, std::byte* memory) {
    // `bytes` at a multiple of `alignment`, a power of two of at least 64 KiB; nullptr if there are none.
    { source.take(bytes, alignment) } -> std::same_as<std::byte*>;
    // All that was taken, or its last pages.
    { source.give(memory, bytes) };
};
// #endregion sources

// A source may be able to lengthen what it gave: by the `bytes` from `end` on. False if they are not free.
template <typename Model>
concept GrowingSource = PageSource<Model> && requires(Model& source, std::size_t bytes, std::byte* end) {
    { source.grow(end, bytes) } -> std::same_as<bool>;
};

struct Statistics {
    struct OfClass {
        std::size_t block_bytes, slabs, blocks;  // blocks in use
    };
    std::array<OfClass, class_count> classes;
    std::size_t large_blocks, large_bytes;  // as taken from the source
    std::size_t source_bytes, peak_bytes;   // taken from the source: now, and at most
    std::size_t used_blocks, used_bytes;    // the blocks in use, each as large as its class
    std::size_t empty_slabs;

    // Of what is taken: holes, headers, and what is kept for next time.
    std::size_t unused_percent() const {
        return source_bytes == 0 ? 0 : (source_bytes - used_bytes) * 100 / source_bytes;
    }
};

template <PageSource Source>
class Heap {
public:
    static constexpr std::size_t default_alignment = 16;
    static constexpr std::size_t largest_alignment = std::size_t{2} << 20;

    constexpr explicit Heap(Source source) : source_{source} { current_.fill(&stand_in); }
    Heap(Heap const&)            = delete;
    Heap& operator=(Heap const&) = delete;

    // #region allocate
    // nullptr if no memory is left.
    [[nodiscard]] void* allocate(std::size_t size) {
        if (size > largest_small_block) [[unlikely]]
            return allocate_large(size, default_alignment);
        return allocate_of(class_of(size));
    }
    // At a multiple of `alignment`, a power of two. nullptr also if that is more than largest_alignment.
    [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment);

    // A block of this heap, which is free then. Fails if it is not one.
    void free(void* block) {
        auto& slab = Slab::of(block);
        if (slab.owner() != this) [[unlikely]]
            fail("memory was freed that does not belong to the heap");
        // SAFETY: because the block is free from here on, and every block has room for a Block.
        if (slab.give(std::bit_cast<Slab::Block*>(block))) [[unlikely]]
            look_after(slab);
    }
    // #endregion allocate

    // #region quickly
    // The short ways, which are nearly all: they call nothing, so that a caller needs no stack for them.
    // nullptr, or false, leaves the heap as it was: then the calls above know more.
    [[nodiscard]] void* allocate_quickly(std::size_t size) { return current_[class_of(size)]->take(); }
    [[nodiscard]] bool free_quickly(void* block) {
        auto& slab = Slab::of(block);
        // SAFETY: because the block is free from here on, and every block has room for a Block.
        return slab.owner() == this && slab.give_quickly(std::bit_cast<Slab::Block*>(block));
    }
    // #endregion quickly

    // How many bytes the block has: at least as many as were asked for.
    std::size_t size_of(void const* block) const;

    // A block with the same content, as far as it fits: the same one if that has room, and is not far too
    // large. One that stays large stays where it is: what it no longer needs goes back, and what it needs
    // more is added if the source can grow there. A new one has the default alignment. nullptr if no memory
    // is left; then the old one remains.
    [[nodiscard]] void* reallocate(void* block, std::size_t size);

    // Gives back to the source what is kept for next time: then all that is taken has a block in use.
    void trim();

    Statistics statistics() const;

private:
    struct SlabList {
        Slab* first       = nullptr;
        std::size_t count = 0;

        void push(Slab& slab);
        void remove(Slab& slab);
    };

    void* allocate_of(SizeClass size_class) {
        auto* const block = current_[size_class]->take();
        return block != nullptr ? block : allocate_from_next(size_class);
    }
    void* allocate_from_next(SizeClass size_class);
    Slab* next_slab(SizeClass size_class);
    Slab* next_listed(SizeClass size_class);
    Slab* next_larger(SizeClass size_class);
    Slab* next_of_any(SizeClass size_class);
    Slab* next_set_aside(SizeClass size_class);
    Slab* new_slab(SizeClass size_class);
    void* allocate_as_large(SizeClass size_class);
    void* allocate_large(std::size_t size, std::size_t alignment);
    std::byte* take_pages(std::size_t bytes, std::size_t alignment);
    void look_after(Slab& slab);
    void became_empty(Slab& slab, SlabList& list);
    void release(Slab& slab, SlabList& list);
    void give_back(Slab& slab);
    bool resize(Slab& slab, std::size_t bytes);
    bool grow(Slab& slab, std::size_t bytes);
    void shrink(Slab& slab, std::size_t bytes);
    void took(std::size_t bytes);

    static constexpr std::size_t whole_pages(std::size_t bytes) { return (bytes + 4095) / 4096 * 4096; }

    static std::byte* end_of(Slab const& slab) {
        // SAFETY: because the memory has so many bytes.
#pragma clang unsafe_buffer_usage begin
        return slab.memory() + slab.memory_bytes();
#pragma clang unsafe_buffer_usage end
    }

    static constexpr std::size_t largest_block = ~std::size_t{0} / 2;  // so that sums do not wrap
    static constexpr std::size_t kept_at_least = 4, kept_share = 8;
    static constexpr std::size_t larger_classes = 4;  // half a doubling

    static constinit inline Slab stand_in;

    std::array<Slab*, class_count> current_{};
    std::array<SlabList, class_count> listed_{}, set_aside_{};
    SlabList empty_, large_;
    std::size_t slab_count_   = 0;
    std::size_t source_bytes_ = 0, peak_bytes_ = 0;
    Source source_;
};

// ---- Lists -----------------------------------------------------------------------------------------------

template <PageSource Source>
void Heap<Source>::SlabList::push(Slab& slab) {
    slab.previous = nullptr;
    slab.next     = first;
    if (first != nullptr) first->previous = &slab;
    first = &slab;
    ++count;
}

template <PageSource Source>
void Heap<Source>::SlabList::remove(Slab& slab) {
    (slab.previous != nullptr ? slab.previous->next : first) = slab.next;
    if (slab.next != nullptr) slab.next->previous = slab.previous;
    --count;
}

// ---- Small blocks ----------------------------------------------------------------------------------------

// #region next-slab
// The current slab has no free block in its list.
template <PageSource Source>
[[gnu::noinline]] void* Heap<Source>::allocate_from_next(SizeClass size_class) {
    auto& slab = *current_[size_class];
    if (slab.state() == Slab::State::current) {
        if (slab.refill()) return slab.take();
        slab.set_aside();
        set_aside_[slab.size_class()].push(slab);
    }
    auto* const next     = next_slab(size_class);
    current_[size_class] = next != nullptr ? next : &stand_in;
    if (next == nullptr) return allocate_as_large(size_class);
    next->set_state(Slab::State::current);
    static_cast<void>(next->provide());  // it has blocks: that is why it is the next
    return next->take();
}

// One that has blocks to give, in no list any more.
template <PageSource Source>
Slab* Heap<Source>::next_slab(SizeClass size_class) {
    if (auto* const slab = next_listed(size_class)) return slab;
    if (auto* const slab = empty_.first) {
        empty_.remove(*slab);
        // One of the same class still has its list of free blocks.
        return slab->size_class() == size_class ? slab : std::construct_at(slab, this, size_class);
    }
    if (auto* const slab = next_larger(size_class)) return slab;
    if (auto* const slab = new_slab(size_class)) return slab;
    return next_of_any(size_class);
}
// #endregion next-slab

template <PageSource Source>
Slab* Heap<Source>::next_listed(SizeClass size_class) {
    auto& listed     = listed_[size_class];
    auto* const slab = listed.first;
    if (slab != nullptr) listed.remove(*slab);
    return slab;
}

// #region next-larger
// One of a class that is little larger, so that its holes are filled before the source is asked for more.
template <PageSource Source>
Slab* Heap<Source>::next_larger(SizeClass size_class) {
    if (is_aligned(size_class)) return nullptr;
    auto const end = std::min(plain_class_count, std::size_t{size_class} + 1 + larger_classes);
    for (std::size_t larger = size_class + 1; larger < end; ++larger) {
        if (auto* const slab = next_listed(static_cast<SizeClass>(larger))) return slab;
    }
    return nullptr;
}
// #endregion next-larger

// #region next-of-any
// When no memory is left for a slab: the one with the smallest blocks that are large enough, also if another class takes
// from it now.
template <PageSource Source>
Slab* Heap<Source>::next_of_any(SizeClass size_class) {
    auto const wanted = block_size(size_class);
    Slab** best       = nullptr;
    for (auto*& current : current_) {
        bool const fits = current->size_class() >= size_class && current->block_bytes() >= wanted;
        if (fits && current->state() == Slab::State::current && current->has_blocks() &&
            (best == nullptr || current->block_bytes() < (*best)->block_bytes()))
            best = &current;
    }
    auto const most = best != nullptr ? (*best)->block_bytes() : largest_small_block;
    for (std::size_t index = size_class; index < class_count; ++index) {
        auto const other = static_cast<SizeClass>(index);
        if (block_size(other) < wanted || block_size(other) > most) continue;
        if (auto* const slab = next_listed(other)) return slab;
        if (auto* const slab = next_set_aside(other)) return slab;
    }
    return best != nullptr ? std::exchange(*best, &stand_in) : nullptr;
}

// When no slab has such a block: a few pages may be left.
template <PageSource Source>
void* Heap<Source>::allocate_as_large(SizeClass size_class) {
    auto const size = block_size(size_class);
    return allocate_large(size, is_aligned(size_class) ? size : default_alignment);
}
// #endregion next-of-any

// One to which less came back than is news. Looks at them all: only when no memory is left.
template <PageSource Source>
Slab* Heap<Source>::next_set_aside(SizeClass size_class) {
    auto& list = set_aside_[size_class];
    auto* slab = list.first;
    while (slab != nullptr && !slab->has_returned()) slab = slab->next;
    if (slab == nullptr) return nullptr;
    list.remove(*slab);
    slab->take_back();
    return slab;
}

template <PageSource Source>
Slab* Heap<Source>::new_slab(SizeClass size_class) {
    auto* const memory = take_pages(Slab::bytes, Slab::bytes);
    if (memory == nullptr) return nullptr;
    ++slab_count_;
    // SAFETY: because the source gave this memory, 64 KiB of it, and nobody else has it.
    return std::construct_at(std::bit_cast<Slab*>(memory), this, size_class);
}

// #region look-after
// The slab counted down to zero.
template <PageSource Source>
[[gnu::noinline]] void Heap<Source>::look_after(Slab& slab) {
    auto const size_class = slab.size_class();
    switch (slab.state()) {
        case Slab::State::listed:    became_empty(slab, listed_[size_class]); return;
        case Slab::State::set_aside: break;
        case Slab::State::large:     release(slab, large_); return;
        // All of it came back, and it goes on being the one that blocks come from.
        case Slab::State::current:
        case Slab::State::none:
        case Slab::State::empty:   return;
    }
    slab.take_back();
    if (slab.is_all_free()) {
        became_empty(slab, set_aside_[size_class]);
        return;
    }
    set_aside_[size_class].remove(slab);
    slab.set_state(Slab::State::listed);
    listed_[size_class].push(slab);
}
// #endregion look-after

// #region empty
template <PageSource Source>
void Heap<Source>::became_empty(Slab& slab, SlabList& list) {
    list.remove(slab);
    slab.set_state(Slab::State::empty);
    empty_.push(slab);
    while (empty_.count > std::max(kept_at_least, slab_count_ / kept_share)) release(*empty_.first, empty_);
}
// #endregion empty

template <PageSource Source>
void Heap<Source>::release(Slab& slab, SlabList& list) {
    list.remove(slab);
    give_back(slab);
}

template <PageSource Source>
void Heap<Source>::give_back(Slab& slab) {
    if (slab.state() != Slab::State::large) --slab_count_;
    auto* const memory = slab.memory();
    auto const bytes   = slab.memory_bytes();
    // Nobody's: so a large block that is freed again is found out, if nobody else has the memory yet.
    std::construct_at(&slab);
    source_bytes_ -= bytes;
    source_.give(memory, bytes);
}

template <PageSource Source>
void Heap<Source>::trim() {
    for (auto*& current : current_) {
        if (current->state() != Slab::State::current || current->used() != 0) continue;
        give_back(*std::exchange(current, &stand_in));
    }
    while (empty_.first != nullptr) release(*empty_.first, empty_);
}

// ---- Large blocks, and other alignments ------------------------------------------------------------------

template <PageSource Source>
void* Heap<Source>::allocate(std::size_t size, std::size_t alignment) {
    if (alignment <= default_alignment) return allocate(std::max(size, alignment));
    auto const rounded = std::max(size, alignment);
    if (rounded <= largest_small_block) return allocate_of(aligned_class_of(rounded));
    return alignment <= largest_alignment ? allocate_large(size, alignment) : nullptr;
}

// #region large
//   memory                             block
//   |  (rest of the alignment) | Slab   |                       |
//   +--------------------------+--------+-----------------------+
//                              ^ at a multiple of 64 KiB, at most so much before the block
template <PageSource Source>
[[gnu::noinline]] void* Heap<Source>::allocate_large(std::size_t size, std::size_t alignment) {
    auto const before = std::max(Slab::header_bytes, alignment);
    if (size > largest_block) return nullptr;
    size               = std::max(size, sizeof(Slab::Block));
    auto const total   = whole_pages(before + size);
    auto* const memory = take_pages(total, std::max(alignment, Slab::bytes));
    if (memory == nullptr) return nullptr;
    auto const block = std::bit_cast<std::uintptr_t>(memory) + before;
    // SAFETY: because the memory has room for a Slab before the block, and nobody else has it.
    auto* const slab = std::construct_at(&Slab::of(std::bit_cast<void*>(block)), this, memory, total);
    large_.push(*slab);
    // SAFETY: because the block lies in the memory that was taken for it.
    return std::bit_cast<void*>(block);
}
// #endregion large

template <PageSource Source>
std::byte* Heap<Source>::take_pages(std::size_t bytes, std::size_t alignment) {
    auto* memory = source_.take(bytes, alignment);
    if (memory == nullptr) {
        trim();
        memory = source_.take(bytes, alignment);
    }
    if (memory != nullptr) took(bytes);
    return memory;
}

template <PageSource Source>
void Heap<Source>::took(std::size_t bytes) {
    source_bytes_ += bytes;
    peak_bytes_ = std::max(peak_bytes_, source_bytes_);
}

template <PageSource Source>
std::size_t Heap<Source>::size_of(void const* block) const {
    auto const& slab = Slab::of(block);
    if (slab.owner() != this) fail("the size was asked of memory that does not belong to the heap");
    if (slab.state() != Slab::State::large) return slab.block_bytes();
    return slab.memory_bytes() -
           (std::bit_cast<std::uintptr_t>(block) - std::bit_cast<std::uintptr_t>(slab.memory()));
}

template <PageSource Source>
void* Heap<Source>::reallocate(void* block, std::size_t size) {
    auto const old_size = size_of(block);
    if (auto& slab = Slab::of(block); slab.state() == Slab::State::large && size > largest_small_block &&
                                      size <= largest_block &&
                                      resize(slab, slab.memory_bytes() - old_size + size)) {
        return block;
    }
    // A block that would be less than half full is exchanged for a smaller one.
    if (size <= old_size && size >= old_size / 2) return block;
    auto* const moved = allocate(size);
    if (moved == nullptr) return size <= old_size ? block : nullptr;
    if (size <= old_size && size_of(moved) >= old_size) {  // no memory was left for a smaller one
        free(moved);
        return block;
    }
    // SAFETY: because both blocks have at least as many bytes as are copied.
    std::copy_n(std::bit_cast<std::byte const*>(block), std::min(size, old_size),
                std::bit_cast<std::byte*>(moved));
    free(block);
    return moved;
}

// So that a large block has `bytes` of memory, in whole pages. False if it can't grow where it is.
template <PageSource Source>
bool Heap<Source>::resize(Slab& slab, std::size_t bytes) {
    auto const wanted = whole_pages(bytes), present = slab.memory_bytes();
    if (wanted > present) return grow(slab, wanted - present);
    if (wanted < present) shrink(slab, present - wanted);
    return true;
}

template <PageSource Source>
bool Heap<Source>::grow(Slab& slab, std::size_t bytes) {
    if constexpr (!GrowingSource<Source>) {
        return false;
    } else {
        if (!source_.grow(end_of(slab), bytes)) return false;
        slab.set_memory_bytes(slab.memory_bytes() + bytes);
        took(bytes);
        return true;
    }
}

template <PageSource Source>
void Heap<Source>::shrink(Slab& slab, std::size_t bytes) {
    slab.set_memory_bytes(slab.memory_bytes() - bytes);
    source_bytes_ -= bytes;
    source_.give(end_of(slab), bytes);
}

// ---- Statistics ------------------------------------------------------------------------------------------

template <PageSource Source>
Statistics Heap<Source>::statistics() const {
    Statistics all{};
    auto const add = [&](Slab const& slab) {
        auto& of_class = all.classes[slab.size_class()];
        ++of_class.slabs;
        auto const used = slab.used();
        of_class.blocks += used;
        all.used_blocks += used;
        all.used_bytes += used * slab.block_bytes();
    };
    auto const add_list = [&](SlabList const& list) {
        for (auto const* slab = list.first; slab != nullptr; slab = slab->next) add(*slab);
    };
    for (std::size_t index = 0; index < class_count; ++index) {
        all.classes[index].block_bytes = block_size(static_cast<SizeClass>(index));
        if (current_[index] != &stand_in) add(*current_[index]);
        add_list(listed_[index]);
        add_list(set_aside_[index]);
    }
    for (auto const* slab = large_.first; slab != nullptr; slab = slab->next) {
        ++all.large_blocks;
        all.large_bytes += slab->memory_bytes();
    }
    all.used_blocks += all.large_blocks;
    all.used_bytes += all.large_bytes;
    all.empty_slabs  = empty_.count;
    all.source_bytes = source_bytes_;
    all.peak_bytes   = peak_bytes_;
    return all;
}

}  // namespace pith::heap
