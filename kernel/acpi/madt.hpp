// The table of interrupt controllers (MADT, signature APIC): processors' local APICs, I/O APICs, and how the
// old PC's interrupts and NMIs are wired to them.
//
//   +36  address of the local APICs   +40  flags   +44  entries: type, length, fields
//
// Needs:     table.
// Promises:  every entry was checked when the table was read: it is inside the table, and has all its fields.
//            Entries of types that we do not know are left out.
// Reference: ACPI Specification, "Multiple APIC Description Table (MADT)" and the sections on each structure
//            in it.
#pragma once

#include "acpi/table.hpp"

#include <iterator>
#include <ranges>

namespace pith::acpi {

// How an interrupt is signalled ("MPS INTI flags"). What conforms to its bus, on ISA, is edge-triggered and
// active when high.
class InterruptFlags {
public:
    constexpr explicit InterruptFlags(std::uint16_t raw) : raw_{raw} {}

    constexpr std::uint16_t raw() const { return raw_; }
    constexpr bool is_active_low() const { return (raw_ & 3) == 3; }
    constexpr bool is_level() const { return ((raw_ >> 2) & 3) == 3; }
    constexpr bool operator==(InterruptFlags const&) const = default;

private:
    std::uint16_t raw_;
};
static_assert(InterruptFlags{0xf}.is_active_low() && InterruptFlags{0xf}.is_level());
static_assert(!InterruptFlags{0x5}.is_active_low() && !InterruptFlags{0x5}.is_level());
static_assert(!InterruptFlags{0}.is_active_low() && !InterruptFlags{0}.is_level());
static_assert(InterruptFlags{3}.is_active_low() && !InterruptFlags{3}.is_level());

// A processor: whether it runs, or could be brought to. Types 0 and 9 are the same but for their widths.
struct LocalApic {
    static constexpr std::uint8_t type = 0, length = 8;

    std::uint8_t processor, id;
    std::uint32_t flags;

    bool is_enabled() const { return (flags & 1) != 0; }
    bool can_be_enabled() const { return (flags & 2) != 0; }
    static LocalApic decode(Bytes entry);
    bool operator==(LocalApic const&) const = default;
};

struct IoApic {
    static constexpr std::uint8_t type = 1, length = 12;

    std::uint8_t id;
    PhysAddr address;
    std::uint32_t first_interrupt;  // the number that its first pin has among all ("global system interrupt")

    static IoApic decode(Bytes entry);
    bool operator==(IoApic const&) const = default;
};

// An ISA interrupt that has not its own number, or is signalled otherwise than ISA's are.
struct InterruptOverride {
    static constexpr std::uint8_t type = 2, length = 10;

    std::uint8_t source;
    std::uint32_t interrupt;
    InterruptFlags flags;

    static InterruptOverride decode(Bytes entry);
    bool operator==(InterruptOverride const&) const = default;
};

// An interrupt that must be made an NMI.
struct NmiSource {
    static constexpr std::uint8_t type = 3, length = 8;

    InterruptFlags flags;
    std::uint32_t interrupt;

    static NmiSource decode(Bytes entry);
    bool operator==(NmiSource const&) const = default;
};

// Which of a local APIC's two pins gets NMIs.
struct LocalApicNmi {
    static constexpr std::uint8_t type = 4, length = 6;
    static constexpr std::uint8_t all_processors = 0xff;

    std::uint8_t processor;
    InterruptFlags flags;
    std::uint8_t pin;

    static LocalApicNmi decode(Bytes entry);
    bool operator==(LocalApicNmi const&) const = default;
};

// Where the local APICs are, if that needs 64 bits.
struct LocalApicAddress {
    static constexpr std::uint8_t type = 5, length = 12;

    std::uint64_t address;

    static LocalApicAddress decode(Bytes entry);
};

struct LocalX2Apic {
    static constexpr std::uint8_t type = 9, length = 16;

    std::uint32_t id, flags, processor;

    bool is_enabled() const { return (flags & 1) != 0; }
    bool can_be_enabled() const { return (flags & 2) != 0; }
    static LocalX2Apic decode(Bytes entry);
    bool operator==(LocalX2Apic const&) const = default;
};

struct LocalX2ApicNmi {
    static constexpr std::uint8_t type = 10, length = 12;
    static constexpr std::uint32_t all_processors = 0xffff'ffff;

    InterruptFlags flags;
    std::uint32_t processor;
    std::uint8_t pin;

    static LocalX2ApicNmi decode(Bytes entry);
    bool operator==(LocalX2ApicNmi const&) const = default;
};

template <typename T>
concept MadtEntry = requires(Bytes entry) {
    { T::type } -> std::convertible_to<std::uint8_t>;
    { T::length } -> std::convertible_to<std::uint8_t>;
    { T::decode(entry) } -> std::same_as<T>;
};

// The entries one after the other, as bytes. What does not fit ends the row.
class MadtEntries : public std::ranges::view_interface<MadtEntries> {
public:
    class Iterator {
    public:
        using value_type      = Bytes;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        explicit Iterator(Bytes rest) : rest_{rest} {}
        // The entry; empty if there is none that fits.
        Bytes operator*() const {
            auto const length = load<std::uint8_t>(rest_, 1).value_or(0);
            return length < 2 ? Bytes{} : slice(rest_, 0, length).value_or(Bytes{});
        }
        Iterator& operator++() {
            rest_ = rest_.subspan((**this).size());
            return *this;
        }
        Iterator operator++(int) {
            auto const before = *this;
            ++*this;
            return before;
        }
        std::size_t bytes_left() const { return rest_.size(); }
        bool operator==(Iterator const& other) const { return rest_.data() == other.rest_.data(); }
        bool operator==(std::default_sentinel_t) const { return (**this).empty(); }

    private:
        Bytes rest_;
    };

    MadtEntries() = default;
    explicit MadtEntries(Bytes bytes) : bytes_{bytes} {}
    Iterator begin() const { return Iterator{bytes_}; }
    std::default_sentinel_t end() const { return {}; }

private:
    Bytes bytes_;
};
static_assert(std::forward_iterator<MadtEntries::Iterator> && std::ranges::forward_range<MadtEntries>);

class Madt {
public:
    static constexpr Signature signature{"APIC"};

    static std::expected<Madt, TableError> read(Table const& table);

    // Where the processors' local APICs are.
    PhysAddr local_apics() const { return local_apics_; }
    // Whether the machine has the PC's two 8259s as well: they must be masked.
    bool has_8259s() const { return has_8259s_; }

    // All entries of one type: for (auto const& apic : madt.all<IoApic>()) …
    template <MadtEntry Entry>
    auto all() const {
        return entries_ | std::views::filter([](Bytes entry) { return type_of(entry) == Entry::type; }) |
               std::views::transform(&Entry::decode);
    }

private:
    Madt(MadtEntries entries, PhysAddr local_apics, bool has_8259s)
        : entries_{entries}, local_apics_{local_apics}, has_8259s_{has_8259s} {}

    static std::uint8_t type_of(Bytes entry) { return std::to_integer<std::uint8_t>(entry[0]); }

    MadtEntries entries_;
    PhysAddr local_apics_;
    bool has_8259s_;
};

}  // namespace pith::acpi
