// SPDX-License-Identifier: Apache-2.0
// What this CPU can run *and* this operating system saves: own cpuid and xgetbv, features only.             [floor 4]
//
// __builtin_cpu_supports knows different names on each compiler (clang 14: no f16c, no avx512fp16). Vendor and model
// never decide: a virtual machine may mask any feature.
#pragma once

#include <tenfold/config/abi.hpp>

#include <cstdint>

TENFOLD_BEGIN
/// One bit per level of instruction sets; a level is present only if all its cpuid bits and its saved state are.
namespace isa_bits {
inline constexpr unsigned avx2 = 1u << 0;
inline constexpr unsigned avx512 = 1u << 1;
inline constexpr unsigned avx512_bf16 = 1u << 2;
inline constexpr unsigned avx512_vnni = 1u << 3;
inline constexpr unsigned avxvnni = 1u << 4;
}  // namespace isa_bits

/// The registers detection looks at; tests feed recorded machines.
struct cpuid_words {
    std::uint32_t leaf1_ecx = 0;
    std::uint32_t leaf7_ebx = 0, leaf7_ecx = 0;
    std::uint32_t leaf7_1_eax = 0;
    std::uint64_t xcr0 = 0;  ///< state the system saves: bit 1 xmm, 2 ymm, 5-7 opmask and zmm
};

TENFOLD_INLINE constexpr unsigned decode_isa_bits(const cpuid_words& w) noexcept {
    constexpr std::uint32_t osxsave = 1u << 27, fma = 1u << 12, f16c = 1u << 29, avx = 1u << 28;
    constexpr std::uint32_t avx512_f_dq_bw_vl = 0xC0030000u;
    unsigned have = 0;
    if ((w.leaf1_ecx & osxsave) == 0) return have;
    const bool ymm = (w.xcr0 & 0x06) == 0x06;
    const bool zmm = (w.xcr0 & 0xE6) == 0xE6;
    constexpr std::uint32_t avx2_leaf1 = fma | f16c | avx;
    if (ymm && (w.leaf1_ecx & avx2_leaf1) == avx2_leaf1 && (w.leaf7_ebx & (1u << 5)) != 0) have |= isa_bits::avx2;
    if (zmm && (have & isa_bits::avx2) != 0 && (w.leaf7_ebx & avx512_f_dq_bw_vl) == avx512_f_dq_bw_vl) {
        have |= isa_bits::avx512;
        if ((w.leaf7_1_eax & (1u << 5)) != 0) have |= isa_bits::avx512_bf16;
        if ((w.leaf7_ecx & (1u << 11)) != 0) have |= isa_bits::avx512_vnni;
    }
    if ((have & isa_bits::avx2) != 0 && (w.leaf7_1_eax & (1u << 4)) != 0) have |= isa_bits::avxvnni;
    return have;
}

#if defined(__x86_64__) || defined(__i386__)
struct cpuid_registers {
    std::uint32_t eax, ebx, ecx, edx;
};
TENFOLD_INLINE cpuid_registers cpuid(std::uint32_t leaf, std::uint32_t subleaf) noexcept {
    cpuid_registers r{};
    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}
TENFOLD_INLINE cpuid_words read_cpuid() noexcept {
    cpuid_words w;
    const std::uint32_t highest = cpuid(0, 0).eax;
    if (highest < 7) return w;
    w.leaf1_ecx = cpuid(1, 0).ecx;
    const cpuid_registers seven = cpuid(7, 0);
    w.leaf7_ebx = seven.ebx;
    w.leaf7_ecx = seven.ecx;
    if (seven.eax >= 1) w.leaf7_1_eax = cpuid(7, 1).eax;
    if ((w.leaf1_ecx & (1u << 27)) != 0) {
        std::uint32_t low = 0;
        std::uint32_t high = 0;
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        w.xcr0 = (static_cast<std::uint64_t>(high) << 32) | low;
    }
    return w;
}
#else
TENFOLD_INLINE cpuid_words read_cpuid() noexcept { return {}; }
#endif
TENFOLD_END
