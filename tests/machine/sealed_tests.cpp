// What is written while the kernel starts, and never again: who tries it later by a wild pointer gets a page fault,
// by either name of the memory; who asks for it gets a sentence.
#include "base/sealed.hpp"
#include "boot/image.hpp"
#include "console/console.hpp"
#include "console/panic.hpp"
#include "console/stacks.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/descriptor_tables.hpp"
#include "cpu/fixup.hpp"
#include "cpu/msr.hpp"
#include "exceptions/handlers.hpp"
#include "exceptions/segments.hpp"
#include "exceptions/start.hpp"
#include "exceptions/stubs.inc"
#include "input/start.hpp"
#include "interrupts/start.hpp"
#include "log/log.hpp"
#include "memory/direct_map.hpp"
#include "own_map.hpp"
#include "seen_faults.hpp"
#include "shell/commands.hpp"
#include "shell/faults.hpp"
#include "shell/shell.hpp"
#include "start_time.hpp"
#include "suites.hpp"

#include <memory_resource>

using namespace pith;
using exceptions::Vector;
using testing::check;
using testing::check_equal;
using tests::check_call_faults;
using tests::check_read_faults;
using tests::check_write_faults;
using tests::SealedMap;
using tests::with_faults_seen;

extern "C" {
extern std::byte const kernel_task_state[], exception_handlers[], page_fault_resolver[];
extern std::byte const exception_stacks_start[], exception_stacks_end[];
extern std::byte const image_start_physical[];
}

