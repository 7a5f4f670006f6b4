// Frames: single ones, large ones and runs, each stamped; and now and then all that there are.
#include "findings.hpp"
#include "frames/start.hpp"
#include "heap/start.hpp"
#include "load.hpp"
#include "memory/direct_map.hpp"
#include "plant.hpp"
#include "weather.hpp"

#include <new>
#include <vector>

namespace pith::endurance {
namespace {

using frames::FrameRun;

// A run of frames that is ours. Each frame has its own address written at its beginning.
class Ours {
public:
    explicit Ours(FrameRun&& run) : start_{run.start()}, count_{std::move(run).disown().size() / page_bytes} {
        for_each_stamp([](std::uint64_t& stamp, std::uint64_t address) { stamp = address; });
    }
    explicit Ours(frames::Frame<PageSize::kib_4>&& frame)
        : Ours{FrameRun::own(std::move(frame).disown(), 1)} {}
    Ours(Ours&& other) noexcept : start_{other.start_}, count_{std::exchange(other.count_, 0)} {}
    Ours& operator=(Ours&& other) noexcept {
        std::swap(start_, other.start_);
        std::swap(count_, other.count_);
        return *this;
    }
    ~Ours() {
        if (count_ == 0 || is_planted(Plant::frame)) return;
        for_each_stamp([](std::uint64_t stamp, std::uint64_t address) {
            expect_equal("a frame's stamp", stamp, address);
        });
        if (count_ == 1)
            frames::give(frames::Frame<PageSize::kib_4>::own(start_));
        else
            frames::give(FrameRun::own(start_, count_));
    }

private:
    void for_each_stamp(auto&& use) {
        for (std::uint64_t index = 0; index < count_; ++index) {
            auto const address = start_ + index * page_bytes;
            use(physical_span<std::uint64_t>(address, 1).front(), address.value());
        }
    }

    PhysAddr start_;
    std::uint64_t count_;
};

void drop_any(std::vector<Ours>& ours, Chance& chance) {
    std::swap(ours[chance.below(ours.size())], ours.back());
    ours.pop_back();
}

// False if there is none.
bool take_one(std::vector<Ours>& ours) {
    auto frame = frames::take<PageSize::kib_4>();
    if (!frame) return false;
    ours.emplace_back(*std::move(frame));
    return true;
}
bool take_run(std::vector<Ours>& ours, Chance& chance) {
    auto run = frames::take_run(chance.between(1, 40), std::uint64_t{1} << chance.below(5));
    if (!run) return false;
    ours.emplace_back(*std::move(run));
    return true;
}

// Runs until there is none, then single ones to the last. Nobody else runs meanwhile but what interrupts.
void take_everything(Work& work) {
    ++work.exhaustion;
    // Who is refused memory gets what the heap keeps for next time: here it should have nothing.
    heap::the_heap.with([](auto& heap) { heap.trim(); });
    auto const free = frames::totals().free;
    std::vector<Ours> ours;
    ours.reserve(free);
    while (take_run(ours, work.chance)) {
        if (work.chance.once_in(32)) strike_soon(work.chance);
    }
    while (take_one(ours)) {
    }
    expect_equal("frames that are left", frames::totals().free, std::uint64_t{0});
    expect("without frames a large block is refused",
           ::operator new(std::size_t{1} << 20, std::nothrow) == nullptr);
    while (!ours.empty()) drop_any(ours, work.chance);
}

}  // namespace

Task<> work_with_frames(Work& work) {
    std::vector<Ours> ours;
    ours.reserve(64);
    while (!work.is_over()) {
        co_await tasks::sleep_for(work.up_to(500ms));
        strike_soon(work.chance);
        for (auto left = work.chance.between(1, 16); left > 0; --left) {
            if (ours.size() == ours.capacity() || (!ours.empty() && work.chance.once_in(2)))
                drop_any(ours, work.chance);
            else if (work.chance.once_in(4))
                take_run(ours, work.chance);
            else
                take_one(ours);
            ++work.done;
        }
        if (work.chance.once_in(80)) take_everything(work);
    }
}

}  // namespace pith::endurance
