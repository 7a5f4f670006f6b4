// What has to be written to the sleep registers so that the machine switches itself off: the package \_S5.
//
// It stands in the DSDT, which is a program in ACPI's machine language (AML). We have no interpreter for it,
// and look for the bytes that a compiler makes of
//
//   Name (_S5, Package () { type for PM1a, type for PM1b, … })
//
//   0x08  ["\"]  "_S5_"   0x12  package length   count   number   number   …
//
// So this finds no package that is in another table (SSDT), in a method, or behind names: only two constants
// that follow the name at once. Bytes that look alike by chance must also have the right length, and two
// numbers of at most 7. If the firmware has several, under conditions, the first is taken.
//
// Needs:     table.
// Promises:  no read leaves the table, whatever its bytes.
// Reference: ACPI Specification, "\_Sx (System States)", "Name Objects Encoding", "Data Objects Encoding",
//            "Package Length Encoding".
#pragma once

#include "acpi/table.hpp"

namespace pith::acpi {

// The values for the two PM1 control registers: 3 bits each.
struct SoftOff {
    std::uint8_t type_a, type_b;

    bool operator==(SoftOff const&) const = default;
};

std::expected<SoftOff, TableError> find_soft_off(Table const& dsdt);

}  // namespace pith::acpi
