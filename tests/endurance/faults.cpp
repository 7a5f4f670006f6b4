// Exceptions that are survived: page faults where nothing is mapped, below stacks and on demand, and the other
// kinds.
#include "console/stacks.hpp"
#include "cpu/raise.hpp"
#include "demand.hpp"
#include "findings.hpp"
#include "load.hpp"
#include "strange_memory.hpp"
#include "weather.hpp"

#include <optional>

namespace pith::endurance {
namespace {

std::uint64_t value_for(VirtAddr address) { return address.value() * 0x9e37'79b9'7f4a'7c15; }

// Each page is touched, found as it was written, and gone again.
void use_pages_on_demand(Work& work) {
    auto const page    = demand_page(work.chance.below(demand_pages));
    auto const address = page.start() + work.chance.below(page_bytes / 8) * 8;
    strike_soon(work.chance);
    if (!cpu::try_write(address, value_for(address))) return find("memory on demand comes", 0, 1);
    make_read_only(page);
    expect_refused_write(Level::task, address);
    expect_equal("what was written to memory on demand", cpu::try_read<std::uint64_t>(address).value_or(0),
                 value_for(address));
    unmap(page);
}

void touch_a_guard(Work& work) {
    auto const* stack = console::first_known_stack();
    for (auto left = work.chance.below(8); left > 0 && stack->next != nullptr; --left) stack = stack->next;
    auto const guard = VirtAddr{stack->bottom.value() - console::KnownStack::guard_size};
    expect_fault_at(Level::task, guard + work.chance.below(console::KnownStack::guard_size));
}

void raise_another(Work& work) {
    struct Kind {
        std::expected<void, cpu::Fault> (*raise)();
        unsigned vector;
    };
    static constexpr Kind kinds[] = {
        {cpu::try_divide_by_zero, 0}, {cpu::try_undefined_instruction, 6}, {cpu::try_noncanonical_read, 13}};
    auto const kind   = work.chance.one_of(kinds);
    auto const raised = kind.raise();
    expect_equal("the vector of an exception", raised ? ~0U : raised.error().vector(), kind.vector);
}

}  // namespace

Task<> work_with_faults(Work& work) {
    while (!work.is_over()) {
        co_await tasks::sleep_for(work.up_to(500ms));
        for (auto left = work.chance.between(1, 8); left > 0; --left) {
            switch (work.chance.below(5)) {
                case 0:  use_pages_on_demand(work); break;
                case 1:  touch_a_guard(work); break;
                case 2:  raise_another(work); break;
                case 3:  cpu::breakpoint(); break;
                default: touch_strange_memory(Level::task, work.chance); break;
            }
            ++work.done;
        }
    }
}

}  // namespace pith::endurance
