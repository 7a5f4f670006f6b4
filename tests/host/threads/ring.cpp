// Two threads at both ends of a ring, under the thread sanitizer: nothing is lost uncounted, doubled or torn.
#include "input/ring.hpp"

#include <cstdio>
#include <thread>

namespace {

constexpr std::uint64_t count = 400'000;

// Larger than a machine word, so that a half-written one can be seen.
struct Entry {
    std::uint64_t number, same;
};

constinit pith::input::Ring<Entry, 64> ring;

}  // namespace

int main() {
    std::thread producer{[] {
        for (std::uint64_t number = 1; number <= count; ++number) {
            if (!ring.push({number, number})) std::this_thread::yield();
        }
        while (!ring.push({count + 1, count + 1})) std::this_thread::yield();
    }};
    std::uint64_t last = 0, received = 0, torn = 0, disordered = 0;
    while (last <= count) {
        auto const entry = ring.pop();
        if (!entry) {
            std::this_thread::yield();
            continue;
        }
        torn += entry->number == entry->same ? 0 : 1;
        disordered += entry->number > last ? 0 : 1;
        received += entry->number <= count ? 1 : 0;
        last = entry->number;
    }
    producer.join();
    // The last one was tried again and again, and each try counts as lost: at least what is missing is.
    bool const is_right = torn == 0 && disordered == 0 && received + ring.take_lost() >= count;
    std::printf("%llu of %llu received, %llu torn, %llu out of order\n",
                static_cast<unsigned long long>(received), static_cast<unsigned long long>(count),
                static_cast<unsigned long long>(torn), static_cast<unsigned long long>(disordered));
    return is_right ? 0 : 1;
}
