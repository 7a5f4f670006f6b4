// Fuzzes what a terminal sends: keys in their one form, whatever bytes come, and nothing left behind.
#include "input/terminal_keys.hpp"
#include "keys.hpp"

#include <cstdlib>
#include <span>

namespace {

using namespace pith::input;

void demand(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
#pragma clang unsafe_buffer_usage begin
    std::span const input{data, size};
#pragma clang unsafe_buffer_usage end
    TerminalKeys terminal;
    std::vector<Key> keys;
    auto const emit = [&](Key key) {
        demand(pith::testing::is_normal(key));
        keys.push_back(key);
    };
    for (auto const byte : input) {
        auto const before = keys.size();
        if (byte == 0xff) {  // no byte of UTF-8, and here a pause in the typing
            terminal.flush(emit);
            demand(!terminal.is_waiting());
        } else {
            terminal.feed(byte, emit);
        }
        demand(keys.size() - before <= 2);
    }
    terminal.flush(emit);
    keys.clear();
    terminal.feed('a', emit);
    demand(!keys.empty() && keys.back() == Key{U'a'});
    return 0;
}
