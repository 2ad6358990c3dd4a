// SPDX-License-Identifier: Apache-2.0
// What device code and its emulation share: the attribute of kernel code and packs of elements.             [floor 4]
#pragma once

#include <tenfold/config/abi.hpp>

#include <cstdint>

/// A function of kernels: device code for a CUDA compiler, ordinary code for the emulation (tenfold/testing/simt).
#if defined(__CUDACC__)
#define TENFOLD_DEVICE __host__ __device__ inline __attribute__((always_inline))
#else
#define TENFOLD_DEVICE inline
#endif
/// Before loops over registers: with an index that is not known at compile time they would lie on a stack.
#if defined(__CUDA_ARCH__)
#define TENFOLD_DEVICE_UNROLL _Pragma("unroll")
#else
#define TENFOLD_DEVICE_UNROLL
#endif

TENFOLD_BEGIN
namespace gpu_kernels {
inline constexpr unsigned warp_size = 32;
inline constexpr unsigned all_lanes = 0xffffffffu;

/// Count elements that are loaded and stored at once, from an address that is a multiple of their size.
template <class T, unsigned Count>
struct alignas(sizeof(T) * Count) pack {
    T element[Count];
};

/// A float whose low 13 mantissa bits tensor cores ignore.
struct tf32 {
    std::uint32_t bits;
};

/// Registers that a lane holds of the operands of an m16 n8 kK product of elements of E: A has 16 x K elements, B has K x 8,
/// C has 16 x 8, spread over 32 lanes, in registers of 4 bytes.
template <class E, unsigned K>
inline constexpr unsigned a_registers = 16 * K * sizeof(E) / (32 * 4);
template <class E, unsigned K>
inline constexpr unsigned b_registers = 8 * K * sizeof(E) / (32 * 4);
}  // namespace gpu_kernels
TENFOLD_END
