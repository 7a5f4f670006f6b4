#include "paging/attribute_table.hpp"

#include "cpu/control_registers.hpp"
#include "cpu/features.hpp"
#include "cpu/msr.hpp"

namespace pith::paging {

void choose_memory_types() {
    if (!cpu::memory_features().attribute_table) return;
    cpu::flush_caches();
    cpu::write_msr(cpu::Msr::page_attribute_table, attribute_table(our_memory_types));
}

}  // namespace pith::paging
