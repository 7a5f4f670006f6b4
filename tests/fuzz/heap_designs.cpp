// Fuzzes the heap's simpler designs: any sequence of operations, beside a model of what blocks there are and
// what is in them.
//
// The first byte chooses the design. Then four bytes an operation: which, an argument of it (the block, the
// alignment), and a size in two: sixteenths, and which doubling they are of.
#include "design_model.hpp"
#include "heap/designs/bump.hpp"
#include "heap/designs/fixed_size.hpp"
#include "heap/designs/linked_list.hpp"

#include <cstdlib>

namespace {

using namespace pith;

constexpr auto stop = [](std::string_view) { std::abort(); };

template <typename Model>
void apply(std::span<std::uint8_t const> bytes, Model& model) {
    auto const argument   = bytes[1];
    auto const sixteenths = std::size_t{bytes[2]} % 16 + 16;
    auto const size       = (sixteenths << (bytes[3] % 15) >> 4) + bytes[2] / 16 - 1;
    auto const block      = model.count() == 0 ? 0 : argument % model.count();
    switch (bytes[0] % 4) {
        case 0: model.allocate(size, std::size_t{1} << argument % 14); break;
        case 1:  // so many at once
            for (int count = 0; count < argument; ++count) model.allocate(size, 16);
            break;
        case 2:
            if (model.count() != 0) model.free(block);
            break;
        default:  // every second from there
            for (auto at = block; at < model.count(); ++at) model.free(at);
    }
}

// When all has come back, all can be had again. What were small blocks of fixed size stay so.
template <typename Design>
void check_all_is_free(Design& design, std::size_t bytes) {
    if (!std::same_as<Design, heap::FixedSize> && design.allocate(bytes - 16, 1) == nullptr) std::abort();
}

template <typename Design>
void run(std::span<std::uint8_t const> input) {
    testing::DesignModel<Design, decltype(stop)> model{stop};
    for (std::size_t at = 0; at + 4 <= std::min<std::size_t>(input.size(), 4 * 64); at += 4)
        apply(input.subspan(at, 4), model);
    model.free_all();
    check_all_is_free(model.design(), model.memory_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    std::span const input{data, size};
#pragma clang unsafe_buffer_usage end
    if (input.empty()) return 0;
    switch (input[0] % 3) {
        case 0:  run<heap::Bump>(input.subspan(1)); break;
        case 1:  run<heap::LinkedList>(input.subspan(1)); break;
        default: run<heap::FixedSize>(input.subspan(1));
    }
    return 0;
}
