// Our memory functions beside one repeated byte instruction, and beside the host's C library, which may use
// vector registers.
//
// Read a row as `Copy/<by whom>/<bytes>`. memory_functions.cpp is compiled as for the kernel: without SSE.
#include "runtime/memory_functions.hpp"
#include "cpu/string_instructions.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace pith {
namespace {

using Storage = std::vector<std::uint8_t>;

constexpr std::uint8_t value = 0x5a;

void for_each_size(benchmark::internal::Benchmark* benchmark) {
    for (int const size : {8, 16, 32, 64, 128, 256, 1024, 4096, 65'536}) benchmark->Arg(size);
}

void report_bytes(benchmark::State& state) {
    benchmark::ClobberMemory();
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

// Runs `function(target, source, size)`; the compiler knows nothing of the size.
void measure(benchmark::State& state, auto function) {
    auto size = static_cast<std::size_t>(state.range(0));
    Storage target(size, 1);
    Storage source(size, 1);
    for (auto round : state) {
        static_cast<void>(round);
        benchmark::DoNotOptimize(size);
        benchmark::DoNotOptimize(function(target.data(), source.data(), size));
        benchmark::ClobberMemory();
    }
    report_bytes(state);
}

// The same for a move by `apart` bytes within one range.
void measure_move(benchmark::State& state, auto function, std::size_t to, std::size_t from) {
    auto size = static_cast<std::size_t>(state.range(0));
    Storage bytes(size + to + from, 1);
    for (auto round : state) {
        static_cast<void>(round);
        benchmark::DoNotOptimize(size);
        benchmark::DoNotOptimize(function(&bytes.at(to), &bytes.at(from), size));
        benchmark::ClobberMemory();
    }
    report_bytes(state);
}

// The calls are through pointers to volatile: the compiler would put its own code for the C library's.
auto* const volatile libc_memcpy  = &std::memcpy;
auto* const volatile libc_memmove = &std::memmove;
auto* const volatile libc_memset  = &std::memset;
auto* const volatile libc_memcmp  = &std::memcmp;
auto* const volatile libc_memchr  = static_cast<void const* (*)(void const*, int, std::size_t)>(&std::memchr);

void* rep_movsb(void* target, void const* source, std::size_t size) {
    cpu::copy_bytes(target, source, size);
    return target;
}

void* rep_stosb(void* target, std::size_t size) {
    cpu::fill_bytes(target, value, size);
    return target;
}

void copy_ours(benchmark::State& state) { measure(state, runtime::copy_memory); }
void copy_rep(benchmark::State& state) { measure(state, rep_movsb); }
void copy_libc(benchmark::State& state) { measure(state, libc_memcpy); }

void fill_ours(benchmark::State& state) {
    measure(state, [](auto* target, auto*, auto size) { return runtime::fill_memory(target, value, size); });
}
void fill_rep(benchmark::State& state) {
    measure(state, [](auto* target, auto*, auto size) { return rep_stosb(target, size); });
}
void fill_libc(benchmark::State& state) {
    measure(state, [](auto* target, auto*, auto size) { return libc_memset(target, value, size); });
}

void move_up_ours(benchmark::State& state) { measure_move(state, runtime::move_memory, 8, 0); }
void move_up_libc(benchmark::State& state) { measure_move(state, libc_memmove, 8, 0); }
void move_down_ours(benchmark::State& state) { measure_move(state, runtime::move_memory, 0, 8); }
void move_down_rep(benchmark::State& state) { measure_move(state, rep_movsb, 0, 8); }
void move_down_libc(benchmark::State& state) { measure_move(state, libc_memmove, 0, 8); }

void compare_ours(benchmark::State& state) { measure(state, runtime::compare_memory); }
void compare_libc(benchmark::State& state) { measure(state, libc_memcmp); }

// What is looked for is not there: the last byte is looked at too.
void find_ours(benchmark::State& state) {
    measure(state, [](auto*, auto* source, auto size) { return runtime::find_byte(source, value, size); });
}
void find_libc(benchmark::State& state) {
    measure(state, [](auto*, auto* source, auto size) { return libc_memchr(source, value, size); });
}

BENCHMARK(copy_ours)->Name("Copy/ours")->Apply(for_each_size);
BENCHMARK(copy_rep)->Name("Copy/rep_movsb")->Apply(for_each_size);
BENCHMARK(copy_libc)->Name("Copy/libc")->Apply(for_each_size);
BENCHMARK(fill_ours)->Name("Fill/ours")->Apply(for_each_size);
BENCHMARK(fill_rep)->Name("Fill/rep_stosb")->Apply(for_each_size);
BENCHMARK(fill_libc)->Name("Fill/libc")->Apply(for_each_size);
BENCHMARK(move_up_ours)->Name("MoveUp/ours")->Apply(for_each_size);
BENCHMARK(move_up_libc)->Name("MoveUp/libc")->Apply(for_each_size);
BENCHMARK(move_down_ours)->Name("MoveDown/ours")->Apply(for_each_size);
BENCHMARK(move_down_rep)->Name("MoveDown/rep_movsb")->Apply(for_each_size);
BENCHMARK(move_down_libc)->Name("MoveDown/libc")->Apply(for_each_size);
BENCHMARK(compare_ours)->Name("Compare/ours")->Apply(for_each_size);
BENCHMARK(compare_libc)->Name("Compare/libc")->Apply(for_each_size);
BENCHMARK(find_ours)->Name("FindByte/ours")->Apply(for_each_size);
BENCHMARK(find_libc)->Name("FindByte/libc")->Apply(for_each_size);

}  // namespace
}  // namespace pith

BENCHMARK_MAIN();
