#include "nmis.hpp"

#include "acpi/start.hpp"
#include "cpu/interrupts.hpp"
#include "exceptions/handlers.hpp"
#include "findings.hpp"
#include "interrupts/controllers.hpp"
#include "interrupts/start.hpp"
#include "lines.hpp"
#include "memory/direct_map.hpp"
#include "plant.hpp"
#include "strange_memory.hpp"
#include "time/clock.hpp"
#include "time/pit.hpp"

#include <atomic>
#include <optional>

namespace pith::endurance {
namespace {

using exceptions::ExceptionFrame;
using exceptions::Resolution;

constexpr std::uint64_t nmi_stream = 100;

constinit std::atomic<std::uint64_t> sent = 0, taken = 0;
constinit std::optional<Chance> nmi_chance;

Resolution on_nmi(ExceptionFrame&) {
    ++taken;
    if (nmi_chance->once_in(4)) try_speak(nmi_speaker, *nmi_chance);
    if (nmi_chance->once_in(4)) touch_strange_memory(Level::nmi, *nmi_chance);
    return Resolution::resumed;
}

// The interval timer's line raises NMIs from now on.
void route_timer() {
    auto const madt = acpi::tables().madt;
    require(madt.has_value() && interrupts::local_apic() != nullptr, "endurance needs APICs");
    auto const nmi = interrupts::Redirection::nmi(static_cast<std::uint8_t>(interrupts::local_apic()->id()));
    for (auto const& found : madt->all<acpi::IoApic>()) {
        interrupts::IoApic const io{interrupts::MappedIoApic{in_direct_map(found.address)},
                                    found.first_interrupt};
        interrupts::for_each_pin(interrupts::IsaLine::timer, *madt, [&](auto const& pin) {
            if (io.has(pin.interrupt)) io.set(pin.interrupt, nmi);
        });
    }
}

}  // namespace

void install_nmis() {
    exceptions::set_handler<exceptions::Vector::nmi>(on_nmi);
    // What the timer was told before is over: its line is up, and goes up again when it is started.
    auto pit = time::pc_pit;
    pit.start(1);
    auto const later = time::Clock::now() + std::chrono::milliseconds{1};
    while (time::Clock::now() < later) cpu::pause();
    route_timer();
}

void begin_nmis(ChanceOf what) { nmi_chance.emplace(ChanceOf{what.seed, what.minute, nmi_stream}); }

void end_nmis() {
    comes([] { return taken == sent; });
    expect_equal("NMIs taken", taken.load(), sent.load());
}

void send_nmi() {
    cpu::InterruptGuard const guard;
    comes([] { return taken == sent; });
    auto const number = ++sent;
    if (!is_planted(Plant::nmi)) interrupts::local_apic()->raise_nmi();
    expect("an NMI comes", comes([=] { return taken >= number; }));
}

void send_nmi_soon(Chance& chance) {
    constexpr std::uint64_t most_steps = 60;  // 50 microseconds
    cpu::InterruptGuard const guard;
    if (taken != sent) return;
    ++sent;
    auto pit = time::pc_pit;
    pit.start(static_cast<std::uint16_t>(chance.between(1, most_steps)));
}

std::uint64_t nmi_count() { return taken; }

}  // namespace pith::endurance
