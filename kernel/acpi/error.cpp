#include "acpi/error.hpp"

namespace pith::acpi {

std::string_view explain(Problem problem) {
    using enum Problem;
    switch (problem) {
        case unreachable:        return "it is not in memory that can be reached";
        case address_too_large:  return "the address is too large for its space";
        case no_address:         return "the address is 0";
        case wrong_signature:    return "it has another signature";
        case wrong_length:       return "its length is too small for its fields, or more than 16 MiB";
        case wrong_sum:          return "its bytes do not sum to zero";
        case not_found:          return "there is none up to 0xfffff, nor in the extended BIOS data area";
        case leads_back:         return "the list of tables names itself";
        case listed_twice:       return "the list names a table again";
        case too_many_entries:   return "the list names more than 256 tables";
        case ragged_entries:     return "the list ends in the middle of an entry";
        case wrong_entry_length: return "an entry is too small for its fields, or reaches beyond the end";
        case wrong_space:        return "a register lies in an address space where it cannot be";
        case backward_range:     return "the bus numbers end before they start";
        case no_soft_off:        return "there is no package \\_S5 with two sleep types";
    }
    return "unknown problem";
}

}  // namespace pith::acpi
