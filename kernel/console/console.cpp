#include "console/console.hpp"

#include "base/fail.hpp"

#include <algorithm>

namespace pith::console {

constinit cpu::Locked<Console> the_console{std::in_place};

void Console::attach(Sink& sink, SinkKind kind) {
    for (auto& place : places_) {
        if (place.sink == nullptr) {
            place = {.sink = &sink, .kind = kind};
            return;
        }
    }
    fail("the console has no room for another sink");
}

void Console::detach(Sink& sink) {
    for (auto& place : places_) {
        if (place.sink == &sink) place = {};
    }
}

void Console::write(std::string_view text) {
    for (auto const& place : places_) {
        if (place.sink != nullptr) place.sink->write(text);
    }
}

void Console::write(std::string_view text, SinkKind kind) {
    for (auto const& place : places_) {
        if (place.sink != nullptr && place.kind == kind) place.sink->write(text);
    }
}

bool Console::writes_to(Sink const& sink) const {
    return std::ranges::contains(places_, &sink, &Place::sink);
}

}  // namespace pith::console
