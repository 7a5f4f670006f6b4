// Exercise 13.1: who uses how much.
#pragma once

#include <cstddef>
#include <memory_resource>

// Passes on what it is asked for, and counts what is in use.
class Counting final : public std::pmr::memory_resource {
public:
    explicit Counting(std::pmr::memory_resource& upstream) : upstream_{upstream} {}

    // In use now, as was asked for; and at most, since the beginning.
    std::size_t blocks() const { return blocks_; }
    std::size_t bytes() const { return bytes_; }
    std::size_t most_bytes() const { return most_bytes_; }

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override;
    void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
    bool do_is_equal(memory_resource const& other) const noexcept override;

    std::pmr::memory_resource& upstream_;
    std::size_t blocks_ = 0, bytes_ = 0, most_bytes_ = 0;
};
