// Pages for a heap on the host, from the address sanitizer: it knows their ends, and what was given back.
#pragma once

#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <unordered_map>

namespace pith::testing {

struct HeapPages {
    struct Run {
        std::size_t bytes, alignment;
        std::size_t capacity = 0;  // with what is behind it, and nobody may touch
    };

    HeapPages() = default;
    ~HeapPages() {
        for (auto const& [memory, run] : taken) ::operator delete(memory, std::align_val_t{run.alignment});
    }
    HeapPages(HeapPages const&)            = delete;
    HeapPages& operator=(HeapPages const&) = delete;

    std::unordered_map<std::byte*, Run> taken;
    std::size_t bytes = 0, limit = unlimited;
    std::size_t room_behind = 0;  // a run can grow by so much, and by what was taken from its end
    bool was_given_wrong    = false;

    static constexpr std::size_t unlimited = std::size_t{1} << 40;
    void allow(std::size_t more) { limit = bytes + more; }

    // What the heap has of it.
    struct Source {
        HeapPages* pages;

        std::byte* take(std::size_t wanted, std::size_t alignment) {
            return pages->take({wanted, alignment});
        }
        void give(std::byte* memory, std::size_t given) { pages->give(memory, given); }
        bool grow(std::byte* end, std::size_t more) { return pages->grow(end, more); }
    };

    std::byte* take(Run run) {
        if (!has(run.bytes)) return nullptr;
        run.capacity = run.bytes + room_behind;
        auto* const memory =
            static_cast<std::byte*>(::operator new(run.capacity, std::align_val_t{run.alignment}));
        auto const [added, _] = taken.emplace(memory, run);
        __asan_poison_memory_region(std::bit_cast<void const*>(end_of(*added)), room_behind);
        bytes += run.bytes;
        return memory;
    }
    void give(std::byte* memory, std::size_t given) {
        auto const found = taken.find(memory);
        if (found == taken.end()) {
            give_end(memory, given);
            return;
        }
        if (found->second.bytes != given) {
            was_given_wrong = true;
            return;
        }
        ::operator delete(memory, std::align_val_t{found->second.alignment});
        bytes -= given;
        taken.erase(found);
    }

    bool grow(std::byte* end, std::size_t more) {
        auto* const run = run_that_ends_at(std::bit_cast<std::uintptr_t>(end));
        was_given_wrong |= run == nullptr;
        if (run == nullptr || more > run->capacity - run->bytes || !has(more)) return false;
        __asan_unpoison_memory_region(end, more);
        run->bytes += more;
        bytes += more;
        return true;
    }

private:
    bool has(std::size_t more) const { return bytes <= limit && more <= limit - bytes; }

    static std::uintptr_t end_of(std::pair<std::byte* const, Run> const& taken) {
        return std::bit_cast<std::uintptr_t>(taken.first) + taken.second.bytes;
    }
    Run* run_that_ends_at(std::uintptr_t end) {
        auto const found = std::ranges::find_if(taken, [&](auto const& run) { return end_of(run) == end; });
        return found == taken.end() ? nullptr : &found->second;
    }
    // The last pages of a run: nobody may touch them any more.
    void give_end(std::byte* memory, std::size_t given) {
        auto* const run = run_that_ends_at(std::bit_cast<std::uintptr_t>(memory) + given);
        if (run == nullptr || given >= run->bytes) {
            was_given_wrong = true;
            return;
        }
        __asan_poison_memory_region(memory, given);
        run->bytes -= given;
        bytes -= given;
    }
};

}  // namespace pith::testing
