// Pages for a heap on the host, from the address sanitizer: it knows their ends, and what was given back.
#pragma once

#include <sanitizer/asan_interface.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <unordered_map>

namespace pith::testing {

struct HeapPages {
    struct Run {
        std::size_t bytes, alignment;
    };

    HeapPages() = default;
    ~HeapPages() {
        for (auto const& [memory, run] : taken) ::operator delete(memory, std::align_val_t{run.alignment});
    }
    HeapPages(HeapPages const&)            = delete;
    HeapPages& operator=(HeapPages const&) = delete;

    std::unordered_map<std::byte*, Run> taken;
    std::size_t bytes = 0, limit = unlimited;
    bool was_given_wrong = false;

    static constexpr std::size_t unlimited = std::size_t{1} << 40;
    void allow(std::size_t more) { limit = bytes + more; }

    // What the heap has of it.
    struct Source {
        HeapPages* pages;

        std::byte* take(std::size_t wanted, std::size_t alignment) {
            return pages->take({wanted, alignment});
        }
        void give(std::byte* memory, std::size_t given) { pages->give(memory, given); }
    };

    std::byte* take(Run run) {
        if (bytes > limit || run.bytes > limit - bytes) return nullptr;
        auto* const memory =
            static_cast<std::byte*>(::operator new(run.bytes, std::align_val_t{run.alignment}));
        taken.emplace(memory, run);
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

private:
    // The last pages of a run: nobody may touch them any more.
    void give_end(std::byte* memory, std::size_t given) {
        auto const end = std::bit_cast<std::uintptr_t>(memory) + given;
        for (auto& [start, run] : taken) {
            if (std::bit_cast<std::uintptr_t>(start) + run.bytes != end || given >= run.bytes) continue;
            __asan_poison_memory_region(memory, given);
            run.bytes -= given;
            bytes -= given;
            return;
        }
        was_given_wrong = true;
    }
};

}  // namespace pith::testing
