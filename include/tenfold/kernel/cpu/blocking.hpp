// SPDX-License-Identifier: Apache-2.0
// Types and block sizes of matmul and convolution. What touches the order of sums is a constant here.       [floor 4]
#pragma once

#include <tenfold/core/dtype.hpp>

#include <type_traits>

TENFOLD_BEGIN
/// The type a tile multiplies in. 16-bit floats widen to float while they are packed. 8-bit integers do so too: a float
/// holds 256 products of 255 * 255 exactly (16 646 400 < 2^24), so blocks of that depth are exact on every instruction
/// set and run at the float rate, twice an int16 multiply-add without VNNI. int32 wraps modulo 2^32, as unsigned.
template <class T>
using tile_type =
    std::conditional_t<std::is_same_v<T, double>, double, std::conditional_t<std::is_same_v<T, std::int32_t>, std::uint32_t, float>>;

/// Whether tiles can read both operands as they are: nothing widens them.
template <class A, class B>
inline constexpr bool tiles_read_operands = std::is_same_v<A, B> && std::is_same_v<A, tile_type<A>>;

/// The type in which blocks of k are added up.
template <class T>
using block_sum_type = std::conditional_t<is_floating_v<T>, tile_type<T>, std::uint32_t>;

/// Depth of a block of k. Bits of float results depend on it, so it is a constant and not a function of the caches. What a tile
/// costs besides its products, 330 cycles where it adds to C, is a 33rd of a block of 384 and a 44th of one of 512. Neither A's
/// rows nor B's strip stay in L1, whatever the depth; both come from L2 as fast as they are needed (docs/design/matmul.md).
template <class T>
inline constexpr index_t block_depth = is_floating_v<T> ? 520 : 256;

/// The same bytes as pairs of bfloat16: on the dot instruction, a sum passes twice the roundings of a float's block.
inline constexpr index_t bf16_pair_depth = 2 * block_depth<float>;

/// Depth that cuts k into equal blocks of at most `most`, a multiple of 8: k = 528 -> 264 + 264, never 520 + 8. Nor a multiple of
/// 64 where another one fits: strips of packed B would lie powers of two apart, and all be written to one set of L1 (packing
/// 1024^3 f64: 2.8 instead of 1.2 % of the time).
TENFOLD_INLINE constexpr index_t balanced_depth(index_t k, index_t most) noexcept {
    if (k <= most) return k;
    const index_t blocks = ceil_divide(k, most);
    const index_t depth = round_up(ceil_divide(k, blocks), 8);
    const index_t deeper = depth + 8;  // what it leaves to the last block should still be one
    return depth % 64 == 0 && deeper <= most && k - (blocks - 1) * deeper >= depth / 2 ? deeper : depth;
}
template <class T>
TENFOLD_INLINE constexpr index_t balanced_depth(index_t k) noexcept {
    return balanced_depth(k, block_depth<T>);
}

/// Bytes of B, one depth of it, that rows of A stream past. More than an L2, so that A is copied less often: the panels
/// come from L3 fast enough (a 14 x 32 tile reads 4.6 bytes per cycle). 1024^3 f64 on a Zen 4 core: 1.5 MiB 52.3, 3 MiB 53.3,
/// 4.5 MiB 54.3 GFLOP/s; f32 1000^3 in two blocks of columns 105, in one 109. Columns and rows of a block do not touch the order of sums.
inline constexpr index_t packed_block_bytes = 4608 * 1024;

/// Bytes of B packed at a time, all depths: keeps scratch bounded for huge k.
inline constexpr index_t packed_total_bytes = 32 * 1024 * 1024;

/// Rows up to which a B stored (n, k) is multiplied as it is: above, transposing its panels once costs less than 10 loads
/// per 24 multiply-adds do (f32, n = k = 1000: 128 rows 107 as it is or transposed, 180 rows 95 against 105 GFLOP/s).
inline constexpr index_t dot_rows_limit = 128;

/// Multiply-adds that pay for one more thread: some 5 us at 60 of them per nanosecond.
inline constexpr index_t multiply_adds_per_worker = 300'000;
TENFOLD_END
