// The scenarios with our frame allocator, which has 8 GiB. The memory itself is not there.
#include "frames/frame_allocator.hpp"
#include "frames/scenarios.hpp"

#include <cstdlib>

namespace pith::bench {
namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30;
constexpr PhysRange memory{PhysAddr{gib}, PhysAddr{9 * gib}};

// Frames as numbers.
template <PageSize Size>
class Ours {
public:
    Ours() {
        if (!allocator_.add(memory, chunks_)) std::abort();
    }

    std::uint64_t take() {
        auto frame = allocator_.take<Size>();
        if (!frame) std::abort();
        return std::move(*frame).disown().value();
    }
    void give(std::uint64_t frame) { allocator_.give(frames::Frame<Size>::own(PhysAddr{frame})); }

private:
    std::vector<frames::Chunk> chunks_{frames::FrameAllocator::chunks_for(memory)};
    frames::FrameAllocator allocator_;
};

using Small = Ours<PageSize::kib_4>;

}  // namespace

Scenario* make_pair_of_ours() { return new Pair<Small>; }
Scenario* make_bulk_of_ours() { return new Bulk<Small>; }
Scenario* make_random_of_ours() { return new RandomOfMany<Small>; }
Scenario* make_holes_of_ours() { return new Holes<Small>; }
Scenario* make_large_pair_of_ours() { return new Pair<Ours<PageSize::mib_2>>; }

}  // namespace pith::bench
