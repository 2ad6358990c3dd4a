// SPDX-License-Identifier: Apache-2.0
// Pairs of bfloat16 for the dot instruction of AVX512-BF16: twice the rate of float.                        [floor 4]
#pragma once

#include <tenfold/core/dtype/bfloat16.hpp>
#include <tenfold/kernel/cpu/body/special/bf16_dot_tile.hpp>
#include <tenfold/kernel/cpu/body/special/bf16_pair_tile.hpp>
#include <tenfold/kernel/cpu/gemm_format.hpp>
#include <tenfold/kernel/cpu/grouped_operands.hpp>

TENFOLD_BEGIN
/// Tiles and dot tiles of pairs, as kinds of gemm_tiles.hpp and dot_tiles.hpp.
struct bf16_pair_tiles {
    using unit = std::uint32_t;
    using sum = float;
    template <int Rows, int Vectors, int Bytes>
    using body = bf16_pair_tile<Rows, Vectors, Bytes>;
};
struct bf16_pair_dots {
    using element = bfloat16;
    using unit = std::uint32_t;
    using sum = float;
    static constexpr bool has_wide_tiles = true;
    template <int Rows, int Columns>
    using body = bf16_dot_tile<Rows, Columns>;
};

template <class A, class B>
struct bf16_pair_format : grouped_operands<A, B, 2, 0> {
    using unit = std::uint32_t;
    using sum = float;
    using stored = unit;

    static constexpr bool multiplies = std::is_same_v<A, bfloat16> && std::is_same_v<B, bfloat16>;
    static bool runs(int isa) noexcept { return isa_has(isa, isa_bits::avx512_bf16); }

    /// The bytes of a float's block: twice the roundings per sum.
    static index_t depth(index_t k) noexcept { return balanced_depth(k, bf16_pair_depth); }
    static constexpr index_t most_axpy_rows = 2;
    static constexpr index_t most_dot_rows = 96;  // 3072 x 768: 167 against 149 GFLOP/s of tiles at m = 64, 169 against 177 at 128
    static index_t dot_depth(index_t k) noexcept { return (std::min)(k, index_t{8192}); }
    static const tile_set<unit, sum>& tiles(int) noexcept {
        static constexpr tile_set<unit, sum> set = tile_set_of<bf16_pair_tiles>::of<avx512_bf16>();
        return set;
    }
    static const dot_set<bfloat16, unit, sum>& dots(int) noexcept {
        static constexpr dot_set<bfloat16, unit, sum> set = dot_set_of<bf16_pair_dots>::of<avx512_bf16>();
        return set;
    }
};
TENFOLD_END
