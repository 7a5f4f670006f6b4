// What the processor says of itself.
//
// Needs:     nothing.
// Reference: Intel SDM vol. 2 "CPUID".
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace pith::cpu {

struct CpuidResult {
    std::uint32_t eax, ebx, ecx, edx;
};

inline CpuidResult cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0) {
    CpuidResult result;
    asm volatile("cpuid"
                 : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx)
                 : "a"(leaf), "c"(subleaf));
    return result;
}

// The processor's name for people, up to 48 characters; empty where it has none.
class ProcessorName {
public:
    ProcessorName() {
        constexpr std::uint32_t first_leaf = 0x8000'0002, last_leaf = 0x8000'0004;
        if (cpuid(0x8000'0000).eax < last_leaf) return;
        for (std::uint32_t leaf = first_leaf; leaf <= last_leaf; ++leaf) {
            parts_[leaf - first_leaf] = std::bit_cast<std::array<char, 16>>(cpuid(leaf));
        }
    }

    std::string_view text() const {
        // SAFETY: because three arrays of 16 characters in an array are 48 characters in a row.
        std::string_view const all{reinterpret_cast<char const*>(parts_.data()), sizeof parts_};
        auto const end = all.find('\0');
        return end == std::string_view::npos ? all : all.substr(0, end);
    }

private:
    std::array<std::array<char, 16>, 3> parts_{};
};

}  // namespace pith::cpu
