// All runs of pages are looked at; one that can be written, and has the byte's memory, is a name of it.
#include "exercise.hpp"

namespace exercise {

std::optional<VirtAddr> writable_name(KernelSpace const& space, VirtAddr address) {
    auto const memory = space.translate(address);
    if (!memory) return std::nullopt;
    std::optional<VirtAddr> name;
    space.for_each_run([&](pith::paging::MappingRun const& run) {
        auto const range = run.memory();
        if (!run.first.is_writable || *memory < range.start() || *memory >= range.end()) return;
        name = run.first.start + (*memory - range.start());
    });
    return name;
}

}  // namespace exercise
