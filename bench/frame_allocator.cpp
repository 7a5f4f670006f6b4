// The frame allocator beside what the host has for aligned pieces of 4 KiB. Nobody touches the memory itself.
//
// Read a row as `<what>/<by whom>`; a time is that of one piece taken and one given back.
//
//   Pair    one is taken, and given back at once
//   Bulk    100 000 are taken, and given back in the same order
//   Random  of 100 000 that are held a random one is given back, and one is taken
//   Holes   of 100 000 a random half is given back, then taken again
//   Large   as Pair, with 2 MiB
#include "frames/scenarios.hpp"
#include "measure_scenario.hpp"

#include <cstdlib>
#include <memory_resource>

namespace pith::bench {
namespace {

constexpr std::size_t page = 4096;

class Malloc {
public:
    void* take() {
        void* piece = nullptr;
        if (posix_memalign(&piece, page, page) != 0) std::abort();
        return piece;
    }
    void give(void* piece) { std::free(piece); }
};

class Pool {
public:
    void* take() { return pool_.allocate(page, page); }
    void give(void* piece) { pool_.deallocate(piece, page, page); }

private:
    std::pmr::unsynchronized_pool_resource pool_{
        {.max_blocks_per_chunk = 0, .largest_required_pool_block = page}};
};

BENCHMARK_CAPTURE(measure, pair_ours, make_pair_of_ours)->Name("Pair/ours");
BENCHMARK_CAPTURE(measure, pair_malloc, make<Pair<Malloc>>)->Name("Pair/posix_memalign");
BENCHMARK_CAPTURE(measure, pair_pool, make<Pair<Pool>>)->Name("Pair/pool_resource");
BENCHMARK_CAPTURE(measure, bulk_ours, make_bulk_of_ours)->Name("Bulk/ours");
BENCHMARK_CAPTURE(measure, bulk_malloc, make<Bulk<Malloc>>)->Name("Bulk/posix_memalign");
BENCHMARK_CAPTURE(measure, bulk_pool, make<Bulk<Pool>>)->Name("Bulk/pool_resource");
BENCHMARK_CAPTURE(measure, random_ours, make_random_of_ours)->Name("Random/ours");
BENCHMARK_CAPTURE(measure, random_malloc, make<RandomOfMany<Malloc>>)->Name("Random/posix_memalign");
BENCHMARK_CAPTURE(measure, random_pool, make<RandomOfMany<Pool>>)->Name("Random/pool_resource");
BENCHMARK_CAPTURE(measure, holes_ours, make_holes_of_ours)->Name("Holes/ours");
BENCHMARK_CAPTURE(measure, holes_malloc, make<Holes<Malloc>>)->Name("Holes/posix_memalign");
BENCHMARK_CAPTURE(measure, holes_pool, make<Holes<Pool>>)->Name("Holes/pool_resource");
BENCHMARK_CAPTURE(measure, large_ours, make_large_pair_of_ours)->Name("Large/ours");

}  // namespace
}  // namespace pith::bench

BENCHMARK_MAIN();
