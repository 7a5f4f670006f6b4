// Processor features by name: what Linux says of the developer's processor, we say too.
#include "cpu/feature_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace pith::cpu {
namespace {

// The value behind `name` of the first processor in /proc/cpuinfo; empty if there is none.
std::string told_by_linux(std::string_view name) {
    std::ifstream file{"/proc/cpuinfo"};
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(name)) continue;
        auto const value = line.find(": ");
        if (value != std::string::npos) return line.substr(value + 2);
    }
    return {};
}

// Linux leaves out what it does not use, and has UMIP by emulation where the processor has not.
TEST(FeatureNames, agree_with_linux) {
    std::istringstream flags{told_by_linux("flags")};
    std::set<std::string> const known{std::istream_iterator<std::string>{flags}, {}};
    if (known.empty()) GTEST_SKIP() << "there is no /proc/cpuinfo with flags";
    unsigned found = 0;
    for (auto const& feature : named_features) {
        if (feature.name == "umip" || !known.contains(std::string{feature.name})) continue;
        EXPECT_TRUE(has(feature)) << feature.name;
        ++found;
    }
    EXPECT_GT(found, 20U);
}

TEST(FeatureNames, are_there_once) {
    std::set<std::string_view> names;
    for (auto const& feature : named_features) EXPECT_TRUE(names.insert(feature.name).second) << feature.name;
}

TEST(FeatureNames, the_model_is_linuxs) {
    auto const family = told_by_linux("cpu family");
    if (family.empty()) GTEST_SKIP() << "there is no /proc/cpuinfo";
    auto const model = model_of(cpuid(1).eax);
    EXPECT_EQ(std::to_string(model.family), family);
    EXPECT_EQ(std::to_string(model.stepping), told_by_linux("stepping"));
    EXPECT_EQ(ProcessorMaker{}.text(), told_by_linux("vendor_id"));
}

TEST(FeatureNames, families_and_models_go_on_in_later_fields) {
    auto const is = [](std::uint32_t signature, unsigned family, unsigned model, unsigned stepping) {
        auto const found = model_of(signature);
        return found.family == family && found.model == model && found.stepping == stepping;
    };
    EXPECT_TRUE(is(0x0005'06e3, 6, 0x5e, 3));   // Skylake
    EXPECT_TRUE(is(0x0080'0f12, 23, 1, 2));     // EPYC
    EXPECT_TRUE(is(0x00a2'0f10, 25, 0x21, 0));  // Ryzen 5000
    EXPECT_TRUE(is(0x0000'0543, 5, 4, 3));      // Pentium MMX
}

}  // namespace
}  // namespace pith::cpu
