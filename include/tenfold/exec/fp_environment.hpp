// SPDX-License-Identifier: Apache-2.0
// Kernels run in round-to-nearest with gradual underflow, whatever the caller or a worker has set.          [floor 2]
#pragma once

#include <tenfold/config/abi.hpp>

#include <cstdint>

TENFOLD_BEGIN
/// Sets the IEEE default for its lifetime and restores the control register, sticky flags included. oneTBB runs task
/// bodies with the register captured when the arena was first used (measured with 2021.8), and linking with -ffast-math
/// flushes denormals process-wide: without this, serial and parallel calls would differ in bits.
class fp_environment {
public:
#if defined(__x86_64__)
    TENFOLD_INLINE fp_environment() noexcept : saved_(__builtin_ia32_stmxcsr()) {
        constexpr std::uint32_t ieee = 0x1f80;  // all exceptions masked, nearest, FTZ = DAZ = 0
        constexpr std::uint32_t sticky = 0x3f;
        if ((saved_ & ~sticky) != ieee) __builtin_ia32_ldmxcsr(ieee);
    }
    TENFOLD_INLINE ~fp_environment() { __builtin_ia32_ldmxcsr(saved_); }

private:
    std::uint32_t saved_;
#elif defined(__aarch64__)
    TENFOLD_INLINE fp_environment() noexcept {
        __asm__ volatile("mrs %0, fpcr" : "=r"(saved_));
        if (saved_ != 0) __asm__ volatile("msr fpcr, %0" ::"r"(std::uint64_t{0}));
    }
    TENFOLD_INLINE ~fp_environment() {
        if (saved_ != 0) __asm__ volatile("msr fpcr, %0" ::"r"(saved_));
    }

private:
    std::uint64_t saved_;
#else
    TENFOLD_INLINE fp_environment() noexcept {}
#endif

public:
    fp_environment(const fp_environment&) = delete;
    fp_environment& operator=(const fp_environment&) = delete;
};
TENFOLD_END
