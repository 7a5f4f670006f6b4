#include "console/console.hpp"

#include "base/fail.hpp"

#include <algorithm>

namespace pith::console {

constinit cpu::Locked<Console> the_console{std::in_place};

void Console::attach(Sink& sink) {
    for (Sink*& place : sinks_) {
        if (place == nullptr) {
            place = &sink;
            return;
        }
    }
    fail("the console has no room for another sink");
}

void Console::detach(Sink& sink) {
    for (Sink*& place : sinks_) {
        if (place == &sink) place = nullptr;
    }
}

void Console::write(std::string_view text) {
    for (Sink* const sink : sinks_) {
        if (sink != nullptr) sink->write(text);
    }
}

bool Console::writes_to(Sink const& sink) const { return std::ranges::contains(sinks_, &sink); }

}  // namespace pith::console
