// The proof: a walk over all that is mapped, which finds what must not be.
//
// The types say that nobody can ask for writable code. This does not believe them: it reads the tables.
//
// Needs:     address_space.
#pragma once

#include "paging/address_space.hpp"

namespace pith::paging {

// #region surprises
enum class Surprise : std::uint8_t {
    writable_and_executable,
    writable_alias,         // memory that is code, constants or a shadow stack here is writable elsewhere
    writable_constant,      // constants, or what is sealed, can be written
    writable_shadow_stack,  // a shadow stack can be written by more than calls
    missing_shadow_stack,   // calls cannot write there
    foreign_shadow_stack,   // calls, and who has WRSS, can write to what is none
    executable_elsewhere,   // code outside the kernel's text
    user_page,              // a user can reach what is the kernel's
    in_lower_half,          // a page where programs will be: address 0 is there
    not_global,             // a page of the kernel that is forgotten with each change of address space
    guard_mapped,           // a page below a stack
};
// #endregion surprises

std::string_view explain(Surprise surprise);

// What a space is held against.
struct Expectation {
    VirtAddr text_start, text_end, constants_end;  // constants begin where the text ends
    VirtAddr shadow_stacks, shadow_stacks_end;
};

// Calls `report(surprise, address)` where something begins to be wrong in a run of pages (visit.hpp).
// `for_each_guard_in(run, use)` calls `use(guard)` for each guard page among these. Returns how many pages
// there are.
template <TableAccess Access>
std::uint64_t audit(AddressSpace<Access> const& space, Expectation const& expected, auto&& for_each_guard_in,
                    auto&& report);

// Walks the kernel's active map, prints each surprise and the result. Returns how many surprises there were.
std::uint64_t audit_kernel();

// ---- Implementation --------------------------------------------------------------------------------------

// #region memory
// Memory that must not be written, whatever its address: code, constants, shadow stacks. Few ranges.
class ProtectedMemory {
public:
    void add(PhysRange range) {
        if (last_ && last_->end() == range.start()) {
            last_ = PhysRange{last_->start(), range.end()};
            return;
        }
        keep_last();
        last_ = range;
    }
    // Where some of it begins in this range.
    std::optional<PhysAddr> first_in(PhysRange range) const {
        std::optional<PhysAddr> first;
        auto const look_at = [&](PhysRange known) {
            if (known.overlaps(range)) first = std::min(first.value_or(range.end()), known.start());
        };
        for (auto const& known : ranges_) look_at(known);
        if (last_) look_at(*last_);
        return first.transform([&](PhysAddr start) { return std::max(start, range.start()); });
    }

private:
    void keep_last() {
        if (last_) require(ranges_.try_push_back(*last_), "code and constants are in too many pieces");
    }

    FixedVector<PhysRange, 32> ranges_;
    std::optional<PhysRange> last_;
};
// #endregion memory

// #region audit
template <TableAccess Access>
std::uint64_t audit(AddressSpace<Access> const& space, Expectation const& expected, auto&& for_each_guard_in,
                    auto&& report) {
    auto const touches = [](MappingRun const& run, VirtAddr start, VirtAddr end) {
        return run.first.start < end && run.last_byte() >= start;
    };
    auto const has_shadow_stacks = [&](MappingRun const& run) {
        return touches(run, expected.shadow_stacks, expected.shadow_stacks_end);
    };
    ProtectedMemory guarded;
    space.for_each_run([&](MappingRun const& run) {
        if (run.first.is_executable) {
            guarded.add(run.memory());
        } else if (!run.first.is_writable && touches(run, expected.text_start, expected.constants_end)) {
            guarded.add(run.memory_between(expected.text_start, expected.constants_end));
        } else if (!run.first.is_writable && has_shadow_stacks(run)) {
            guarded.add(run.memory_between(expected.shadow_stacks, expected.shadow_stacks_end));
        }
    });
    std::uint64_t pages = 0;
    space.for_each_run([&](MappingRun const& run) {
        auto const& first = run.first;
        auto const check  = [&](bool is_wrong, Surprise surprise, VirtAddr page) {
            if (is_wrong) report(surprise, page);
        };
        pages += run.count;
        check(first.is_writable && first.is_executable, Surprise::writable_and_executable, first.start);
        // A run that begins in the text may go on behind it.
        bool const begins_in_text = expected.text_start <= first.start && first.start < expected.text_end;
        auto const elsewhere      = begins_in_text ? expected.text_end : first.start;
        check(first.is_executable && run.last_byte() >= elsewhere, Surprise::executable_elsewhere, elsewhere);
        check(first.is_writable && touches(run, expected.text_end, expected.constants_end),
              Surprise::writable_constant, std::max(first.start, expected.text_end));
        auto const in_shadow = std::max(first.start, expected.shadow_stacks);
        check(first.is_writable && has_shadow_stacks(run), Surprise::writable_shadow_stack, in_shadow);
        check(!first.is_writable && !first.is_shadow_stack && has_shadow_stacks(run),
              Surprise::missing_shadow_stack, in_shadow);
        check(first.is_shadow_stack &&
                  (first.start < expected.shadow_stacks || run.last_byte() >= expected.shadow_stacks_end),
              Surprise::foreign_shadow_stack, first.start);
        if (first.is_writable && !first.is_executable) {
            if (auto const alias = guarded.first_in(run.memory()))
                report(Surprise::writable_alias, first.start + (*alias - first.memory));
        }
        check(first.is_user, Surprise::user_page, first.start);
        check(!is_kernel_half(first.start), Surprise::in_lower_half, first.start);
        check(!first.is_global, Surprise::not_global, first.start);
        for_each_guard_in(run, [&](VirtAddr guard) { report(Surprise::guard_mapped, guard); });
    });
    return pages;
}
// #endregion audit

}  // namespace pith::paging
