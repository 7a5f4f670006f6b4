// An I/O APIC: pins that devices pull, and for each pin a line in a table that says which vector of which
// processor it raises.
//
//    63 ... 56     55 ... 17   16     15     14   13    12   11   10 ... 8   7 ... 0
//   +-------------+---------+------+-------+-----+-----+-----+---+----------+--------+
//   | destination |         | mask | level | IRR | low | pnd | 0 | delivery | vector |
//   +-------------+---------+------+-------+-----+-----+-----+---+----------+--------+
//
// Two registers show all others: one takes a number, the other is that register.
//
// Needs:     nothing.
// Reference: Intel, "82093AA I/O Advanced Programmable Interrupt Controller (IOAPIC)".
#pragma once

#include <concepts>
#include <cstdint>

namespace pith::interrupts {

// #region redirection
// What a pin raises.
class Redirection {
public:
    constexpr Redirection() = default;  // nothing
    static constexpr Redirection to(std::uint8_t vector, std::uint8_t processor) {
        return Redirection{std::uint64_t{processor} << 56 | vector};
    }
    static constexpr Redirection nmi(std::uint8_t processor) {
        return Redirection{std::uint64_t{processor} << 56 | deliver_nmi};
    }

    constexpr Redirection active_low(bool is_low) const { return with(low_bit, is_low); }
    constexpr Redirection level(bool is_level) const { return with(level_bit, is_level); }
    constexpr Redirection masked(bool is_masked) const { return with(mask_bit, is_masked); }

    constexpr std::uint8_t vector() const { return static_cast<std::uint8_t>(raw_); }
    constexpr std::uint8_t processor() const { return static_cast<std::uint8_t>(raw_ >> 56); }
    constexpr bool is_masked() const { return (raw_ & mask_bit) != 0; }
    constexpr bool is_level() const { return (raw_ & level_bit) != 0; }
    constexpr bool is_active_low() const { return (raw_ & low_bit) != 0; }
    constexpr std::uint32_t low_half() const { return static_cast<std::uint32_t>(raw_); }
    constexpr std::uint32_t high_half() const { return static_cast<std::uint32_t>(raw_ >> 32); }

    constexpr bool operator==(Redirection const&) const = default;

private:
    static constexpr std::uint64_t deliver_nmi = 4 << 8, low_bit = 1 << 13, level_bit = 1 << 15,
                                   mask_bit = 1 << 16;

    constexpr explicit Redirection(std::uint64_t raw) : raw_{raw} {}
    constexpr Redirection with(std::uint64_t bit, bool is_set) const {
        return Redirection{is_set ? raw_ | bit : raw_ & ~bit};
    }

    std::uint64_t raw_ = mask_bit;
};
static_assert(Redirection{}.is_masked() && Redirection{}.low_half() == 0x1'0000);
static_assert(Redirection::to(0x31, 2).low_half() == 0x31 &&
              Redirection::to(0x31, 2).high_half() == 0x0200'0000);
static_assert(Redirection::to(0x31, 2).active_low(true).level(true).low_half() == 0xa031);
static_assert(Redirection::nmi(0).low_half() == 0x400);
// #endregion redirection

// Its two registers, each of 32 bits: number 0 and number 1.
template <typename T>
concept IoApicRegisters = requires(T const& registers, std::uint32_t value) {
    registers.select(value);
    { registers.read() } -> std::same_as<std::uint32_t>;
    registers.write(value);
};

template <IoApicRegisters Registers>
class IoApic {
public:
    constexpr IoApic() = default;  // one without pins
    // `first_interrupt` is the number of its first pin among those of all I/O APICs.
    IoApic(Registers registers, std::uint32_t first_interrupt)
        : registers_{registers}, first_{first_interrupt}, pins_{read_pins()} {}

    // Whether the pin with this number among all is one of its.
    bool has(std::uint32_t interrupt) const { return interrupt >= first_ && interrupt - first_ < pins_; }
    std::uint32_t pins() const { return pins_; }

    void mask_all() const {
        for (std::uint32_t pin = 0; pin < pins_; ++pin) set(first_ + pin, Redirection{});
    }
    // #region set
    // The pin raises this from now on. It is one of its.
    void set(std::uint32_t interrupt, Redirection redirection) const {
        auto const entry = table_start + 2 * (interrupt - first_);
        write(entry, Redirection{}.low_half());  // nothing arrives half changed
        write(entry + 1, redirection.high_half());
        write(entry, redirection.low_half());
    }
    // #endregion set

private:
    enum : std::uint32_t { version = 1, table_start = 0x10 };

    std::uint32_t read_pins() const {
        registers_.select(version);
        return (registers_.read() >> 16 & 0xff) + 1;
    }
    void write(std::uint32_t number, std::uint32_t value) const {
        registers_.select(number);
        registers_.write(value);
    }

    Registers registers_;
    std::uint32_t first_ = 0, pins_ = 0;
};

}  // namespace pith::interrupts
