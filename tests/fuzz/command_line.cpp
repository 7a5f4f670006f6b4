// Fuzzes a command line on its whole way: out of the boot loader's information, onto the console, and as lines at the
// prompt, each of which is split into words or refused with a sentence. Before that it may order where the kernel is to be.
#include "base/printable.hpp"
#include "boot/places.hpp"
#include "boot/pvh.hpp"
#include "boot_information.hpp"
#include "shell/arguments.hpp"
#include "shell/first_lines.hpp"
#include "shell/nearest.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace pith;

void demand(bool condition) {
    if (!condition) std::abort();
}

bool stands_still(char byte) {
    auto const value = static_cast<std::uint8_t>(byte);
    return value >= 0x20 && value != 0x7f;
}

// It is one line, and what is printed once more is the same.
void demand_printed(std::string_view text) {
    auto const printed = std::format("{}", Printable{text});
    demand(std::ranges::all_of(printed, stands_still) && std::format("{}", Printable{printed}) == printed);
    PrintableText<40> cut;
    std::ranges::copy(text, std::back_inserter(cut));
    auto const shown = cut.finish();
    demand(shown.size() <= 40 &&
           (printed == shown ||
            (shown.ends_with("...") && printed.starts_with(shown.substr(0, shown.size() - 3)))));
}

void run(std::string const& line) {
    demand(!line.empty() && line.front() != ' ' && line.back() != ' ' && !line.contains(';'));
    auto const arguments = shell::Arguments::parse(line);
    if (!arguments) return demand(!arguments.error().empty());
    std::array<std::string, 2> const commands{"help", "memory"};
    auto const fits = arguments->check({.most_words = 1, .options = {"level=", "json"}});
    demand(fits.has_value() || !fits.error().empty());
    if (arguments->command().size() < 100)
        static_cast<void>(shell::nearest(std::string{arguments->command()}, commands));
}

// There is such a place: for the image in the upper 2 GiB, for the direct map before them in the upper half.
void demand_place(boot::Places const& places) {
    constexpr std::uint64_t gib = std::uint64_t{1} << 30;
    demand(places.image < boot::Places::images && places.direct_map < boot::Places::direct_maps);
    demand(places.image_slide() < 2 * gib && places.image_slide() % (std::uint64_t{1} << 21) == 0);
    auto const start = places.direct_map_start();
    demand(layout::upper_half_start <= start && start < layout::kernel_start && start.value() % gib == 0);
    demand(!boot::explain(places.draw).empty());
}

// Whatever is ordered or drawn exists; what stands in quotes is no order.
void demand_places(std::string_view command_line) {
    auto const bytes = std::as_bytes(std::span{command_line});
    for (auto const draw : {boot::Draw::none, boot::Draw::given, boot::Draw::time_stamp, boot::Draw::rdrand,
                            boot::Draw::rdseed})
        demand_place(boot::drawn(draw, load<std::uint64_t>(bytes, 0).value_or(0),
                                 load<std::uint64_t>(bytes, sizeof(std::uint64_t)).value_or(0)));
    auto const ordered = boot::ordered_by(command_line);
    if (ordered) demand_place(*ordered);
    if (command_line.contains('"')) return;
    demand(!boot::ordered_by(std::format("\"{}\"", command_line)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // SAFETY: because libFuzzer promises `size` bytes at `data`.
    std::string const text{reinterpret_cast<char const*>(data), size};
    testing::PvhInformation information;
    information.areas        = {{.start = 0, .size = 0x8000'0000, .kind = boot::MemoryKind::usable}};
    information.command_line = text;
    auto const memory        = information.memory();
    auto const handoff       = boot::read_pvh(PhysAddr{memory.information}, memory.window());
    demand(handoff && handoff->command_line == std::string_view{text.c_str()});
    demand(boot::pvh_command_line(PhysAddr{memory.information}, memory.window()) == handoff->command_line);
    demand_places(handoff->command_line);
    demand_printed(handoff->command_line);
    for (auto const& line : shell::first_lines(handoff->command_line)) run(line);
    return 0;
}
