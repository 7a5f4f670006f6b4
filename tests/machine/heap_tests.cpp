// The heap in the kernel: the uses that defeat simpler ones, memory that ends, and misuse that is found. In
// two kernels: with the checking mode, and without (tests/plain_heap).
#include "heap_in_use.hpp"
#include "suites.hpp"

#include "cpu/hidden.hpp"
#include "cpu/port.hpp"
#include "frames/start.hpp"
#include "heap/designs/bump.hpp"
#include "heap/designs/fixed_size.hpp"
#include "heap/designs/linked_list.hpp"
#include "heap/resource.hpp"
#include "heap/start.hpp"
#include "memory/layout.hpp"
#include "paging/kernel_map.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <format>
#include <map>
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

namespace pith {
namespace {

using testing::check;
using testing::check_equal;

void start() {
    frames::start(tests::handoff());
    paging::start(tests::handoff());
}

using tests::heap_bytes_in_use;

void ten_thousand_temporary_strings() {
    start();
    auto const before  = heap_bytes_in_use();
    std::size_t length = 0;
    for (std::size_t index = 0; index < 10'000; ++index)
        length += (std::string(40 + index % 200, 'a') + std::format("{}", index)).size();
    check_equal(length, 1'433'890U);
    check_equal(heap_bytes_in_use(), before);
}

std::size_t free_bytes() {
    return frames::the_frames.with([](auto& frames) { return frames.free_count(); }) * page_bytes;
}

// (The compiler may leave out a new-expression that it sees through, but no call of the operator.)
void check_there_is(std::size_t bytes) {
    auto* const block = ::operator new(bytes, std::nothrow);
    check(block != nullptr);
    ::operator delete(block);
}

// What alternating frees leave can't be joined, and does not stand in the way. Both are a quarter of memory.
void alternating_frees_then_one_large_block() {
    start();
    auto const quarter = free_bytes() / 4;
    std::vector<std::unique_ptr<std::array<std::byte, 512>>> blocks(quarter / 512);
    for (auto& block : blocks) block = std::make_unique_for_overwrite<std::array<std::byte, 512>>();
    for (std::size_t index = 0; index < blocks.size(); index += 2) blocks[index].reset();
    check_there_is(quarter);
}

// One in ten stays, while the others come and go.
void many_long_lived_boxes() {
    start();
    auto const before = heap_bytes_in_use();
    {
        std::vector<std::unique_ptr<std::size_t>> long_lived;
        long_lived.reserve(10'000);
        std::size_t sum = 0;
        for (std::size_t index = 0; index < 100'000; ++index) {
            auto box = std::make_unique<std::size_t>(index);
            sum += *cpu::hidden(box.get());
            if (index % 10 == 0) long_lived.push_back(std::move(box));
        }
        check_equal(sum, std::size_t{99'999} * 50'000);
        for (std::size_t index = 0; index < long_lived.size(); ++index)
            check_equal(*long_lived[index], 10 * index);
        check(heap_bytes_in_use() <= before + 10'000 * (8 + sizeof(long_lived[0])) + 2 * page_bytes);
    }
    check_equal(heap_bytes_in_use(), before);
}

void a_map_of_100000_entries() {
    start();
    auto const before = heap_bytes_in_use();
    {
        std::map<std::size_t, std::size_t> map;
        for (std::size_t index = 0; index < 100'000; ++index) map[index * 7919 % 100'000] = index;
        check_equal(map.size(), 100'000U);
        for (std::size_t index = 0; index < 100'000; ++index) check_equal(map[index * 7919 % 100'000], index);
    }
    check_equal(heap_bytes_in_use(), before);
}

struct Node {
    Node* next;
    std::byte rest[1000];
};

// Twice: what came back is had again.
void memory_ends_and_comes_back() {
    start();
    auto const before = heap_bytes_in_use(), free = free_bytes();
    std::size_t counts[2]{};
    for (auto& count : counts) {
        Node* last = nullptr;
        while (auto* const node = new (std::nothrow) Node) {
            node->next = std::exchange(last, node);
            ++count;
        }
        check(::operator new(1 << 20, std::nothrow) == nullptr);
        while (last != nullptr) delete std::exchange(last, last->next);
    }
    check(counts[0] * sizeof(Node) > free / 10 * tests::tenths_in_small_blocks);
    check(counts[1] >= counts[0]);
    check_equal(heap_bytes_in_use(), before);
    check_there_is(free / 10 * tests::tenths_in_one_block);
    console::print("{} blocks ", counts[0]);
}

// Into the frames behind it while they are free; then it is moved.
void a_large_block_grows_where_it_is() {
    start();
    heap::Heap own{heap::FramePages{}};
    auto const free = free_bytes();
    void* block     = own.allocate(100'000);
    std::memset(block, 'x', 100'000);
    check(own.reallocate(block, 1'000'000) == block);
    check_equal(free - free_bytes(), own.statistics().source_bytes);
    check_equal(own.statistics().large_bytes, own.statistics().source_bytes);
    std::memset(block, 'y', 1'000'000);

    auto const end = PhysAddr{VirtAddr{block} - layout::direct_map_start} + own.size_of(block);
    auto behind    = frames::take_run_at(end, 1);
    check(behind.has_value());
    auto* const moved = own.reallocate(block, 2'000'000);
    check(moved != block);
    check(*static_cast<char*>(moved) == 'y');
    if (behind) frames::give(std::move(*behind));
    own.free(moved);
    check_equal(free_bytes(), free);
}

// By the quick way, by the slow one, and where there is no memory.
void use_the_heap() {
    auto const blocks = std::make_unique<std::array<std::unique_ptr<std::array<char, 500>>, 1000>>();
    for (auto& block : *blocks) block = std::make_unique<std::array<char, 500>>();
    check_there_is(100'000);
    check(::operator new(std::size_t{1} << 50, std::nothrow) == nullptr);
}

void interrupts_are_as_before() {
    start();
    use_the_heap();
    check(!cpu::are_interrupts_enabled());
    cpu::Port<std::uint8_t>{0x21}.write(0xff);  // the interrupt controllers pass nothing on
    cpu::Port<std::uint8_t>{0xa1}.write(0xff);
    cpu::enable_interrupts();
    use_the_heap();
    check(cpu::are_interrupts_enabled());
    cpu::disable_interrupts();
}

void use_containers(std::pmr::memory_resource& resource) {
    std::pmr::map<int, std::pmr::string> names{&resource};
    std::pmr::vector<int> numbers{&resource};
    for (int number = 0; number < 200; ++number) {
        names[number] = "a name that is too long for the string itself";
        numbers.push_back(number);
    }
    check_equal(names.size(), 200U);
    for (auto const& [number, name] : names) {
        check_equal(number, numbers[static_cast<std::size_t>(number)]);
        check(name == "a name that is too long for the string itself");
        check(name.get_allocator().resource() == &resource);
    }
}

template <typename Design>
void use_containers_on() {
    std::vector<std::byte> memory(std::size_t{256} << 10);
    Design design{memory};
    heap::Resource resource{design};
    use_containers(resource);
}

void any_container_on_any_allocator() {
    start();
    auto const before = heap_bytes_in_use();
    use_containers_on<heap::Bump>();
    use_containers_on<heap::LinkedList>();
    use_containers_on<heap::FixedSize>();
    use_containers(*std::pmr::new_delete_resource());
    {
        heap::Heap own{heap::FramePages{}};
        heap::Resource resource{own};
        use_containers(resource);
        own.trim();
        check_equal(own.statistics().source_bytes, 0U);
    }
    check_equal(heap_bytes_in_use(), before);
}

void a_resource_without_memory_panics() {
    start();
    std::array<std::byte, 4096> memory{};
    heap::LinkedList list{memory};
    heap::Resource resource{list};
    std::pmr::vector<int> const numbers(2000, &resource);
}

// ---- At the edges ----------------------------------------------------------------------------------------

constexpr std::size_t no_sizes[]{std::size_t{1} << 62,   (std::size_t{1} << 63) - 1, std::size_t{1} << 63,
                                 ~std::size_t{0} - 4096, ~std::size_t{0} - 128,      ~std::size_t{0}};

void no_size_near_the_end_of_numbers() {
    start();
    auto const before = heap_bytes_in_use(), free = free_bytes();
    for (auto const size : no_sizes) {
        check(::operator new(size, std::nothrow) == nullptr);
        check(::operator new[](size, std::nothrow) == nullptr);
        for (std::size_t alignment = 1; alignment != 0; alignment *= 2)
            check(::operator new(size, std::align_val_t{alignment}, std::nothrow) == nullptr);
    }
    check_equal(heap_bytes_in_use(), before);
    check(free_bytes() + (std::size_t{64} << 10) >= free);  // a slab for who asked, in checking mode
    check_there_is(100);
}

// Up to 2 MiB there are all; above, none.
void every_alignment_or_nullptr() {
    start();
    auto const before = heap_bytes_in_use();
    for (std::size_t bits = 0; bits < 64; ++bits) {
        std::align_val_t const alignment{std::size_t{1} << bits};
        auto* const block = ::operator new(100, alignment, std::nothrow);
        auto* const array = ::operator new[](0, alignment, std::nothrow);
        check_equal(block != nullptr, bits <= 21);
        check_equal(array != nullptr, bits <= 21);
        check((std::bit_cast<std::size_t>(block) | std::bit_cast<std::size_t>(array)) %
                  static_cast<std::size_t>(alignment) ==
              0);
        ::operator delete(block, alignment, std::nothrow);
        ::operator delete[](array, alignment, std::nothrow);
    }
    check_equal(heap_bytes_in_use(), before);
}

void blocks_of_no_size_differ() {
    start();
    auto const before = heap_bytes_in_use();
    std::array<void*, 4> const blocks{::operator new(0), ::operator new(0), ::operator new[](0),
                                      ::operator new[](0, std::nothrow)};
    for (auto* const block : blocks) {
        check(block != nullptr);
        check_equal(std::ranges::count(blocks, block), 1);
    }
    ::operator delete(blocks[0]);
    ::operator delete(blocks[1], std::size_t{0});
    ::operator delete[](blocks[2], std::size_t{0});
    ::operator delete[](blocks[3], std::nothrow);
    check_equal(heap_bytes_in_use(), before);
}

void nullptr_is_deleted_by_every_form() {
    start();
    void* const none = nullptr;
    std::align_val_t const alignment{64};
    std::size_t const size = 100;
    ::operator delete(none);
    ::operator delete(none, size);
    ::operator delete(none, alignment);
    ::operator delete(none, size, alignment);
    ::operator delete(none, std::nothrow);
    ::operator delete(none, alignment, std::nothrow);
    ::operator delete[](none);
    ::operator delete[](none, size);
    ::operator delete[](none, alignment);
    ::operator delete[](none, size, alignment);
    ::operator delete[](none, std::nothrow);
    ::operator delete[](none, alignment, std::nothrow);
    check_equal(heap_bytes_in_use(), 0U);
}

// Their number stands before them, so that all can be destroyed.
void aligned_arrays_are_destroyed() {
    start();
    struct alignas(4096) Counted {
        explicit Counted(std::size_t& count) : alive{count} { ++alive; }
        ~Counted() { --alive; }
        Counted(Counted const&)            = delete;
        Counted& operator=(Counted const&) = delete;
        std::size_t& alive;
    };
    std::size_t alive  = 0;
    auto* const array  = cpu::hidden(new Counted[3]{Counted{alive}, Counted{alive}, Counted{alive}});
    auto* const single = cpu::hidden(new Counted{alive});
    check_equal(alive, 4U);
    check_equal(std::bit_cast<std::uintptr_t>(array) % 4096, 0U);
    delete[] array;
    delete single;
    check_equal(alive, 0U);
    check_equal(heap_bytes_in_use(), 0U);
}

// A map has no way to say that a node cannot be had.
void a_map_without_memory_panics() {
    start();
    std::map<std::size_t, std::array<std::byte, 1000>> map;
    for (std::size_t key = 0;; ++key) static_cast<void>(map.try_emplace(key));
}

// The language asks for all there is then.
void an_array_of_too_many_panics() {
    start();
    std::size_t count = (std::size_t{1} << 62) + 1;
    static_cast<void>(cpu::hidden(new int[*cpu::hidden(&count)]));
}

void too_large_an_alignment_panics() {
    start();
    static_cast<void>(::operator new(100, std::align_val_t{4 << 20}));
}

// Before there are frames.
void without_frames_new_panics() { static_cast<void>(::operator new(100)); }

void without_memory_new_panics() {
    start();
    static_cast<void>(::operator new(std::size_t{1} << 50));
}

void foreign_memory_panics() {
    start();
    ::operator delete(const_cast<boot::Handoff*>(&tests::handoff()));
}

constexpr testing::Test tests_of_heap[] = {
    {"heap.ten_thousand_temporary_strings", ten_thousand_temporary_strings},
    {"heap.alternating_frees_then_one_large_block", alternating_frees_then_one_large_block},
    {"heap.many_long_lived_boxes", many_long_lived_boxes},
    {"heap.a_map_of_100000_entries", a_map_of_100000_entries},
    {"heap.memory_ends_and_comes_back", memory_ends_and_comes_back},
    {"heap.a_large_block_grows_where_it_is", a_large_block_grows_where_it_is},
    {"heap.interrupts_are_as_before", interrupts_are_as_before},
    {"heap.no_size_near_the_end_of_numbers", no_size_near_the_end_of_numbers},
    {"heap.every_alignment_or_nullptr", every_alignment_or_nullptr},
    {"heap.blocks_of_no_size_differ", blocks_of_no_size_differ},
    {"heap.nullptr_is_deleted_by_every_form", nullptr_is_deleted_by_every_form},
    {"heap.aligned_arrays_are_destroyed", aligned_arrays_are_destroyed},
    {"heap.a_map_without_memory_panics", a_map_without_memory_panics, "no memory is left for 1040 bytes"},
    {"heap.an_array_of_too_many_panics", an_array_of_too_many_panics,
     "no memory is left for 18446744073709551615 bytes"},
    {"heap.too_large_an_alignment_panics", too_large_an_alignment_panics,
     "no memory is left for 100 bytes at a multiple of 4194304"},
    {"heap.without_frames_new_panics", without_frames_new_panics, "no memory is left for 100 bytes"},
    {"heap.any_container_on_any_allocator", any_container_on_any_allocator},
    {"heap.a_resource_without_memory_panics", a_resource_without_memory_panics,
     "no memory is left for 8000 bytes"},
    {"heap.without_memory_new_panics", without_memory_new_panics,
     "no memory is left for 1125899906842624 bytes"},
    {"heap.foreign_memory_panics", foreign_memory_panics,
     "memory was freed that does not belong to the heap"},
};

}  // namespace

constinit testing::Suite const tests::heap_suite = tests_of_heap;

}  // namespace pith
