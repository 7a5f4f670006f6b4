#include "boot/pvh.hpp"

namespace pith::boot {
namespace {

// The fields, in the order of the ABI.
struct StartInformation {
    std::uint32_t magic, version, flags, module_count;
    std::uint64_t modules, command_line, acpi_rsdp;
    std::uint64_t memory_map;
    std::uint32_t memory_map_entries, reserved;
};
static_assert(sizeof(StartInformation) == 56 && offsetof(StartInformation, memory_map) == 40);

struct ModuleEntry {
    std::uint64_t address, size, text, reserved;
};
static_assert(sizeof(ModuleEntry) == 32);

static_assert(MemoryMap::min_entry_size == 24 && MemoryMap::max_size == MAX_MEMORY_AREAS,
              "entry.S looks through the entries, too");

constexpr std::uint64_t max_text = 64 * 1024;

using Step = std::expected<void, HandoffError>;

std::unexpected<HandoffError> error(HandoffProblem problem, std::uint64_t address, std::uint64_t value) {
    return std::unexpected{HandoffError{problem, address, value}};
}

// The handoff as it is being filled, and the memory that it is read from.
struct Reader {
    PhysicalWindow const& memory;
    Handoff handoff{};

    // `size` bytes at `address`, which are the loader's information from now on.
    std::expected<Bytes, HandoffError> take(std::uint64_t address, std::uint64_t size) {
        auto const start = PhysAddr::checked(address);
        if (!start) return error(HandoffProblem::address_too_large, address, address);
        auto const bytes = memory.at(*start, size);
        if (!bytes) return error(HandoffProblem::unreachable, address, size);
        remember(PhysRange::of_size(*start, size));
        return *bytes;
    }

    // The text at `address`; none where the address is 0.
    std::expected<std::string_view, HandoffError> take_text(std::uint64_t address) {
        if (address == 0) return std::string_view{};
        auto const start = PhysAddr::checked(address);
        if (!start) return error(HandoffProblem::address_too_large, address, address);
        if (!memory.at(*start, 1)) return error(HandoffProblem::unreachable, address, 1);
        auto const text = memory.text_at(*start, max_text);
        if (!text) return error(HandoffProblem::text_without_end, address, max_text);
        remember(PhysRange::of_size(*start, text->size() + 1));
        return *text;
    }

    void remember(PhysRange range) {
        require(handoff.information.try_push_back(range),
                "there is room for four ranges and a text a module");
    }

    Step read_module(ModuleEntry const& entry, std::uint64_t where);
    Step read_modules(StartInformation const& start, std::uint64_t where);
    Step read_memory_map(StartInformation const& start, std::uint64_t where);
};

Step Reader::read_module(ModuleEntry const& entry, std::uint64_t where) {
    auto const start = PhysAddr::checked(entry.address);
    auto const end   = PhysAddr::checked(entry.address + entry.size);
    if (!start || !end) return error(HandoffProblem::address_too_large, where, entry.address);
    if (*end < *start) return error(HandoffProblem::backward_range, where, entry.size);
    auto const text = take_text(entry.text);
    if (!text) return std::unexpected{text.error()};
    if (!handoff.modules.try_push_back({.content = {*start, *end}, .text = *text})) {
        return error(HandoffProblem::too_many_modules, where, Handoff::max_modules);
    }
    return {};
}

Step Reader::read_modules(StartInformation const& start, std::uint64_t where) {
    if (start.module_count == 0) return {};
    if (start.module_count > Handoff::max_modules) {
        return error(HandoffProblem::too_many_modules, where, start.module_count);
    }
    auto const entries = take(start.modules, start.module_count * sizeof(ModuleEntry));
    if (!entries) return std::unexpected{entries.error()};
    for (std::uint64_t offset = 0; offset < entries->size(); offset += sizeof(ModuleEntry)) {
        auto const entry = *load<ModuleEntry>(*entries, offset);
        if (auto const read = read_module(entry, start.modules + offset); !read) return read;
    }
    return {};
}

Step Reader::read_memory_map(StartInformation const& start, std::uint64_t where) {
    if (start.version < 1 || start.memory_map_entries == 0) {
        return error(HandoffProblem::no_memory_map, where, start.version);
    }
    if (start.memory_map_entries > MemoryMap::max_size) {
        return error(HandoffProblem::too_many_areas, where, start.memory_map_entries);
    }
    auto const size    = start.memory_map_entries * MemoryMap::min_entry_size;
    auto const entries = take(start.memory_map, size);
    if (!entries) return std::unexpected{entries.error()};
    handoff.memory_map = MemoryMap{*entries, MemoryMap::min_entry_size};
    return {};
}

}  // namespace

HandoffResult read_pvh(PhysAddr address, PhysicalWindow const& memory) {
    Reader reader{memory};
    auto const bytes = reader.take(address.value(), sizeof(StartInformation));
    if (!bytes) return std::unexpected{bytes.error()};
    auto const start = *load<StartInformation>(*bytes, 0);
    if (start.magic != PVH_START_MAGIC)
        return error(HandoffProblem::wrong_magic, address.value(), start.magic);

    auto const command_line = reader.take_text(start.command_line);
    if (!command_line) return std::unexpected{command_line.error()};
    if (auto const read = reader.read_modules(start, address.value()); !read)
        return std::unexpected{read.error()};
    if (auto const read = reader.read_memory_map(start, address.value()); !read) {
        return std::unexpected{read.error()};
    }
    if (start.acpi_rsdp != 0) {
        reader.handoff.acpi_rsdp = PhysAddr::checked(start.acpi_rsdp);
        if (!reader.handoff.acpi_rsdp) {
            return error(HandoffProblem::address_too_large, address.value(), start.acpi_rsdp);
        }
    }
    reader.handoff.loader       = Loader::pvh;
    reader.handoff.loader_name  = "PVH";
    reader.handoff.command_line = *command_line;
    return reader.handoff;
}

std::string_view pvh_command_line(PhysAddr address, PhysicalWindow const& memory) {
    auto const bytes = memory.at(address, sizeof(StartInformation));
    if (!bytes) return {};
    auto const start = PhysAddr::checked(load<StartInformation>(*bytes, 0)->command_line);
    if (!start || start->value() == 0) return {};
    return memory.text_at(*start, max_text).value_or(std::string_view{});
}

}  // namespace pith::boot
