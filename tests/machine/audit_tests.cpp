// The proof is wrong if it finds nothing where something is wrong. So the live tables are changed behind its
// back, as no type allows: it has to say what is wrong, at which page, and nothing else.
#include "base/fixed_text.hpp"
#include "boot/image.hpp"
#include "console/console.hpp"
#include "console/stacks.hpp"
#include "memory/direct_map.hpp"
#include "own_map.hpp"
#include "paging/audit.hpp"
#include "suites.hpp"

using namespace pith;
using paging::KernelFrames;
using paging::KernelSpace;
using paging::Rights;
using testing::check;
using testing::check_equal;
using tests::some_page;

namespace {

namespace bits = paging::bits;

constexpr Rights constant{}, data{.access = paging::Access::read_write},
    shadow_stack{.access = paging::Access::shadow_stack};

// ---- What the audit says ---------------------------------------------------------------------------------

class Transcript final : public console::Sink {
public:
    void write(std::string_view text) override {
        for (char const character : text) text_.push_back(character);
    }
    std::string_view text() const { return text_.view(); }

private:
    FixedText<2048> text_;
};

struct Found {
    VirtAddr page;
    std::string_view what;
};

// It finds these and no others, and says so.
void check_audit_finds(std::initializer_list<Found> expected,
                       std::source_location where = std::source_location::current()) {
    Transcript transcript;
    console::the_console.with(
        [&](console::Console& console) { console.attach(transcript, console::SinkKind::line); });
    auto const surprises = paging::audit_kernel();
    console::the_console.with([&](console::Console& console) { console.detach(transcript); });
    check_equal(surprises, expected.size(), where);
    for (auto const& found : expected) {
        FixedText<200> line;
        std::format_to(std::back_inserter(line), "  map        {}: {}\n", found.page, found.what);
        check(transcript.text().contains(line.view()), where);
    }
    FixedText<50> result;
    std::format_to(std::back_inserter(result), " pages checked: {} surprises\n", surprises);
    check(surprises == 0 ? transcript.text().contains(" pages checked: nothing is writable and executable")
                         : transcript.text().contains(result.view()),
          where);
}

// ---- Making it wrong -------------------------------------------------------------------------------------

// The entries that lead to a small page, the root's first, as numbers: what no type allows can be put there.
class Entries {
public:
    explicit Entries(VirtAddr address) : address_{address} {
        auto table = cpu::read_cr3() & bits::address;
        for (int level = 4; level >= 1; --level) {
            auto const index = static_cast<std::size_t>(address.value() >> (12 + 9 * (level - 1)) & 511);
            auto& entry      = physical_span<std::uint64_t>(PhysAddr{table}, 512)[index];
            check((entry & bits::present) != 0 && (level == 1 || (entry & bits::large) == 0));
            check(entries_.try_push_back(&entry));
            table = entry & bits::address;
        }
    }

    // Calls `test` while the page's own entry, or all four, have these bits flipped.
    void with_page_flipped(std::uint64_t flipped, auto&& test) {
        with_flipped(entries_.span().last(1), flipped, test);
    }
    void with_all_flipped(std::uint64_t flipped, auto&& test) {
        with_flipped(entries_.span(), flipped, test);
    }

private:
    void with_flipped(std::span<std::uint64_t* const> entries, std::uint64_t flipped, auto&& test) {
        for (auto* const entry : entries) *entry ^= flipped;
        test();
        for (auto* const entry : entries) *entry ^= flipped;
        cpu::flush_page(address_);
    }

