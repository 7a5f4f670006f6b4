// Fuzzes the heap: any sequence of operations, beside a model of what blocks there are and what is in them.
//
// Four bytes an operation: which, an argument of it (the block, the alignment, how much memory is left), and
// a size in two: sixteenths, and which doubling they are of.
#include "heap_model.hpp"

#include <cstdlib>

namespace {

constexpr auto stop = [](std::string_view) { std::abort(); };

struct Operation {
    std::uint8_t what, argument;
    std::size_t size;
};

Operation operation_of(std::span<std::uint8_t const> bytes) {
    auto const sixteenths = std::size_t{bytes[2]} % 16 + 16;
    return {.what     = bytes[0],
            .argument = bytes[1],
            .size     = (sixteenths << (bytes[3] % 15) >> 4) + bytes[2] / 16 - 1};
}

template <typename Model>
void apply(Operation operation, Model& model) {
    auto const [what, argument, size] = operation;
    auto const block                  = model.count() == 0 ? 0 : argument % model.count();
    switch (what % 8) {
        case 0:
        case 1: model.allocate(size); break;
        case 2: model.allocate(size, std::size_t{1} << argument % 23); break;
        case 3:  // so many at once
            for (int count = 0; count < argument * 4; ++count) model.allocate(size);
            break;
        case 4:
            if (model.count() != 0) model.free(block);
            break;
        case 5:  // every second from there
            for (auto at = block; at < model.count(); ++at) model.free(at);
            break;
        case 6:
            if (model.count() != 0) model.reallocate(block, size);
            break;
        default:
            if (argument < 128)
                model.trim();
            else if (argument == 128)
                model.pages().limit = pith::testing::HeapPages::unlimited;
            else
                model.pages().allow(std::size_t{argument} % 8 * pith::heap::Slab::bytes);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    std::span const input{data, size};
#pragma clang unsafe_buffer_usage end
    pith::testing::HeapModel model{stop};
    for (std::size_t at = 0; at + 4 <= std::min<std::size_t>(size, 4 * 64); at += 4) {
        apply(operation_of(input.subspan(at, 4)), model);
        model.check_statistics();
    }
    model.free_all();
    model.trim();
    return 0;
}
