// A hash table that needs no memory of its own: the elements are linked through themselves.
//
// Needs:     nothing.
// Promises:  never allocates. Finding takes long when there are many more elements than buckets; it works.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace pith::heap {

// An Element has a `next_in_bucket` and a `hash()`, which must not change while it is here.
template <typename Element, std::size_t count>
class Buckets {
public:
    static_assert(std::has_single_bit(count));

    // The one with this hash that `is_wanted`; nullptr if there is none.
    Element* find(std::size_t hash, auto&& is_wanted) const {
        auto* element = first_[index_of(hash)];
        while (element != nullptr && !is_wanted(*element)) element = element->next_in_bucket;
        return element;
    }
    void add(Element& element) {
        auto& first            = first_[index_of(element.hash())];
        element.next_in_bucket = first;
        first                  = &element;
    }
    void remove(Element& element) {
        auto* link = &first_[index_of(element.hash())];
        while (*link != &element) link = &(*link)->next_in_bucket;
        *link = element.next_in_bucket;
    }
    void for_each(auto&& visit) const {
        for (auto* const first : first_) {
            for (auto* element = first; element != nullptr; element = element->next_in_bucket)
                visit(*element);
        }
    }

private:
    static std::size_t index_of(std::size_t hash) {
        constexpr std::uint64_t golden_ratio = 0x9e37'79b9'7f4a'7c15;
        return hash * golden_ratio >> (64 - std::countr_zero(count));
    }

    std::array<Element*, count> first_{};
};

}  // namespace pith::heap
