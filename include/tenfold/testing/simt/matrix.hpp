// SPDX-License-Identifier: Apache-2.0
// Tensor-core operations, lane by lane as the PTX ISA lays them out: m16n8kK products and ldmatrix.          [floor 6]
//
// With g = lane / 4, t = lane % 4, p elements in a register:
//     A register r, element j   row g + 8 (r mod 2), column p t + j + 4 p (r / 2)
//     B register r, element j   row p t + j + 4 p r, column g
//     C register i              row g + 8 (i / 2), column 2 t + i mod 2
// for every m16n8kK shape: k8 and k16 of 16-bit floats, k4 and k8 of tf32, k16 and k32 of bytes.
#pragma once

#include <tenfold/core/dtype/bfloat16.hpp>
#include <tenfold/core/dtype/half.hpp>
#include <tenfold/kernel/cuda/simt/pack.hpp>
#include <tenfold/testing/simt/block_run.hpp>

#include <bit>

TENFOLD_BEGIN
namespace testing::simt {
using tenfold::gpu_kernels::a_registers;
using tenfold::gpu_kernels::b_registers;
using tenfold::gpu_kernels::tf32;

/// Element j of a register as the tensor core sees it.
template <class E>
auto element_of(std::uint32_t reg, unsigned j) noexcept {
    const std::uint32_t bits = sizeof(E) == 4 ? reg : reg >> (8 * sizeof(E) * j) & ((1u << (8 * sizeof(E) % 32)) - 1);
    if constexpr (std::is_same_v<E, tf32>) {
        return static_cast<double>(std::bit_cast<float>(bits & 0xffffe000u));
    } else if constexpr (sizeof(E) == 2) {
        E x;
        x.bits = static_cast<std::uint16_t>(bits);
        return static_cast<double>(static_cast<float>(x));
    } else {
        return static_cast<std::int64_t>(static_cast<E>(bits));
    }
}

template <class C>
struct product_fragments {
    const std::uint32_t* a;
    const std::uint32_t* b;
    C* c;
};

/// C += A B of a warp. Products are exact and their sum is in double, rounded once to float: an optimistic tensor core, so compare
/// results with bounds, never with bits. Integers wrap.
template <class E, unsigned K, class C>
void complete_product(block_run& run, unsigned first, unsigned, const site&) {
    constexpr unsigned per_register = 4 / sizeof(E);
    using wide = decltype(element_of<E>(0, 0));
    wide a[16][K];
    wide b[K][8];
    const auto fragments = [&](unsigned l) { return *static_cast<product_fragments<C>*>(run.lane(first + l).fragment); };
    for (unsigned l = 0; l < warp_lanes; ++l) {
        const unsigned g = l / 4;
        const unsigned t = l % 4;
        for (unsigned r = 0; r < a_registers<E, K>; ++r) {
            for (unsigned j = 0; j < per_register; ++j)
                a[g + 8 * (r % 2)][per_register * t + j + 4 * per_register * (r / 2)] = element_of<E>(fragments(l).a[r], j);
        }
        for (unsigned r = 0; r < b_registers<E, K>; ++r) {
            for (unsigned j = 0; j < per_register; ++j)
                b[per_register * t + j + 4 * per_register * r][g] = element_of<E>(fragments(l).b[r], j);
        }
    }
    for (unsigned l = 0; l < warp_lanes; ++l) {
        for (unsigned i = 0; i < 4; ++i) {
            C& c = fragments(l).c[i];
            wide sum = static_cast<wide>(c);
            for (unsigned k = 0; k < K; ++k) sum += a[l / 4 + 8 * (i / 2)][k] * b[k][2 * (l % 4) + i % 2];
            c = static_cast<C>(sum);
        }
    }
}

/// ldmatrix: lane 8 m + r gives the address of row r of matrix m, 8 x 8 elements of 16 bits; lane l gets elements 2 (l mod 4) and
/// the next of row l / 4, or of column l / 4 where transposed. A row's bytes count as read by the lanes that get them.
template <unsigned Count, bool Transposed>
void complete_load_matrix(block_run& run, unsigned first, unsigned, const site& where) {
    for (unsigned l = 0; l < warp_lanes; ++l) {
        auto* const registers = static_cast<std::uint32_t*>(run.lane(first + l).fragment);
        for (unsigned m = 0; m < Count; ++m) {
            std::uint32_t both = 0;
            for (unsigned j = 0; j < 2; ++j) {
                const unsigned row = Transposed ? 2 * (l % 4) + j : l / 4;
                const unsigned column = Transposed ? l / 4 : 2 * (l % 4) + j;
                const auto address = static_cast<std::uintptr_t>(run.lane(first + 8 * m + row).value);
                if (address % 16 != 0)
                    run.give_up(defect::misaligned, where, run.who(first + 8 * m + row) + " gives a row that is not 16-byte aligned");
                const auto* const element = reinterpret_cast<const std::uint16_t*>(address) + column;
                run.check_access(first + l, element, 2, 2, access::read, where);
                both |= static_cast<std::uint32_t>(*element) << 16 * j;
            }
            registers[m] = both;
        }
    }
}
}  // namespace testing::simt
TENFOLD_END
