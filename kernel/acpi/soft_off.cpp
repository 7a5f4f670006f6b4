#include "acpi/soft_off.hpp"

namespace pith::acpi {
namespace {

constexpr std::uint8_t zero_op = 0x00, one_op = 0x01, name_op = 0x08, byte_prefix = 0x0a, word_prefix = 0x0b,
                       dword_prefix = 0x0c, package_op = 0x12, root_prefix = '\\';

// AML, read from its beginning.
class AmlReader {
public:
    explicit AmlReader(Bytes bytes) : rest_{bytes} {}

    template <typename Value>
    std::optional<Value> take() {
        auto const value = load<Value>(rest_, 0);
        if (value) rest_ = rest_.subspan(sizeof(Value));
        return value;
    }
    bool take_if(std::uint8_t wanted) {
        if (load<std::uint8_t>(rest_, 0) != wanted) return false;
        rest_ = rest_.subspan(1);
        return true;
    }
    // A constant: zero, one, or a number of 1, 2 or 4 bytes.
    std::optional<std::uint32_t> take_number() {
        switch (take<std::uint8_t>().value_or(0xff)) {
            case zero_op:      return 0;
            case one_op:       return 1;
            case byte_prefix:  return take<std::uint8_t>();
            case word_prefix:  return take<std::uint16_t>();
            case dword_prefix: return take<std::uint32_t>();
            default:           return std::nullopt;
        }
    }
    // What a package length covers, without the length itself. Its first byte says in the two highest bits
    // how many follow: none, and the length has 6 bits; or one to three, and it has the lowest 4 of its bits
    // there.
    std::optional<AmlReader> take_package() {
        auto const whole = rest_;
        auto const lead  = take<std::uint8_t>();
        if (!lead) return std::nullopt;
        auto const following = static_cast<unsigned>(*lead >> 6);
        std::uint32_t length = *lead & (following == 0 ? 0x3f : 0x0f);
        for (unsigned index = 0; index < following; ++index) {
            auto const byte = take<std::uint8_t>();
            if (!byte) return std::nullopt;
            length |= std::uint32_t{*byte} << (4 + 8 * index);
        }
        if (length < 1 + following) return std::nullopt;
        auto const package = slice(whole, 1 + following, length - 1 - following);
        if (!package) return std::nullopt;
        return AmlReader{*package};
    }

private:
    Bytes rest_;
};

std::optional<std::uint8_t> take_sleep_type(AmlReader& reader) {
    constexpr std::uint32_t max_type = 7;
    auto const number                = reader.take_number();
    if (!number || *number > max_type) return std::nullopt;
    return static_cast<std::uint8_t>(*number);
}

// What begins with a name operator, if it is the one we look for.
std::optional<SoftOff> read_name(AmlReader reader) {
    constexpr std::array name{'_', 'S', '5', '_'};
    if (!reader.take_if(name_op)) return std::nullopt;
    reader.take_if(root_prefix);
    if (reader.take<std::array<char, 4>>() != name || !reader.take_if(package_op)) return std::nullopt;
    auto package     = reader.take_package();
    auto const count = package ? package->take<std::uint8_t>() : std::nullopt;
    if (count.value_or(0) < 2) return std::nullopt;
    auto const type_a = take_sleep_type(*package);
    auto const type_b = type_a ? take_sleep_type(*package) : std::nullopt;
    if (!type_b) return std::nullopt;
    return SoftOff{*type_a, *type_b};
}

}  // namespace

std::expected<SoftOff, TableError> find_soft_off(Table const& dsdt) {
    for (auto offset = Table::header_size; offset < dsdt.bytes.size(); ++offset) {
        if (auto const found = read_name(AmlReader{dsdt.bytes.subspan(offset)})) return *found;
    }
    return dsdt.error(Problem::no_soft_off, Table::header_size, 0);
}

}  // namespace pith::acpi