namespace {

// ---- Tables that cannot be overwritten -------------------------------------------------------------------

// Its first byte and its last.
void check_cannot_be_written(VirtAddr start, std::size_t size,
                             std::source_location where = std::source_location::current()) {
    check_write_faults(start, tests::write_refused, where);
    check_write_faults(start + (size - 1), tests::write_refused, where);
}

void the_processors_tables_cannot_be_written() {
    with_faults_seen([] {
        for (auto const& table : {cpu::interrupt_table(), cpu::segment_table()})
            check_cannot_be_written(VirtAddr{table.base}, table.limit + std::size_t{1});
        check_cannot_be_written(VirtAddr{kernel_task_state}, 104);
    });
}

// A segment register that is loaded sets no bit there: else that would fault now.
void segments_are_loaded_from_the_sealed_table() {
    with_faults_seen([] {
        auto const table = cpu::segment_table();
        cpu::load_segments(table, exceptions::kernel_code.raw(), exceptions::kernel_data.raw());
        cpu::write_msr(cpu::Msr::gs_base, VirtAddr{kernel_task_state}.value());
        check_read_faults(VirtAddr{}, tests::read_missing);  // and exceptions are handled still
    });
}

void tables_of_pointers_cannot_be_written() {
    with_faults_seen([] {
        check_cannot_be_written(VirtAddr{exception_handlers}, exceptions::vector_count * sizeof(void*));
        check_cannot_be_written(VirtAddr{page_fault_resolver}, sizeof(void*));
        check_cannot_be_written(VirtAddr{shell::all_commands().data()}, shell::all_commands().size_bytes());
        check_cannot_be_written(VirtAddr{shell::fault_kinds().data()}, shell::fault_kinds().size_bytes());
    });
}

struct QuietSink final : console::Sink {
    void write(std::string_view) override {}
};

void tables_of_virtual_functions_cannot_be_written() {
    with_faults_seen([] {
        QuietSink sink;
        for (auto const object : {VirtAddr{&sink}, VirtAddr{std::pmr::new_delete_resource()}}) {
            auto const table = cpu::try_read<std::uint64_t>(object);
            check(table.has_value());
            check_cannot_be_written(VirtAddr{table.value_or(0)}, sizeof(void*));
        }
    });
}

// Each page of code, of constants and of what is sealed, by the image's name and by the direct map's.
void no_page_of_the_image_has_a_writable_name() {
    with_faults_seen([] {
        auto const parts = boot::image_parts();
        for (auto page = parts.text; page < parts.data; page = page + page_bytes) {
            check_write_faults(page + 8, tests::write_refused);
            auto const memory = boot::memory_of(page);
            check_write_faults(in_direct_map(memory + 8), tests::write_missing);
        }
        check((cpu::read_cr0() & cpu::cr0_write_protect) != 0);
    });
}

// The same for pages that calls write to. (Where the processor has shadow stacks: tests/bochs/returns.cpp.)
void shadow_stacks_are_read_only() {
    with_faults_seen([] {
        auto const parts = boot::image_parts();
        unsigned pages   = 0;
        for (auto page = parts.shadow_stacks; page < parts.end; page = page + page_bytes) {
            bool const is_guard = console::stack_guarded_at(page.value()) != nullptr;
            pages += is_guard ? 0 : 1;
            check_write_faults(page + 8, is_guard ? tests::write_missing : tests::write_refused);
            check_call_faults(page, is_guard ? tests::fetch_missing : tests::fetch_refused);
            check_write_faults(in_direct_map(boot::memory_of(page)), tests::write_missing);
        }
        check(pages >= 10);  // more with sanitizers
    });
}

// ---- Who comes too late ----------------------------------------------------------------------------------

exceptions::Resolution resume(exceptions::ExceptionFrame&) { return exceptions::Resolution::resumed; }
PITH_PAGE_FAULT_RESOLVER exceptions::Resolution resolve(exceptions::PageFault const&) {
    return exceptions::Resolution::not_mine;
}

template <auto action>
void too_late() {
    SealedMap const sealed;
    action();
}

constexpr auto set_handler           = [] { exceptions::set_handler<Vector::breakpoint>(resume); };
constexpr auto clear_handler         = [] { exceptions::clear_handler(Vector::breakpoint); };
constexpr auto set_interrupt_handler = [] { exceptions::set_interrupt_handler(0x80, resume); };
constexpr auto set_resolver          = [] { exceptions::set_page_fault_resolver(resolve); };
constexpr auto clear_resolver        = [] { exceptions::clear_page_fault_resolver(); };
constexpr auto set_kernel_stack      = [] { exceptions::set_kernel_stack(boot::boot_stack_top()); };
constexpr auto forget_stack          = [] { exceptions::forget_stack_of(Vector::nmi); };
constexpr auto set_failure_handler   = [] { pith::set_failure_handler(nullptr); };
constexpr auto set_epilogue          = [] { console::set_panic_epilogue(nullptr); };
constexpr auto set_time_source       = [] { log::set_time_source(nullptr); };
constexpr auto set_announcer         = [] { log::set_announcer(nullptr); };

void a_line_is_taken_too_late() {
    tests::start_time();
    SealedMap const sealed;
    check(!interrupts::take(interrupts::IsaLine::keyboard, "too late", [] {}).has_value());
}

// On purpose, and for a moment.
void who_opens_the_seal_can_write() {
    SealedMap const sealed;
    {
        paging::Unsealed const guard;
        check(!is_sealed());
        exceptions::set_handler<Vector::breakpoint>(resume);
        paging::Unsealed const inner;
    }
    check(is_sealed());
    asm volatile("int3");
    check(!cpu::try_write<std::uint8_t>(VirtAddr{exception_handlers}, 0).has_value());
}

// The entry that gives `address` its rights, as whoever reads CR3 and knows the direct map finds it.
VirtAddr entry_of(VirtAddr address) {
    constexpr std::uint64_t is_large = 1U << 7, number = 0xf'ffff'ffff'f000;
    std::uint64_t table = cpu::read_cr3();
    for (int shift = 39;; shift -= 9) {
        auto const index = address.value() >> shift & 511;
        auto const entry = in_direct_map(PhysAddr{(table & number) + 8 * index});
        // SAFETY: because the live tables lie there.
        table = *reinterpret_cast<std::uint64_t const*>(entry.value());
        if (shift == 12 || (table & is_large) != 0) return entry;
    }
}

// What the seal does not stop (docs/reliability.md): a write to the page table, whose address has to be known.
void a_page_table_opens_the_seal() {
    constexpr std::uint64_t writable = 1U << 1;
    SealedMap const sealed;
    VirtAddr const target{exception_handlers};
    // SAFETY: because it is the attack.
    auto& entry = *reinterpret_cast<std::uint64_t volatile*>(entry_of(target).value());
    entry       = entry | writable;
    cpu::flush_page(target);
    auto const first = cpu::try_read<std::uint8_t>(target);
    check(first.has_value() && cpu::try_write(target, *first).has_value());
    entry = entry & ~writable;
    cpu::flush_page(target);
    check(!cpu::try_write<std::uint8_t>(target, 0).has_value());
}

// That it is sealed cannot be denied: it stands in the sealed part.
void nobody_says_that_it_is_open() {
    SealedMap const sealed;
    note_seal(Seal::open);
}

// ---- What is not there -----------------------------------------------------------------------------------

// 16 pages from address 0 on, and what boot had at its physical address.
void the_first_pages_are_not_there() {
    with_faults_seen([] {
        for (std::uint64_t page = 0; page < 16; ++page) {
            VirtAddr const address{page * page_bytes + 8};
            check_read_faults(address, tests::read_missing);
            check_write_faults(address, tests::write_missing);
            check_call_faults(address, tests::fetch_missing);
        }
        check_call_faults(VirtAddr{image_start_physical}, tests::fetch_missing);
    });
}

void check_stacks_between(VirtAddr start, VirtAddr end) {
    for (auto page = start; page < end; page = page + page_bytes) {
        bool const is_guard = console::stack_guarded_at(page.value()) != nullptr;
        check(is_guard != (console::stack_with(page.value()) != nullptr));
        check_equal(cpu::try_read<std::uint8_t>(page).has_value(), !is_guard);
        if (is_guard) check_call_faults(page, tests::fetch_missing);
    }
}

// Whatever lies between the exceptions' stacks is a guard, and all of it is known: who adds a stack without a guard,
// or does not tell, fails here.
void all_stacks_are_known_and_guarded() {
    with_faults_seen([] {
        check_stacks_between(VirtAddr{exception_stacks_start}, VirtAddr{exception_stacks_end});
        check_stacks_between(boot::image_parts().shadow_stacks, boot::image_parts().end);
        char const on_this_stack = 0;
        check(console::stack_with(VirtAddr{&on_this_stack}.value()) != nullptr);
    });
}

constexpr testing::Test list[] = {
    {"sealed.the_processors_tables_cannot_be_written", the_processors_tables_cannot_be_written},
    {"sealed.segments_are_loaded_from_the_sealed_table", segments_are_loaded_from_the_sealed_table},
    {"sealed.tables_of_pointers_cannot_be_written", tables_of_pointers_cannot_be_written},
    {"sealed.tables_of_virtual_functions_cannot_be_written", tables_of_virtual_functions_cannot_be_written},
    {"sealed.no_page_of_the_image_has_a_writable_name", no_page_of_the_image_has_a_writable_name},
    {"sealed.shadow_stacks_are_read_only", shadow_stacks_are_read_only},
    {"sealed.a_handler_is_set_too_late", too_late<set_handler>, "the table of handlers is sealed"},
    {"sealed.a_handler_is_cleared_too_late", too_late<clear_handler>, "the table of handlers is sealed"},
    {"sealed.an_interrupts_handler_is_set_too_late", too_late<set_interrupt_handler>,
     "the table of handlers is sealed"},
    {"sealed.a_resolver_is_set_too_late", too_late<set_resolver>, "the table of handlers is sealed"},
    {"sealed.a_resolver_is_cleared_too_late", too_late<clear_resolver>, "the table of handlers is sealed"},
    {"sealed.the_kernels_stack_is_set_too_late", too_late<set_kernel_stack>, "the task state is sealed"},
    {"sealed.a_gates_stack_is_forgotten_too_late", too_late<forget_stack>, "the gates are sealed"},
    {"sealed.the_failure_handler_is_set_too_late", too_late<set_failure_handler>,
     "who handles failures is sealed"},
    {"sealed.what_a_panic_calls_is_set_too_late", too_late<set_epilogue>, "what a panic calls is sealed"},
    {"sealed.the_logs_clock_is_set_too_late", too_late<set_time_source>, "the log's clock is sealed"},
    {"sealed.the_announcer_is_set_too_late", too_late<set_announcer>, "who prints the log is sealed"},
    {"sealed.a_line_is_taken_too_late", a_line_is_taken_too_late, "the table of their handlers is sealed"},
    {"sealed.who_opens_the_seal_can_write", who_opens_the_seal_can_write},
    {"sealed.a_page_table_opens_the_seal", a_page_table_opens_the_seal},
    {"sealed.nobody_says_that_it_is_open", nobody_says_that_it_is_open, "page fault: cannot write"},
    {"sealed.the_first_pages_are_not_there", the_first_pages_are_not_there},
    {"sealed.all_stacks_are_known_and_guarded", all_stacks_are_known_and_guarded},
};

}  // namespace

constinit testing::Suite const tests::sealed_suite = list;
