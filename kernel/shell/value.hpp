// What a command can answer with: numbers, addresses, amounts of memory, texts, each shown in two ways.
//
//                     for people            JSON, for tools
//   text              as it is              a string
//   list of texts     with blanks between   an array
//   number            12                    12
//   bool              yes, no               true, false
//   ByteCount         123 KiB               125952
//   address           0x0000001000          "0x1000"
//   duration          1.250 ms              1250000, nanoseconds
//   Moment            12.345678             12345678901, nanoseconds since the start
//   nothing           -                     null
//
// Addresses are strings in JSON, because most of what reads JSON has no integers beyond 2^53; whoever wants
// to compute with one says so.
//
// Needs:     memory (addresses), printable.
// Promises:  whatever bytes a text has: for people it is one printable line, and in JSON a well-formed string
//            that has no control characters either, for it goes through a terminal.
// Reference: RFC 8259 "The JavaScript Object Notation (JSON) Data Interchange Format".
#pragma once

#include "memory/address.hpp"

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pith::shell {

struct ByteCount {
    std::uint64_t count;
};

struct Moment {
    std::chrono::nanoseconds since_start;
};

template <typename Type>
concept Number = std::integral<Type> && !std::same_as<Type, bool> && !std::same_as<Type, char>;

class Value {
public:
    Value() = default;  // nothing
    Value(std::string text) : what_{std::move(text)} {}
    Value(std::string_view text) : Value{std::string{text}} {}
    Value(char const* text) : Value{std::string_view{text}} {}
    Value(std::vector<std::string> texts) : what_{std::move(texts)} {}
    template <std::same_as<bool> Bool>
    Value(Bool is_so) : what_{is_so} {}
    template <Number Integer>
        requires(std::is_unsigned_v<Integer>)
    Value(Integer number) : what_{std::uint64_t{number}} {}
    template <Number Integer>
        requires(std::is_signed_v<Integer>)
    Value(Integer number) : what_{std::int64_t{number}} {}
    Value(ByteCount bytes) : what_{bytes} {}
    Value(PhysAddr address) : what_{Address{.number = address.value(), .digits = 12}} {}
    Value(VirtAddr address) : what_{Address{.number = address.value(), .digits = 16}} {}
    template <typename Rep, typename Period>
    Value(std::chrono::duration<Rep, Period> duration) : what_{std::chrono::nanoseconds{duration}} {}
    Value(Moment moment) : what_{moment} {}
    template <typename Type>
    Value(std::optional<Type> const& value) : Value{value ? Value{*value} : Value{}} {}

    std::string for_people() const;
    void append_json(std::string& out) const;

    // Numbers stand at the right of a column.
    bool is_at_the_right() const;

private:
    struct Nothing {};
    struct Address {
        std::uint64_t number;
        int digits;
    };

    std::variant<Nothing, std::string, std::vector<std::string>, bool, std::uint64_t, std::int64_t, ByteCount,
                 Address, std::chrono::nanoseconds, Moment>
        what_;
};

// The text as a JSON string, quotes and all.
void append_json_string(std::string_view text, std::string& out);

// The text's characters, made printable; and how many there are.
std::string printable_text(std::string_view text);
std::size_t width_of(std::string_view text);

}  // namespace pith::shell
