// Who owns memory, and where it comes from.
#include "suites.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <scoped_allocator>
#include <string>
#include <vector>

using namespace pith;
using testing::check;
using testing::check_equal;

namespace {

// Counts how many of its kind there are.
struct Counted {
    Counted() { ++alive; }
    ~Counted() { --alive; }
    Counted(Counted const&)            = delete;
    Counted& operator=(Counted const&) = delete;

    static constinit int alive;
};
constinit int Counted::alive = 0;

struct Node : std::enable_shared_from_this<Node>, Counted {
    std::shared_ptr<Node> next;
    std::weak_ptr<Node> previous;
};

void unique_pointers() {
    auto first = std::make_unique<Counted>();
    auto other = std::make_unique<Counted[]>(5);
    check_equal(Counted::alive, 6);
    auto second = std::move(first);
    check(first == nullptr && second != nullptr);
    other.reset();
    second = nullptr;
    check_equal(Counted::alive, 0);
}

void shared_pointers() {
    auto first = std::make_shared<Node>();
    {
        auto second      = std::shared_ptr<Node>{new Node};
        first->next      = second;
        second->previous = first;
        check_equal(first.use_count(), 1);
        check_equal(second.use_count(), 2);
        check(second->previous.lock() == first);
    }
    std::weak_ptr<Node> const watcher = first->next;
    check(!watcher.expired());
    check(first->shared_from_this() == first);
    std::shared_ptr<std::shared_ptr<Node>> const part{first, &first->next};
    check_equal(first.use_count(), 2);
    first->next.reset();
    check(watcher.expired() && watcher.lock() == nullptr);
    check_equal(Counted::alive, 1);
}

void memory() {
    unique_pointers();
    shared_pointers();
    check_equal(Counted::alive, 0);
    alignas(64) std::array<std::byte, 256> bytes{};
    void* place      = &bytes[1];
    std::size_t room = 255;
    check(std::align(32, 64, place, room) == &bytes[32] && room == 224);
    std::allocator<Counted> allocator;
    auto* const three = allocator.allocate(3);
    std::uninitialized_default_construct_n(three, 3);
    check_equal(Counted::alive, 3);
    std::destroy_n(three, 3);
    allocator.deallocate(three, 3);
    check_equal(Counted::alive, 0);
}

// Passes on what it is asked for, and counts it.
class CountingResource : public std::pmr::memory_resource {
public:
    std::size_t blocks() const { return blocks_; }
    std::size_t bytes() const { return bytes_; }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        ++blocks_;
        bytes_ += bytes;
        return std::pmr::new_delete_resource()->allocate(bytes, alignment);
    }
    void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
        --blocks_;
        bytes_ -= bytes;
        std::pmr::new_delete_resource()->deallocate(block, bytes, alignment);
    }
    bool do_is_equal(memory_resource const& other) const noexcept override { return this == &other; }

    std::size_t blocks_ = 0, bytes_ = 0;
};

void containers_live_in_a_buffer() {
    std::array<std::byte, 4096> buffer{};
    std::pmr::monotonic_buffer_resource resource{buffer.data(), buffer.size(),
                                                 std::pmr::null_memory_resource()};
    std::pmr::vector<std::pmr::string> names{&resource};
    for (int index = 0; index < 10; ++index)
        names.emplace_back("a name that is too long for the string itself");
    auto const start = std::bit_cast<std::uintptr_t>(buffer.data());
    for (auto const& name : names) {
        check(std::bit_cast<std::uintptr_t>(name.data()) - start < buffer.size());
        check(name.get_allocator().resource() == &resource);
    }
}

void memory_resource() {
    containers_live_in_a_buffer();
    CountingResource counting;
    {
        std::pmr::monotonic_buffer_resource resource{&counting};
        std::pmr::map<int, int> squares{&resource};
        for (int number = 0; number < 1000; ++number) squares[number] = number * number;
        check_equal(squares.at(999), 998'001);
        check(counting.blocks() > 0 && counting.blocks() < 20);
        for (std::size_t alignment = 1; alignment <= 4096; alignment *= 2) {
            auto* const block = resource.allocate(3, alignment);
            check_equal(std::bit_cast<std::uintptr_t>(block) % alignment, 0U);
        }
    }
    check_equal(counting.bytes(), 0U);
    auto* const before = std::pmr::set_default_resource(&counting);
    {
        std::pmr::vector<int> const numbers(100);
        check_equal(counting.bytes(), 400U);
    }
    std::pmr::set_default_resource(before);
    check(before == std::pmr::new_delete_resource() && std::pmr::get_default_resource() == before);
}

void a_buffer_that_is_full() {
    std::array<std::byte, 64> buffer{};
    std::pmr::monotonic_buffer_resource resource{buffer.data(), buffer.size(),
                                                 std::pmr::null_memory_resource()};
    std::pmr::vector<char> const numbers(65, &resource);
    check_equal(numbers.size(), 65U);
}

struct alignas(256) Wide {
    std::array<std::byte, 256> bytes;
};

void operator_new() {
    auto* const wide = new Wide;
    check_equal(std::bit_cast<std::uintptr_t>(wide) % 256, 0U);
    delete wide;
    check(::operator new(std::size_t{1} << 50, std::nothrow) == nullptr);
    auto* const five = new Counted[5];
    check_equal(Counted::alive, 5);
    delete[] five;
    alignas(Node) std::array<std::byte, sizeof(Node)> place{};
    auto* const node = new (place.data()) Node;
    check(std::launder(node)->next == nullptr);
    std::destroy_at(node);
    check_equal(Counted::alive, 0);
    static_assert(std::hardware_destructive_interference_size == 64);
}

// The same for containers that do not know memory resources: it does not go on to what they hold by itself.
template <typename Value>
class CountingAllocator {
public:
    using value_type = Value;

    explicit CountingAllocator(CountingResource& resource) : resource_{&resource} {}
    template <typename Other>
    // NOLINTNEXTLINE(google-explicit-constructor): the standard's containers convert
    CountingAllocator(CountingAllocator<Other> const& other) : resource_{&other.resource()} {}

    Value* allocate(std::size_t count) {
        return static_cast<Value*>(resource_->allocate(count * sizeof(Value), alignof(Value)));
    }
    void deallocate(Value* block, std::size_t count) {
        resource_->deallocate(block, count * sizeof(Value), alignof(Value));
    }
    CountingResource& resource() const { return *resource_; }
    bool operator==(CountingAllocator const&) const = default;

private:
    CountingResource* resource_;
};

void scoped_allocator() {
    CountingResource counting;
    using Row = std::vector<int, CountingAllocator<int>>;
    std::vector<Row, std::scoped_allocator_adaptor<CountingAllocator<Row>>> rows{
        CountingAllocator<Row>{counting}};
    rows.emplace_back(100U);
    check_equal(counting.blocks(), 2U);
    check(&rows[0].get_allocator().resource() == &counting);
}

constexpr testing::Test memory_tests[] = {
    {"memory", memory},
    {"memory_resource", memory_resource},
    {"memory_resource.full", a_buffer_that_is_full, "the null memory resource was asked for memory"},
    {"new", operator_new},
    {"scoped_allocator", scoped_allocator},
};

}  // namespace

constinit testing::Suite const tests::memory_suite{memory_tests};
