// Checks exercise 11.1: against walks on paper, in every slot; then against a real page.
#include "../../by-hand/tables.hpp"
#include "console/start.hpp"
#include "cpu/halt.hpp"
#include "exceptions/start.hpp"
#include "exercise.hpp"
#include "runtime/stack_protector.hpp"

namespace {

// The same by four steps down.
Number walked(Number address, Number own) {
    Number table = sign_extended(own << 39 | own << 30 | own << 21 | own << 12);
    for (int level = 4; level >= 2; --level) table = below(table, index_of(address, level));
    return table + index_of(address, 1) * 8;
}

bool is_right(Number address, Number own) {
    auto const answer = exercise::entry_address(address, own);
    if (answer == walked(address, own)) return true;
    println("the entry of {:#018x} appears at {:#018x} when the slot is {}, not at {:#018x}", address,
            walked(address, own), own, answer);
    return false;
}

bool is_right_on_paper() {
    constexpr Number addresses[] = {0,
                                    0x1234'5678'9abc,
                                    0x7fff'ffff'ffff,
                                    0xffff'8000'000b'8000,
                                    0xffff'ffff'8010'2345,
                                    0xffff'ffff'ffff'ffff};
    for (Number own = 0; own < 512; ++own) {
        for (auto const address : addresses) {
            if (!is_right(address, own)) return false;
        }
    }
    return true;
}

bool finds_a_real_page() {
    make_root_recursive();
    constexpr Number page = 0x1234'5678'9000;
    map(page, take_frame(), writable);
    auto const entry = number_at(exercise::entry_address(page + 0x123, slot));
    println("the entry of {:#x} is {:#x}", page, entry);
    if ((entry & address_bits) == translate(page)) return true;
    println("but the page leads to {:#x}", *translate(page));
    return false;
}

}  // namespace

void kernel_main(boot::Start start) {
    runtime::choose_stack_guard();
    console::start();
    exceptions::start();
    exceptions::install_default_handlers();
    frames::start(console::adopt_handoff(start));
    if (is_right_on_paper() && finds_a_real_page()) println("solved");
    cpu::halt_forever();
}
