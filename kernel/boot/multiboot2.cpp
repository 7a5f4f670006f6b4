#include "boot/multiboot2.hpp"

#include "memory/page.hpp"

namespace pith::boot {
namespace {

enum class Type : std::uint32_t {
    end           = 0,
    command_line  = 1,
    loader_name   = 2,
    module        = 3,
    memory_map    = 6,
    framebuffer   = 8,
    acpi_rsdp_old = 14,
    acpi_rsdp_new = 15,
};

constexpr std::uint64_t header_size = 8;  // of the information, and of each record

using Step = std::expected<void, HandoffError>;

// One record: where it lies, and its bytes, header included.
struct Record {
    PhysAddr address;
    Bytes bytes;

    template <typename Value>
    std::expected<Value, HandoffError> field(std::uint64_t offset) const {
        if (auto const value = load<Value>(bytes, offset)) return *value;
        return error(HandoffProblem::wrong_record_size, bytes.size());
    }
    std::expected<std::string_view, HandoffError> text(std::uint64_t offset) const {
        if (auto const rest = slice(bytes, offset, bytes.size() - offset)) {
            if (auto const text = text_until_zero(*rest)) return *text;
        }
        return error(HandoffProblem::text_without_end, bytes.size());
    }
    std::unexpected<HandoffError> error(HandoffProblem problem, std::uint64_t value) const {
        return std::unexpected{HandoffError{problem, address.value(), value}};
    }
};

Step store_text(Record const& record, std::string_view& into) {
    return record.text(header_size).transform([&](std::string_view text) { into = text; });
}

Step store_module(Record const& record, Handoff& handoff) {
    auto const start = record.field<std::uint32_t>(8);
    auto const end   = record.field<std::uint32_t>(12);
    if (!start) return std::unexpected{start.error()};
    if (!end) return std::unexpected{end.error()};
    if (*end < *start) return record.error(HandoffProblem::backward_range, *end);
    auto const text = record.text(16);
    if (!text) return std::unexpected{text.error()};
    Module const module{.content = {PhysAddr{*start}, PhysAddr{*end}}, .text = *text};
    if (!handoff.modules.try_push_back(module)) {
        return record.error(HandoffProblem::too_many_modules, Handoff::max_modules);
    }
    return {};
}

Step store_memory_map(Record const& record, Handoff& handoff) {
    constexpr std::uint64_t entries_offset = 16;
    auto const entry_size                  = record.field<std::uint32_t>(8);
    if (!entry_size) return std::unexpected{entry_size.error()};
    if (*entry_size < MemoryMap::min_entry_size) {
        return record.error(HandoffProblem::wrong_entry_size, *entry_size);
    }
    if (record.bytes.size() < entries_offset) {
        return record.error(HandoffProblem::wrong_record_size, record.bytes.size());
    }
    MemoryMap const map{record.bytes.subspan(entries_offset), *entry_size};
    if (map.size() > MemoryMap::max_size) return record.error(HandoffProblem::too_many_areas, map.size());
    handoff.memory_map = map;
    return {};
}

// #region framebuffer
// The fields of a framebuffer record, in the specification's order, from byte 8 on.
struct FramebufferFields {
    std::uint64_t address;
    std::uint32_t pitch, width, height;
    std::uint8_t bits_per_pixel, kind;
    std::uint16_t reserved;
};
static_assert(sizeof(FramebufferFields) == 24 && offsetof(FramebufferFields, kind) == 21);

bool contradicts_itself(FramebufferFields const& fields) {
    constexpr std::uint8_t max_bits = 32;
    if (fields.kind > static_cast<std::uint8_t>(Framebuffer::Kind::text)) return true;
    if (fields.width == 0 || fields.height == 0) return true;
    if (fields.bits_per_pixel == 0 || fields.bits_per_pixel > max_bits) return true;
    // Coloured pixels have whole bytes each; others may share some.
    auto const is_coloured = fields.kind == static_cast<std::uint8_t>(Framebuffer::Kind::rgb);
    auto const pixel_bits  = is_coloured ? round_up(fields.bits_per_pixel, 8) : fields.bits_per_pixel;
    return fields.pitch < (fields.width * pixel_bits + 7) / 8;
}

// Where the framebuffer begins; nothing if it does not all lie inside physical memory.
std::optional<PhysAddr> start_of(FramebufferFields const& fields) {
    auto const start = PhysAddr::checked(fields.address);
    auto const size  = PhysAddr::checked(std::uint64_t{fields.pitch} * fields.height);
    if (!start || !size || !PhysAddr::checked(start->value() + size->value())) return std::nullopt;
    return start;
}
// #endregion framebuffer

Step store_colours(Record const& record, Framebuffer& framebuffer) {
    auto const colours = record.field<std::array<ColourField, 3>>(header_size + sizeof(FramebufferFields));
    if (!colours) return std::unexpected{colours.error()};
    for (auto const& colour : *colours) {
        if (colour.position + colour.size > framebuffer.bits_per_pixel) {
            return record.error(HandoffProblem::wrong_framebuffer, colour.position);
        }
    }
    framebuffer.red   = (*colours)[0];
    framebuffer.green = (*colours)[1];
    framebuffer.blue  = (*colours)[2];
    return {};
}

Step store_framebuffer(Record const& record, Handoff& handoff) {
    auto const fields = record.field<FramebufferFields>(header_size);
    if (!fields) return std::unexpected{fields.error()};
    if (contradicts_itself(*fields)) return record.error(HandoffProblem::wrong_framebuffer, fields->kind);
    auto const address = start_of(*fields);
    if (!address) return record.error(HandoffProblem::address_too_large, fields->address);

    Framebuffer framebuffer{.address        = *address,
                            .pitch          = fields->pitch,
                            .width          = fields->width,
                            .height         = fields->height,
                            .bits_per_pixel = fields->bits_per_pixel,
                            .kind           = Framebuffer::Kind{fields->kind},
                            .red            = {},
                            .green          = {},
                            .blue           = {}};
    if (framebuffer.kind == Framebuffer::Kind::rgb) {
        if (auto const stored = store_colours(record, framebuffer); !stored) return stored;
    }
    handoff.framebuffer = framebuffer;
    return {};
}

Step store_acpi(Record const& record, Type type, Handoff& handoff) {
    std::uint64_t const rsdp_size = type == Type::acpi_rsdp_new ? 36 : 20;
    if (record.bytes.size() < header_size + rsdp_size) {
        return record.error(HandoffProblem::wrong_record_size, record.bytes.size());
    }
    // The newer pointer is the better one, whichever comes first.
    if (type == Type::acpi_rsdp_new || !handoff.acpi_rsdp) handoff.acpi_rsdp = record.address + header_size;
    return {};
}

Step store(Record const& record, Type type, Handoff& handoff) {
    switch (type) {
        case Type::command_line:  return store_text(record, handoff.command_line);
        case Type::loader_name:   return store_text(record, handoff.loader_name);
        case Type::module:        return store_module(record, handoff);
        case Type::memory_map:    return store_memory_map(record, handoff);
        case Type::framebuffer:   return store_framebuffer(record, handoff);
        case Type::acpi_rsdp_old:
        case Type::acpi_rsdp_new: return store_acpi(record, type, handoff);
        case Type::end:           break;
    }
    return {};  // records that we have no use for
}

// All bytes of the boot information.
std::expected<Record, HandoffError> find_information(PhysAddr address, PhysicalWindow const& memory) {
    auto const problem = [&](HandoffProblem what, std::uint64_t value) {
        return std::unexpected{HandoffError{what, address.value(), value}};
    };
    if (address.value() % 8 != 0) return problem(HandoffProblem::misaligned, address.value());
    auto const header = memory.at(address, header_size);
    if (!header) return problem(HandoffProblem::unreachable, address.value());
    auto const total_size = *load<std::uint32_t>(*header, 0);
    auto const all        = memory.at(address, total_size);
    if (!all || total_size < 2 * header_size) return problem(HandoffProblem::wrong_total_size, total_size);
    return Record{address, *all};
}

// The record at `offset` of the information.
std::expected<Record, HandoffError> record_at(Record const& information, std::uint64_t offset) {
    auto const address = information.address + offset;
    auto const size    = load<std::uint32_t>(information.bytes, offset + 4);
    if (!size) return std::unexpected{HandoffError{HandoffProblem::no_end, address.value(), offset}};
    auto const bytes = slice(information.bytes, offset, *size);
    if (!bytes || *size < header_size) {
        return std::unexpected{HandoffError{HandoffProblem::wrong_record_size, address.value(), *size}};
    }
    return Record{address, *bytes};
}

// Calls `visit` with each record and its type, until there is the last one or something is wrong.
template <typename Visit>
Step for_each_record(Record const& information, Visit visit) {
    for (std::uint64_t offset = header_size;;) {
        auto const record = record_at(information, offset);
        if (!record) return std::unexpected{record.error()};
        auto const type = Type{*load<std::uint32_t>(record->bytes, 0)};
        if (type == Type::end) return {};
        if (auto const visited = visit(*record, type); !visited) return visited;
        offset += (record->bytes.size() + 7) & ~std::uint64_t{7};
    }
}

}  // namespace

HandoffResult read_multiboot2(PhysAddr address, PhysicalWindow const& memory) {
    auto const information = find_information(address, memory);
    if (!information) return std::unexpected{information.error()};

    Handoff handoff;
    handoff.loader    = Loader::multiboot2;
    auto const stored = for_each_record(
        *information, [&](Record const& record, Type type) { return store(record, type, handoff); });
    if (!stored) return std::unexpected{stored.error()};
    if (handoff.memory_map.size() == 0) return information->error(HandoffProblem::no_memory_map, 0);
    require(handoff.information.try_push_back(PhysRange::of_size(address, information->bytes.size())),
            "there is room for the first range");
    return handoff;
}

std::string_view multiboot2_command_line(PhysAddr address, PhysicalWindow const& memory) {
    auto const information = find_information(address, memory);
    if (!information) return {};
    std::string_view text;
    auto const read = for_each_record(*information, [&](Record const& record, Type type) {
        return type == Type::command_line ? store_text(record, text) : Step{};
    });
    return read ? text : std::string_view{};
}

}  // namespace pith::boot
