// The proof: a walk over all that is mapped, which finds what must not be.
//
// The types say that nobody can ask for writable code. This does not believe them: it reads the tables.
//
// Needs:     address_space.
#pragma once

#include "paging/address_space.hpp"

namespace pith::paging {

enum class Surprise : std::uint8_t {
    writable_and_executable,
    writable_code,         // memory that is executable here is writable elsewhere
    executable_elsewhere,  // code outside the kernel's text
    user_page,             // a user can reach what is the kernel's
    in_lower_half,         // a page where programs will be: address 0 is there
    not_global,            // a page of the kernel that is forgotten with each change of address space
    guard_mapped,          // a page below a stack
};

std::string_view explain(Surprise surprise);

// What a space is held against.
struct Expectation {
    VirtAddr text_start, text_end;
};

// Calls `report(surprise, mapping)` for each page where something is wrong. Returns how many pages there are.
template <TableAccess Access>
std::uint64_t audit(AddressSpace<Access> const& space, Expectation const& expected, auto&& is_guard,
                    auto&& report);

// Walks the kernel's active map, prints each surprise and the result. Returns how many surprises there were.
std::uint64_t audit_kernel();

// ---- Implementation --------------------------------------------------------------------------------------

// Memory that can be executed: few ranges, the kernel's text being one.
class ExecutableMemory {
public:
    void add(Mapping const& page) {
        auto const range = PhysRange::of_size(page.memory, bytes_in(page.size));
        if (last_ && last_->end() == range.start()) {
            last_ = PhysRange{last_->start(), range.end()};
            return;
        }
        keep_last();
        last_ = range;
    }
    bool overlaps(Mapping const& page) const {
        auto const range = PhysRange::of_size(page.memory, bytes_in(page.size));
        if (last_ && last_->overlaps(range)) return true;
        return std::ranges::any_of(ranges_, [&](PhysRange const& known) { return known.overlaps(range); });
    }

private:
    void keep_last() {
        if (last_) require(ranges_.try_push_back(*last_), "executable memory is in too many pieces");
    }

    FixedVector<PhysRange, 32> ranges_;
    std::optional<PhysRange> last_;
};

template <TableAccess Access>
std::uint64_t audit(AddressSpace<Access> const& space, Expectation const& expected, auto&& is_guard,
                    auto&& report) {
    ExecutableMemory executable;
    space.for_each([&](Mapping const& page) {
        if (page.is_executable) executable.add(page);
    });
    std::uint64_t pages = 0;
    space.for_each([&](Mapping const& page) {
        ++pages;
        auto const check = [&](bool is_wrong, Surprise surprise) {
            if (is_wrong) report(surprise, page);
        };
        bool const is_text = page.start >= expected.text_start && page.start < expected.text_end;
        check(page.is_writable && page.is_executable, Surprise::writable_and_executable);
        check(page.is_writable && !page.is_executable && executable.overlaps(page), Surprise::writable_code);
        check(page.is_executable && !is_text, Surprise::executable_elsewhere);
        check(page.is_user, Surprise::user_page);
        check(!is_kernel_half(page.start), Surprise::in_lower_half);
        check(!page.is_global, Surprise::not_global);
        check(is_guard(page), Surprise::guard_mapped);
    });
    return pages;
}

}  // namespace pith::paging
