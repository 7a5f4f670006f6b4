// Chapter 13: the heap, and with it the C++ library.
//
// Vectors, maps, strings, shared pointers and coroutines, in a kernel. What they leave behind is counted in
// the end: nothing.
#include "console/print.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "frames/start.hpp"
#include "heap/start.hpp"
#include "paging/kernel_map.hpp"
#include "runtime/stack_protector.hpp"

#include <coroutine>
#include <format>
#include <map>
#include <memory>
#include <numeric>
#include <ranges>
#include <string>
#include <vector>

using namespace pith;
using console::println;

namespace {

// #region containers
void use_containers() {
    std::vector<int> numbers(1000);
    std::iota(numbers.begin(), numbers.end(), 1);
    println("a vector: the sum of 1 to 1000 is {}", std::accumulate(numbers.begin(), numbers.end(), 0));

    std::map<std::string, std::size_t> words;
    for (auto const word :
         std::views::split(std::string_view{"the kernel that others read and the book"}, ' ')) {
        ++words[std::string{std::string_view{word}}];
    }
    println("a map: {} words, \"the\" {} times", words.size(), words["the"]);

    println("a string: {}", std::format("{:-^30}", " formatted in a kernel "));
}
// #endregion containers

// #region sharing
struct Noisy {
    explicit Noisy(std::string_view name) : name{name} {}
    ~Noisy() { println("  {} is gone", name); }
    Noisy(Noisy const&)            = delete;
    Noisy& operator=(Noisy const&) = delete;

    std::string name;
};

void share() {
    auto const first = std::make_shared<Noisy>("what two owners shared");
    {
        auto const second = first;  // NOLINT(performance-unnecessary-copy-initialization): that is the point
        println("a shared pointer: {} owners", second.use_count());
    }
    println("                  {} owner", first.use_count());
}
// #endregion sharing

// #region coroutine
// A sequence of numbers, each made when it is asked for.
class Numbers {
public:
    struct promise_type {  // NOLINT(readability-identifier-naming): the name is the language's
        std::uint64_t current = 0;

        Numbers get_return_object() {
            return Numbers{std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(std::uint64_t number) {
            current = number;
            return {};
        }
        void return_void() {}
        void unhandled_exception() {}
    };

    explicit Numbers(std::coroutine_handle<promise_type> handle) : handle_{handle} {}
    ~Numbers() { handle_.destroy(); }
    Numbers(Numbers const&)            = delete;
    Numbers& operator=(Numbers const&) = delete;

    std::uint64_t next() {
        handle_.resume();
        return handle_.promise().current;
    }

private:
    std::coroutine_handle<promise_type> handle_;
};

Numbers fibonacci() {
    for (std::uint64_t a = 0, b = 1;; b = std::exchange(a, b) + b) co_yield b;
}
// #endregion coroutine

// #region main
[[gnu::noinline]] std::vector<std::byte> far_too_many() {
    return std::vector<std::byte>(std::size_t{1} << 50);
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    auto const handoff = console::adopt_handoff(start);
    frames::start(handoff);
    paging::start(handoff);

    use_containers();
    share();
    {
        auto numbers = fibonacci();
        for (int skipped = 1; skipped < 50; ++skipped) static_cast<void>(numbers.next());
        println("a coroutine: the 50th Fibonacci number is {}", numbers.next());
    }
    println("\nWhat is left of it:");
    heap::print_statistics();

    println("\nA block that no memory is left for:");
    void* const far_too_large = ::operator new(std::size_t{1} << 50, std::nothrow);
    println("  without an exception it is {}",
            far_too_large == nullptr ? "nullptr, and the kernel goes on" : "there?");
    println("  a vector has no way to say so ...");
    println("{}", far_too_many().size());
    cpu::halt_forever();
}
// #endregion main