    VirtAddr address_;
    FixedVector<std::uint64_t*, 4> entries_;
};

void with_mapped(PageRange pages, PhysAddr memory, Rights rights, auto&& test) {
    tests::move_into_own_map();
    paging::with_kernel_space([&](KernelSpace& space, KernelFrames& source) {
        check(space.map_borrowed(pages, memory, rights, source).has_value());
    });
    test();
    paging::with_kernel_space([&](KernelSpace& space, KernelFrames& source) {
        auto stale = space.stale_pages(source);
        check(space.unmap(pages, source, stale).has_value());
        stale.flush();
    });
    check_audit_finds({});
}

void with_page(VirtAddr page, PhysAddr memory, Rights rights, auto&& test) {
    with_mapped(PageRange::of_bytes(page, page_bytes), memory, rights, test);
}

PhysAddr some_memory() {
    tests::move_into_own_map();
    auto frame = frames::take<PageSize::kib_4>();
    check(frame.has_value());
    return std::move(*frame).disown();
}

// ---- What it finds ---------------------------------------------------------------------------------------

void it_finds_nothing_in_the_kernels_map() {
    tests::move_into_own_map();
    check_audit_finds({});
}

void it_finds_writable_code() {
    tests::move_into_own_map();
    auto const text = boot::image_parts().text;
    Entries{text}.with_page_flipped(bits::writable,
                                    [&] { check_audit_finds({{text, "writable and executable"}}); });
    auto const last = VirtAddr{boot::image_parts().constants.value() - page_bytes};
    Entries{last}.with_page_flipped(bits::writable,
                                    [&] { check_audit_finds({{last, "writable and executable"}}); });
    check_audit_finds({});
}

void it_finds_executable_data() {
    tests::move_into_own_map();
    auto const page = boot::image_parts().data;
    Entries{page}.with_page_flipped(bits::no_execute, [&] {
        check_audit_finds(
            {{page, "writable and executable"}, {page, "executable, but not the kernel's code"}});
    });
}

// What all four levels leave is what counts: behind a table that forbids to write no page is writable.
void it_believes_all_levels() {
    auto const page = some_page.start();
    with_page(page, boot::memory_of(boot::image_parts().constants), data, [&] {
        Entries{page}.with_all_flipped(bits::writable, [&] {
            Entries{page}.with_page_flipped(bits::writable, [] { check_audit_finds({}); });
        });
    });
    with_page(page, some_memory(), data, [&] {
        Entries{page}.with_page_flipped(bits::user, [] { check_audit_finds({}); });
        Entries{page}.with_all_flipped(bits::no_execute, [] { check_audit_finds({}); });
    });
}

void it_finds_writable_constants() {
    tests::SealedMap const sealed;
    auto const parts = boot::image_parts();
    for (auto const page : {parts.constants, VirtAddr{parts.sealed.value() - page_bytes}, parts.sealed,
                            VirtAddr{parts.data.value() - page_bytes}}) {
        Entries{page}.with_page_flipped(bits::writable,
                                        [&] { check_audit_finds({{page, "writable, but a constant"}}); });
    }
}

void it_finds_writable_shadow_stacks() {
    tests::move_into_own_map();
    auto const first = boot::image_parts().shadow_stacks + page_bytes;  // behind its guard page
    Entries{first}.with_page_flipped(bits::writable,
                                     [&] { check_audit_finds({{first, "writable, but a shadow stack"}}); });
}

// One bit makes a page what calls write to.
void it_finds_the_wrong_shadow_stacks() {
    tests::move_into_own_map();
    auto const parts = boot::image_parts();
    auto const first = parts.shadow_stacks + page_bytes;
    Entries{first}.with_page_flipped(
        bits::dirty, [&] { check_audit_finds({{first, "a shadow stack to which calls cannot write"}}); });
    Entries{parts.constants}.with_page_flipped(bits::dirty, [&] {
        check_audit_finds({{parts.constants, "written by calls, but no shadow stack"}});
    });
}

// Memory that nobody may write, under a name where it can be.
void it_finds_writable_aliases() {
    tests::SealedMap const sealed;
    constexpr std::string_view alias = "writable, but its memory is protected elsewhere";
    auto const parts                 = boot::image_parts();
    for (auto const page : {parts.text, parts.constants, parts.sealed,
                            VirtAddr{parts.data.value() - page_bytes}, parts.shadow_stacks + page_bytes}) {
        for (auto const name : {some_page.start(), in_direct_map(boot::memory_of(page))}) {
            with_page(name, boot::memory_of(page), data, [&] { check_audit_finds({{name, alias}}); });
            with_page(name, boot::memory_of(page), constant, [&] { check_audit_finds({}); });
        }
    }
    // A large page that has the image in it.
    VirtAddr const large{some_page.start() + bytes_in(PageSize::gib_1)};
    auto const text_in_it = large + boot::memory_of(parts.text).value();
    with_mapped(PageRange::of_bytes(large, bytes_in(PageSize::mib_2)), PhysAddr{}, data,
                [&] { check_audit_finds({{text_in_it, alias}}); });
}

void it_finds_code_outside_the_text() {
    constexpr std::string_view elsewhere = "executable, but not the kernel's code";
    tests::move_into_own_map();
    auto const constants = boot::image_parts().constants;
    Entries{constants}.with_page_flipped(bits::no_execute,
                                         [&] { check_audit_finds({{constants, elsewhere}}); });
    with_page(some_page.start(), boot::memory_of(constants), {.access = paging::Access::read_execute},
              [&] { check_audit_finds({{some_page.start(), elsewhere}}); });
}

void it_finds_pages_for_users() {
    with_page(some_page.start(), some_memory(), data, [] {
        Entries{some_page.start()}.with_all_flipped(
            bits::user, [] { check_audit_finds({{some_page.start(), "open to users"}}); });
    });
}

void it_finds_pages_in_the_lower_half() {
    constexpr std::string_view lower = "in the half of the address space that is for programs";
    for (auto const page : {VirtAddr{}, VirtAddr{std::uint64_t{0x7fff'ffff'f000}}}) {
        with_page(page, some_memory(), constant, [&] {
            check_audit_finds({{page, lower}, {page, "the kernel's, but not global"}});
            Entries{page}.with_page_flipped(bits::global, [&] { check_audit_finds({{page, lower}}); });
        });
    }
}

void it_finds_pages_that_are_not_global() {
    with_page(some_page.start(), some_memory(), data, [] {
        Entries{some_page.start()}.with_page_flipped(
            bits::global, [] { check_audit_finds({{some_page.start(), "the kernel's, but not global"}}); });
    });
}

// As the stack above it is. (Writable, a shadow stack's guard would be wrong in two ways.)
Rights rights_above(VirtAddr guard) {
    return guard < boot::image_parts().shadow_stacks ? data : shadow_stack;
}

void it_finds_guards_that_are_mapped() {
    tests::move_into_own_map();
    unsigned stacks = 0;
    for (auto const* stack = console::first_known_stack(); stack != nullptr; stack = stack->next) {
        VirtAddr const guard{stack->bottom.value() - console::KnownStack::guard_size};
        with_page(guard, boot::memory_of(guard), rights_above(guard),
                  [&] { check_audit_finds({{guard, "mapped, but a stack's guard page"}}); });
        ++stacks;
    }
    check_equal(stacks, 9U);
}

// With all of them mapped, data and stacks are one run of pages.
void it_names_each_guard_of_a_run() {
    tests::move_into_own_map();
    for (auto const* stack = console::first_known_stack(); stack != nullptr; stack = stack->next) {
        VirtAddr const guard{stack->bottom.value() - console::KnownStack::guard_size};
        paging::with_kernel_space([&](KernelSpace& space, KernelFrames& source) {
            check(space
                      .map_borrowed(PageRange::of_bytes(guard, page_bytes), boot::memory_of(guard),
                                    rights_above(guard), source)
                      .has_value());
        });
    }
    check_equal(paging::audit_kernel(), 9U);
}

// The same tables below another root.
void it_refuses_another_map() {
    auto const root = some_memory();
    std::ranges::copy(physical_span<std::uint64_t>(PhysAddr{cpu::read_cr3() & bits::address}, 512),
                      physical_span<std::uint64_t>(root, 512).begin());
    cpu::write_cr3(root.value());
    paging::audit_kernel();
}

constexpr testing::Test list[] = {
    {"audit.it_finds_nothing_in_the_kernels_map", it_finds_nothing_in_the_kernels_map},
    {"audit.it_finds_writable_code", it_finds_writable_code},
    {"audit.it_finds_executable_data", it_finds_executable_data},
    {"audit.it_believes_all_levels", it_believes_all_levels},
    {"audit.it_finds_writable_constants", it_finds_writable_constants},
    {"audit.it_finds_writable_shadow_stacks", it_finds_writable_shadow_stacks},
    {"audit.it_finds_the_wrong_shadow_stacks", it_finds_the_wrong_shadow_stacks},
    {"audit.it_finds_writable_aliases", it_finds_writable_aliases},
    {"audit.it_finds_code_outside_the_text", it_finds_code_outside_the_text},
    {"audit.it_finds_pages_for_users", it_finds_pages_for_users},
    {"audit.it_finds_pages_in_the_lower_half", it_finds_pages_in_the_lower_half},
    {"audit.it_finds_pages_that_are_not_global", it_finds_pages_that_are_not_global},
    {"audit.it_finds_guards_that_are_mapped", it_finds_guards_that_are_mapped},
    {"audit.it_names_each_guard_of_a_run", it_names_each_guard_of_a_run},
    {"audit.it_refuses_another_map", it_refuses_another_map, "another map is active"},
};

}  // namespace

constinit testing::Suite const tests::audit_suite = list;
