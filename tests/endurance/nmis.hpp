// NMIs from inside the machine: from the local APIC at once, or by the timer's line (the 8254), which strikes between any two
// instructions of ours, also where interrupts are off.
//
// There is one on its way at a time: two that come at once would be one.
//
// Needs:     the local APIC, an I/O APIC, the 8254; the alarm of the clock is another timer.
// Reference: Intel, "82093AA I/O Advanced Programmable Interrupt Controller", "Delivery Mode".
#pragma once

#include "chance.hpp"
#include "cpu/halt.hpp"

namespace pith::endurance {

// Takes the handler and the line; once.
void install_nmis();

void begin_nmis(ChanceOf what);
// All that were sent have been taken, or it is a finding.
void end_nmis();

// Both are no matter for an NMI's handler. The first waits until it has come.
void send_nmi();
void send_nmi_soon(Chance& chance);

std::uint64_t nmi_count();

// Looks for a while whether something has come.
bool comes(auto&& has_come) {
    constexpr unsigned patience = 10'000;
    for (unsigned look = 0; look < patience; ++look) {
        if (has_come()) return true;
        cpu::pause();
    }
    return false;
}

}  // namespace pith::endurance
