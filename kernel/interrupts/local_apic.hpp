// The local APIC: each processor's own interrupt controller, with a timer.
//
// There are two ways to its registers: a page of memory (xAPIC), or model-specific registers (x2APIC), where
// the processor has them. The registers are the same.
//
// Needs:     cpu (cpuid, model-specific and mapped registers), memory.
// Reference: Intel SDM vol. 3A "Advanced Programmable Interrupt Controller (APIC)", "TSC-Deadline Mode",
//            "Extended XAPIC (x2APIC)", "Interrupt Command Register (ICR)";
//            AMD APM vol. 2 "Advanced Programmable Interrupt Controller (APIC)".
#pragma once

#include "cpu/mapped_register.hpp"
#include "cpu/msr.hpp"

#include <optional>

namespace pith::interrupts {

// What this processor's local APIC can do.
struct LocalApicFeatures {
    bool is_there, has_x2apic, has_deadline_timer;
};
LocalApicFeatures local_apic_features();

// #region vector
// An entry of the local vector table: one source of interrupts inside the processor.
//
//    31 ... 19   18 17     16    15    14    13    12    11   10 ... 8   7 ... 0
//   +---------+---------+------+-----+-----+-----+-----+-----+----------+--------+
//   |         |  timer  | mask | lvl | IRR | low | pnd |     | delivery | vector |
//   +---------+---------+------+-----+-----+-----+-----+-----+----------+--------+
class LocalVector {
public:
    static constexpr LocalVector masked() { return LocalVector{mask_bit}; }
    static constexpr LocalVector to(std::uint8_t vector) { return LocalVector{vector}; }
    // An 8259 says which vector.
    static constexpr LocalVector from_8259s() { return LocalVector{deliver_external}; }
    static constexpr LocalVector smi() { return LocalVector{deliver_smi}; }
    static constexpr LocalVector nmi(bool is_active_low, bool is_level) {
        return LocalVector{deliver_nmi | (is_active_low ? low_bit : 0) | (is_level ? level_bit : 0)};
    }
    // Of the timer: it raises the vector when the time-stamp counter has come to a value.
    constexpr LocalVector at_deadline() const { return LocalVector{raw_ | deadline_mode}; }

    constexpr explicit LocalVector(std::uint32_t raw) : raw_{raw} {}
    constexpr std::uint32_t raw() const { return raw_; }
    // It is not for an operating system, but for the firmware behind it.
    constexpr bool is_smi() const { return (raw_ & delivery) == deliver_smi; }
    constexpr bool operator==(LocalVector const&) const = default;

private:
    static constexpr std::uint32_t delivery = 7 << 8, deliver_smi = 2 << 8, deliver_nmi = 4 << 8,
                                   deliver_external = 7 << 8, low_bit = 1 << 13, level_bit = 1 << 15,
                                   mask_bit = 1 << 16, deadline_mode = 2 << 17;

    std::uint32_t raw_;
};
// #endregion vector
static_assert(LocalVector::masked().raw() == 0x1'0000 && LocalVector::to(0x40).raw() == 0x40);
static_assert(LocalVector::nmi(false, false).raw() == 0x400 && LocalVector::nmi(true, true).raw() == 0xa400);
static_assert(LocalVector::to(0x40).at_deadline().raw() == 0x4'0040);
static_assert(LocalVector::from_8259s().raw() == 0x700 && !LocalVector::from_8259s().is_smi());
static_assert(LocalVector::smi().raw() == 0x200 && LocalVector::smi().is_smi());
static_assert(!LocalVector::nmi(false, false).is_smi() && !LocalVector::to(0xff).is_smi());

class LocalApic {
public:
    enum class Entry : std::uint32_t {
        corrected_errors = 0x2f,  // "CMCI"
        timer            = 0x32,
        thermal          = 0x33,
        performance      = 0x34,
        pin_0            = 0x35,
        pin_1            = 0x36,
        error            = 0x37,
    };

    // Switches this processor's on, all of its own sources masked but those that firmware has made SMIs; what
    // comes to nothing raises `spurious_vector`, which ends in 0xf. Nothing if the processor has none, or its
    // page cannot be mapped.
    static std::optional<LocalApic> start(std::uint8_t spurious_vector);

    // Where the 8259s are in use: their interrupts come through its pin 0, and NMIs through pin 1 ("virtual
    // wire"). A BIOS leaves it so; other firmware may leave it on, with both masked.
    static void let_through(std::uint8_t spurious_vector);

    bool is_x2apic() const { return !registers_; }
    std::uint32_t id() const;
    void set(Entry entry, LocalVector value) const;
    LocalVector get(Entry entry) const { return LocalVector{read(static_cast<std::uint32_t>(entry))}; }
    // #region serve
    // Whether it has delivered this vector, and was not told the end yet.
    bool serves(std::uint8_t vector) const {
        return (read(first_in_service + vector / 32U) >> vector % 32U & 1) != 0;
    }
    // What is being served was served.
    [[gnu::always_inline]] void end_of_interrupt() const { write(end_register, 0); }
    // #endregion serve
    // #region raise
    // This processor interrupts itself: by a vector, which comes when interrupts are on; and by an NMI.
    void raise(std::uint8_t vector) const { command(vector); }
    void raise_nmi() const { command(LocalVector::nmi(false, false).raw()); }
    // #endregion raise
    // What went wrong since the last call: the bits of the error status register.
    std::uint32_t take_errors() const;

    // #region timer
    // The timer counts down once, at the rate of the bus, and raises its vector at 0. 0 stops it.
    void start_timer(std::uint32_t count) const { write(initial_count, count); }
    std::uint32_t timer_count() const { return read(current_count); }
    // The timer raises its vector when the time-stamp counter comes to this. 0 stops it.
    static void set_deadline(std::uint64_t time_stamp);
    // #endregion timer

private:
    // #region registers
    // Numbers of x2APIC; in memory each is 16 bytes behind the one before.
    enum : std::uint32_t {
        id_register       = 0x02,
        version           = 0x03,
        task_priority     = 0x08,
        end_register      = 0x0b,
        spurious_register = 0x0f,
        first_in_service  = 0x10,  // a bit for each vector, in 8 registers
        error_status      = 0x28,
        interrupt_command = 0x30,  // "ICR"; in memory its upper half is the register behind it
        initial_count     = 0x38,
        current_count     = 0x39,
        divide            = 0x3e,
    };
    // #endregion registers
    static constexpr std::uint32_t first_msr = 0x800;

    explicit LocalApic(std::optional<VirtAddr> registers) : registers_{registers} {}

    // #region reach
    std::uint32_t read(std::uint32_t number) const {
        if (!registers_) return static_cast<std::uint32_t>(cpu::read_msr(cpu::Msr{first_msr + number}));
        return cpu::MappedRegister<std::uint32_t>{*registers_ + 16 * number}.read();
    }
    [[gnu::always_inline]] void write(std::uint32_t number, std::uint32_t value) const {
        if (!registers_) return cpu::write_msr(cpu::Msr{first_msr + number}, value);
        cpu::MappedRegister<std::uint32_t>{*registers_ + 16 * number}.write(value);
    }
    // #endregion reach
    void command(std::uint32_t what) const;
    void mask_all() const;
    void mask_later_ones() const;

    std::optional<VirtAddr> registers_;  // nothing: they are model-specific
};

}  // namespace pith::interrupts
