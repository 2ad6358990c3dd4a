// SPDX-License-Identifier: Apache-2.0
// The instructions that have no CUDA intrinsic without a header: THE file with device assembly.              [floor 4]
#pragma once

#include <tenfold/core/dtype/bfloat16.hpp>
#include <tenfold/core/dtype/half.hpp>
#include <tenfold/kernel/cuda/simt/pack.hpp>

#include <type_traits>

TENFOLD_BEGIN
namespace gpu_kernels::ptx {
__device__ inline unsigned shared_address(const void* p) { return static_cast<unsigned>(__cvta_generic_to_shared(p)); }

/// Loads that leave no line in L1, of memory that is read-only during the launch.
__device__ inline std::uint32_t load_once_4(const void* p) {
    std::uint32_t x;
    asm volatile("ld.global.nc.L1::no_allocate.b32 %0, [%1];" : "=r"(x) : "l"(p));
    return x;
}
__device__ inline uint2 load_once_8(const void* p) {
    uint2 x;
    asm volatile("ld.global.nc.L1::no_allocate.v2.b32 {%0, %1}, [%2];" : "=r"(x.x), "=r"(x.y) : "l"(p));
    return x;
}
__device__ inline uint4 load_once_16(const void* p) {
    uint4 x;
    asm volatile("ld.global.nc.L1::no_allocate.v4.b32 {%0, %1, %2, %3}, [%4];" : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w) : "l"(p));
    return x;
}

#if __CUDA_ARCH__ >= 800
/// cp.async: `valid` bytes are read, the rest of Bytes is zero. 16 bytes bypass L1; narrower ones cannot.
template <int Bytes>
__device__ inline void copy_async(void* to, const void* from, int valid) {
    if constexpr (Bytes == 16) {
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from), "r"(valid) : "memory");
    } else {
        asm volatile("cp.async.ca.shared.global [%0], [%1], %3, %2;" ::"r"(shared_address(to)), "l"(from), "r"(valid), "n"(Bytes)
                     : "memory");
    }
}
__device__ inline void copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int Left>
__device__ inline void copy_wait() {
    asm volatile("cp.async.wait_group %0;" ::"n"(Left) : "memory");
}
#endif

__device__ inline void load_matrix(std::uint32_t (&r)[1], const void* row, std::bool_constant<false>) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(r[0]) : "r"(shared_address(row)) : "memory");
}
__device__ inline void load_matrix(std::uint32_t (&r)[1], const void* row, std::bool_constant<true>) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];" : "=r"(r[0]) : "r"(shared_address(row)) : "memory");
}
__device__ inline void load_matrix(std::uint32_t (&r)[2], const void* row, std::bool_constant<false>) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(shared_address(row)) : "memory");
}
__device__ inline void load_matrix(std::uint32_t (&r)[2], const void* row, std::bool_constant<true>) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1])
                 : "r"(shared_address(row))
                 : "memory");
}
__device__ inline void load_matrix(std::uint32_t (&r)[4], const void* row, std::bool_constant<false>) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(row))
                 : "memory");
}
__device__ inline void load_matrix(std::uint32_t (&r)[4], const void* row, std::bool_constant<true>) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(row))
                 : "memory");
}

// c += a b of m16n8kK: `name` is the instruction, `E` the element type, `K` the depth, `C` the accumulator, `k` its constraint.
#define TENFOLD_PRODUCT_4_2(name, E, C, k)                                                                       \
    __device__ inline void multiply_add(E, C(&c)[4], const std::uint32_t(&a)[4], const std::uint32_t(&b)[2]) {   \
        asm volatile("mma.sync.aligned." name " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};" \
                     : "+" k(c[0]), "+" k(c[1]), "+" k(c[2]), "+" k(c[3])                                        \
                     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));                        \
    }
#define TENFOLD_PRODUCT_2_1(name, E, C, k)                                                                     \
    __device__ inline void multiply_add(E, C(&c)[4], const std::uint32_t(&a)[2], const std::uint32_t(&b)[1]) { \
        asm volatile("mma.sync.aligned." name " {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"           \
                     : "+" k(c[0]), "+" k(c[1]), "+" k(c[2]), "+" k(c[3])                                      \
                     : "r"(a[0]), "r"(a[1]), "r"(b[0]));                                                       \
    }
TENFOLD_PRODUCT_2_1("m16n8k8.row.col.f32.f16.f16.f32", half, float, "f")
#if __CUDA_ARCH__ >= 800
TENFOLD_PRODUCT_4_2("m16n8k16.row.col.f32.f16.f16.f32", half, float, "f")
TENFOLD_PRODUCT_4_2("m16n8k16.row.col.f32.bf16.bf16.f32", bfloat16, float, "f")
TENFOLD_PRODUCT_2_1("m16n8k8.row.col.f32.bf16.bf16.f32", bfloat16, float, "f")
TENFOLD_PRODUCT_4_2("m16n8k8.row.col.f32.tf32.tf32.f32", tf32, float, "f")
TENFOLD_PRODUCT_2_1("m16n8k4.row.col.f32.tf32.tf32.f32", tf32, float, "f")
TENFOLD_PRODUCT_4_2("m16n8k32.row.col.s32.s8.s8.s32", std::int8_t, std::int32_t, "r")
TENFOLD_PRODUCT_4_2("m16n8k32.row.col.s32.u8.u8.s32", std::uint8_t, std::int32_t, "r")
TENFOLD_PRODUCT_2_1("m16n8k16.row.col.s32.s8.s8.s32", std::int8_t, std::int32_t, "r")
TENFOLD_PRODUCT_2_1("m16n8k16.row.col.s32.u8.u8.s32", std::uint8_t, std::int32_t, "r")
#endif
#undef TENFOLD_PRODUCT_4_2
#undef TENFOLD_PRODUCT_2_1
}  // namespace gpu_kernels::ptx
TENFOLD_END
