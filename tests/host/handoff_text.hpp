// A handoff, or what was wrong with it, in words: reads every byte that it refers to, for the sanitizers to
// see.
#pragma once

#include "boot/handoff.hpp"

#include <format>
#include <iterator>
#include <string>

namespace pith::testing {

class HandoffText {
public:
    static std::string of(boot::HandoffResult const& result) {
        HandoffText text;
        if (result)
            text.say_handoff(*result);
        else
            text.say("{}", result.error());
        return text.text_;
    }

private:
    template <typename... Arguments>
    void say(std::format_string<Arguments...> format, Arguments&&... arguments) {
        std::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
        text_ += '\n';
    }
    void say_handoff(boot::Handoff const& handoff) {
        say("{} | {}", handoff.loader_name, handoff.command_line);
        for (auto const area : handoff.memory_map.areas()) {
            say("{:#x} {:#x} {}", area.start, area.size, boot::name_of(area.kind));
        }
        for (auto const& module : handoff.modules)
            say("{} {} {}", module.content, module.content.size(), module.text);
        if (handoff.framebuffer) say_framebuffer(*handoff.framebuffer);
        if (handoff.acpi_rsdp) say("{}", *handoff.acpi_rsdp);
        for (auto const& range : handoff.information) say("{} {}", range, range.size());
        say("{}", handoff.image);
    }
    void say_framebuffer(boot::Framebuffer const& screen) {
        auto const memory = PhysRange::of_size(screen.address, std::uint64_t{screen.pitch} * screen.height);
        say("{}: {} x {}, {} bits", memory, screen.width, screen.height, screen.bits_per_pixel);
        // A colour's mask can be made without a shift beyond 64 bits.
        for (auto const colour : {screen.red, screen.green, screen.blue}) {
            say("{:#x}", ((1ULL << colour.size) - 1) << colour.position);
        }
    }

    std::string text_;
};

}  // namespace pith::testing
