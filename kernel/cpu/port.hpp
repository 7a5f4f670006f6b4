// I/O ports: the address space that only `in` and `out` reach.
//
// Needs:     nothing.
// Promises:  accesses are neither merged, moved nor left out by the compiler.
// Reference: Intel SDM vol. 1 "Input/Output"; vol. 2 "IN", "OUT".
#pragma once

#include <concepts>
#include <cstdint>

namespace pith::cpu {

template <typename Value>
concept PortValue = std::same_as<Value, std::uint8_t> || std::same_as<Value, std::uint16_t> ||
                    std::same_as<Value, std::uint32_t>;

// #region port
// One port, with the width that it is accessed in.
template <PortValue Value>
class Port {
public:
    constexpr explicit Port(std::uint16_t number) : number_{number} {}

    Value read() const {
        Value value;
        asm volatile("in %0, %1" : "=a"(value) : "Nd"(number_) : "memory");
        return value;
    }
    void write(Value value) const { asm volatile("out %0, %1" : : "Nd"(number_), "a"(value) : "memory"); }

private:
    std::uint16_t number_;
};
// #endregion port

// The registers of a device: consecutive one-byte ports. A test puts an array in its place.
template <typename T>
concept ByteRegisters = requires(T registers, std::uint16_t index, std::uint8_t value) {
    { registers.read(index) } -> std::same_as<std::uint8_t>;
    registers.write(index, value);
};

class PortRange {
public:
    constexpr explicit PortRange(std::uint16_t first) : first_{first} {}

    std::uint8_t read(std::uint16_t index) const { return at(index).read(); }
    void write(std::uint16_t index, std::uint8_t value) const { at(index).write(value); }

private:
    constexpr Port<std::uint8_t> at(std::uint16_t index) const {
        return Port<std::uint8_t>{static_cast<std::uint16_t>(first_ + index)};
    }

    std::uint16_t first_;
};

static_assert(ByteRegisters<PortRange>);

}  // namespace pith::cpu
