// What the processor can do, by the names that people know: those of Linux's /proc/cpuinfo.
//
// Needs:     cpuid.
// Reference: Intel SDM vol. 2 "CPUID"; AMD APM vol. 3 "Obtaining Processor Information Via the CPUID
//            Instruction".
#pragma once

#include "cpu/cpuid.hpp"

#include <cstddef>

namespace pith::cpu {

enum class CpuidWord : std::uint8_t { ebx, ecx, edx };

struct NamedFeature {
    std::string_view name;
    std::uint32_t leaf;
    CpuidWord word;
    unsigned bit;
};

inline constexpr auto named_features = [] {
    using enum CpuidWord;
    constexpr std::uint32_t basic = 1, structured = 7, extended = 0x8000'0001, power = 0x8000'0007;
    return std::to_array<NamedFeature>({
        {"fpu", basic, edx, 0},          {"tsc", basic, edx, 4},
        {"msr", basic, edx, 5},          {"pae", basic, edx, 6},
        {"mce", basic, edx, 7},          {"apic", basic, edx, 9},
        {"mtrr", basic, edx, 12},        {"pge", basic, edx, 13},
        {"mca", basic, edx, 14},         {"pat", basic, edx, 16},
        {"mmx", basic, edx, 23},         {"fxsr", basic, edx, 24},
        {"sse", basic, edx, 25},         {"sse2", basic, edx, 26},
        {"pni", basic, ecx, 0},          {"ssse3", basic, ecx, 9},
        {"pcid", basic, ecx, 17},        {"sse4_1", basic, ecx, 19},
        {"sse4_2", basic, ecx, 20},      {"x2apic", basic, ecx, 21},
        {"popcnt", basic, ecx, 23},      {"tsc_deadline_timer", basic, ecx, 24},
        {"aes", basic, ecx, 25},         {"xsave", basic, ecx, 26},
        {"avx", basic, ecx, 28},         {"rdrand", basic, ecx, 30},
        {"hypervisor", basic, ecx, 31},  {"fsgsbase", structured, ebx, 0},
        {"avx2", structured, ebx, 5},    {"smep", structured, ebx, 7},
        {"erms", structured, ebx, 9},    {"invpcid", structured, ebx, 10},
        {"rdseed", structured, ebx, 18}, {"smap", structured, ebx, 20},
        {"umip", structured, ecx, 2},    {"pku", structured, ecx, 3},
        {"shstk", structured, ecx, 7},   {"la57", structured, ecx, 16},
        {"pks", structured, ecx, 31},    {"fsrm", structured, edx, 4},
        {"ibt", structured, edx, 20},    {"syscall", extended, edx, 11},
        {"nx", extended, edx, 20},       {"pdpe1gb", extended, edx, 26},
        {"rdtscp", extended, edx, 27},   {"lm", extended, edx, 29},
        {"nonstop_tsc", power, edx, 8},
    });
}();

// A leaf that the processor does not have says nothing.
inline bool has(NamedFeature const& feature) {
    if (cpuid(feature.leaf & 0x8000'0000).eax < feature.leaf) return false;
    auto const words = cpuid(feature.leaf);
    auto const word  = feature.word == CpuidWord::ebx   ? words.ebx
                       : feature.word == CpuidWord::ecx ? words.ecx
                                                        : words.edx;
    return (word >> feature.bit & 1) != 0;
}

// Who made it: "GenuineIntel", "AuthenticAMD".
class ProcessorMaker {
public:
    ProcessorMaker() {
        auto const words = cpuid(0);
        letters_         = std::bit_cast<std::array<char, 12>>(std::array{words.ebx, words.edx, words.ecx});
    }
    std::string_view text() const [[clang::lifetimebound]] { return {letters_.data(), letters_.size()}; }

private:
    std::array<char, 12> letters_{};
};

// Which processor of its maker's.
struct ProcessorModel {
    unsigned family, model, stepping;
};

// From CPUID leaf 1, EAX. Families from 15 on, and their models, go on in fields that were added later.
constexpr ProcessorModel model_of(std::uint32_t signature) {
    auto const bits     = [&](unsigned shift, std::uint32_t mask) { return signature >> shift & mask; };
    auto const family   = bits(8, 0xf);
    bool const has_more = family == 6 || family == 15;
    return {.family   = family == 15 ? family + bits(20, 0xff) : family,
            .model    = (has_more ? bits(16, 0xf) << 4 : 0) | bits(4, 0xf),
            .stepping = bits(0, 0xf)};
}

}  // namespace pith::cpu
