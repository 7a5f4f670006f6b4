#include "paging/protection.hpp"

#include "base/fixed_text.hpp"
#include "console/print.hpp"
#include "cpu/control_registers.hpp"
#include "cpu/msr.hpp"
#include "log/log.hpp"

#include <array>
#include <iterator>
#include <span>
#include <string_view>

namespace pith::paging {
namespace {

struct Feature {
    std::string_view name;
    bool is_there;
    std::uint64_t switched_on_by;  // a bit of CR4; 0: on already, or nothing to switch
};

void announce(std::span<Feature const> features) {
    FixedText<100> has, lacks;
    for (auto const& feature : features) {
        auto& text = feature.is_there ? has : lacks;
        std::format_to(std::back_inserter(text), "{}{}", text.size() == 0 ? "" : ", ", feature.name);
    }
    log::found("protection", "{}", has.view());
    if (lacks.size() == 0) return;
    console::println("             this processor has no {}", lacks.view());
    log::keep(log::Level::info, "protection", "this processor has no {}", lacks.view());
}

}  // namespace

void shut_out_users() {
    auto const has = cpu::memory_features();
    cpu::write_cr4(cpu::read_cr4() | (has.no_user_execution ? cpu::cr4_no_user_execution : 0) |
                   (has.no_user_access ? cpu::cr4_no_user_access : 0) |
                   (has.no_user_descriptors ? cpu::cr4_no_user_descriptor_tables : 0));
}

// #region enable
cpu::MemoryFeatures enable_protection() {
    auto const has = cpu::memory_features();
    std::array const features{
        Feature{"NX", has.no_execute, 0},
        Feature{"write protection", (cpu::read_cr0() & cpu::cr0_write_protect) != 0, 0},
        Feature{"SMEP", has.no_user_execution, cpu::cr4_no_user_execution},
        Feature{"SMAP", has.no_user_access, cpu::cr4_no_user_access},
        Feature{"UMIP", has.no_user_descriptors, cpu::cr4_no_user_descriptor_tables},
        Feature{"PCID", has.process_contexts, cpu::cr4_process_contexts},
        Feature{"global pages", has.global_pages, cpu::cr4_global_pages},
        Feature{"1 GiB pages", has.huge_pages, 0},
        Feature{"IBT", has.branch_tracking, cpu::cr4_control_flow},
        Feature{"shadow stacks", has.shadow_stacks, cpu::cr4_control_flow},
    };
    if (has.branch_tracking || has.shadow_stacks) {
        cpu::write_msr(cpu::Msr::control_flow_of_user, 0);  // whatever a loader left there
        cpu::write_msr(cpu::Msr::control_flow, has.branch_tracking ? cpu::control_flow_end_branch : 0);
    }
    auto cr4 = cpu::read_cr4();
    for (auto const& feature : features) cr4 |= feature.is_there ? feature.switched_on_by : 0;
    cpu::write_cr4(cr4);
    announce(features);
    return has;
}
// #endregion enable

}  // namespace pith::paging
