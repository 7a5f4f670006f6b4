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
    writable_alias,        // memory that is code or constants here is writable elsewhere
    writable_constant,     // constants, or what is sealed, can be written
    executable_elsewhere,  // code outside the kernel's text
    user_page,             // a user can reach what is the kernel's
    in_lower_half,         // a page where programs will be: address 0 is there
    not_global,            // a page of the kernel that is forgotten with each change of address space
    guard_mapped,          // a page below a stack
};

std::string_view explain(Surprise surprise);

// What a space is held against.
struct Expectation {
    VirtAddr text_start, text_end, constants_end;  // constants begin where the text ends
};

// Calls `report(surprise, mapping)` for each page where something is wrong. Returns how many pages there are.
template <TableAccess Access>
std::uint64_t audit(AddressSpace<Access> const& space, Expectation const& expected, auto&& is_guard,
                    auto&& report);

// Walks the kernel's active map, prints each surprise and the result. Returns how many surprises there were.
std::uint64_t audit_kernel();

// ---- Implementation --------------------------------------------------------------------------------------

// Memory that must not be written, whatever its address: code and constants. Few ranges.
class ProtectedMemory {
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
        if (last_) require(ranges_.try_push_back(*last_), "code and constants are in too many pieces");
    }

    FixedVector<PhysRange, 32> ranges_;
    std::optional<PhysRange> last_;
};

template <TableAccess Access>
std::uint64_t audit(AddressSpace<Access> const& space, Expectation const& expected, auto&& is_guard,
                    auto&& report) {
    auto const is_in = [](Mapping const& page, VirtAddr start, VirtAddr end) {
        return page.start >= start && page.start < end;
    };
    ProtectedMemory guarded;
    space.for_each([&](Mapping const& page) {
        bool const is_constant = !page.is_writable && is_in(page, expected.text_end, expected.constants_end);
        if (page.is_executable || is_constant) guarded.add(page);
    });
    std::uint64_t pages = 0;
    space.for_each([&](Mapping const& page) {
        ++pages;
        auto const check = [&](bool is_wrong, Surprise surprise) {
            if (is_wrong) report(surprise, page);
        };
        bool const is_text     = is_in(page, expected.text_start, expected.text_end);
        bool const is_constant = is_in(page, expected.text_end, expected.constants_end);
        check(page.is_writable && page.is_executable, Surprise::writable_and_executable);
        check(page.is_writable && !page.is_executable && guarded.overlaps(page), Surprise::writable_alias);
        check(page.is_writable && is_constant, Surprise::writable_constant);
        check(page.is_executable && !is_text, Surprise::executable_elsewhere);
        check(page.is_user, Surprise::user_page);
        check(!is_kernel_half(page.start), Surprise::in_lower_half);
        check(!page.is_global, Surprise::not_global);
        check(is_guard(page), Surprise::guard_mapped);
    });
    return pages;
}

}  // namespace pith::paging
