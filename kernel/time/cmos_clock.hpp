// The PC's battery-backed clock (MC146818): the date and the time of day, for people.
//
// Needs:     cpu (ports).
// Promises:  a date that exists, or nothing. No wait is without end.
// Reference: Motorola, "MC146818 Real-Time Clock plus RAM (RTC)"; ACPI Specification, "Fixed ACPI Description
//            Table (FADT)", field CENTURY.
#pragma once

#include "cpu/port.hpp"

#include <chrono>
#include <optional>

namespace pith::time {

// `Registers` are two: which byte, and that byte.
template <cpu::ByteRegisters Registers>
class CmosClock {
public:
    // `century` is the number of the byte that has it, if there is one. Else it is the 21st.
    constexpr CmosClock(Registers registers, std::optional<std::uint8_t> century)
        : registers_{registers}, century_{century} {}

    std::optional<std::chrono::sys_seconds> read() {
        constexpr int tries = 10;
        for (int attempt = 0; attempt < tries; ++attempt) {
            if (!wait_for_update()) return std::nullopt;
            auto const first = read_fields(), second = read_fields();
            if (first == second) return decoded(first);  // else it was changing while we looked
        }
        return std::nullopt;
    }

private:
    enum : std::uint8_t {
        second   = 0,
        minute   = 2,
        hour     = 4,
        day      = 7,
        month    = 8,
        year     = 9,
        status_a = 10,
        status_b = 11
    };
    static constexpr std::uint8_t is_updating = 0x80, is_24_hours = 0x02, is_binary = 0x04,
                                  is_afternoon = 0x80;

    struct Fields {
        std::uint8_t second, minute, hour, day, month, year, century, format;
        bool operator==(Fields const&) const = default;
    };

    std::uint8_t byte(std::uint8_t number) {
        registers_.write(0, number);
        return registers_.read(1);
    }
    // An update takes 2 ms at most, a read of a port about a microsecond.
    bool wait_for_update() {
        constexpr int looks = 10'000;
        for (int look = 0; look < looks; ++look) {
            if ((byte(status_a) & is_updating) == 0) return true;
        }
        return false;
    }
    Fields read_fields() {
        return {.second  = byte(second),
                .minute  = byte(minute),
                .hour    = byte(hour),
                .day     = byte(day),
                .month   = byte(month),
                .year    = byte(year),
                .century = century_ ? byte(*century_) : std::uint8_t{0},
                .format  = byte(status_b)};
    }

    static std::optional<std::chrono::sys_seconds> decoded(Fields const& fields) {
        using namespace std::chrono;
        auto const number = [&](std::uint8_t byte) -> unsigned {
            return (fields.format & is_binary) != 0 ? byte : (byte >> 4) * 10U + (byte & 0xfU);
        };
        auto hours = number(fields.hour & 0x7f);
        if ((fields.format & is_24_hours) == 0) {
            if (hours < 1 || hours > 12) return std::nullopt;
            hours = hours % 12 + ((fields.hour & is_afternoon) != 0 ? 12 : 0);
        }
        auto const centuries = fields.century == 0 ? 20U : number(fields.century);
        year_month_day const date{std::chrono::year{static_cast<int>(centuries * 100 + number(fields.year))},
                                  std::chrono::month{number(fields.month)},
                                  std::chrono::day{number(fields.day)}};
        if (!date.ok() || hours > 23 || number(fields.minute) > 59 || number(fields.second) > 59)
            return std::nullopt;
        return sys_days{date} + std::chrono::hours{hours} + minutes{number(fields.minute)} +
               seconds{number(fields.second)};
    }

    Registers registers_;
    std::optional<std::uint8_t> century_;
};

}  // namespace pith::time
