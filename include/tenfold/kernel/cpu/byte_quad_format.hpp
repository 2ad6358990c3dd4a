// SPDX-License-Identifier: Apache-2.0
// Groups of four bytes for the dot instruction of AVX512-VNNI: four times the rate of float, exact modulo 2^32. [floor 4]
//
// The instruction takes one unsigned and one signed operand. A is packed as it is, B in the other sign, toggled by 128 where
// both have the same:
//     s8 s8:  sum a b = sum a (b + 128) - 128 sum a        u8 u8:  sum a b = sum a (b - 128) + 128 sum a
// The last term, one per row of A and block, is packed behind the row; tiles start from it.
#pragma once

#include <tenfold/kernel/cpu/body/special/byte_dot_tile.hpp>
#include <tenfold/kernel/cpu/body/special/byte_quad_tile.hpp>
#include <tenfold/kernel/cpu/gemm_format.hpp>
#include <tenfold/kernel/cpu/grouped_operands.hpp>

TENFOLD_BEGIN
/// Tiles and dot tiles of quads, as kinds of gemm_tiles.hpp and dot_tiles.hpp.
template <bool UnsignedA>
struct byte_quad_tiles {
    using unit = std::uint32_t;
    using sum = std::uint32_t;
    template <int Rows, int Vectors, int Bytes>
    using body = byte_quad_tile<UnsignedA, Rows, Vectors, Bytes>;
};
template <class A, class B>
struct byte_quad_dots {
    using element = B;
    using unit = std::uint32_t;
    using sum = std::uint32_t;
    static constexpr bool has_wide_tiles = true;
    template <int Rows, int Columns>
    using body = byte_dot_tile<A, B, Rows, Columns>;
};

/// One of the operands of the instruction is signed and the other is not: B is toggled where both would be the same.
template <class A, class B>
inline constexpr bool bytes_toggle = std::is_signed_v<A> == std::is_signed_v<B>;

template <class A, class B>
struct byte_quad_format : grouped_operands<A, B, 4, (bytes_toggle<A, B> ? 0x80808080u : 0u)> {
    using operands = grouped_operands<A, B, 4, (bytes_toggle<A, B> ? 0x80808080u : 0u)>;
    using unit = std::uint32_t;
    using sum = std::uint32_t;
    using stored = unit;

    static constexpr bool multiplies = sizeof(A) == 1 && sizeof(B) == 1;
    static bool runs(int isa) noexcept { return isa_has(isa, isa_bits::avx512_vnni); }

    static constexpr std::uint32_t row_factor = !bytes_toggle<A, B> ? 0 : std::is_signed_v<A> ? 0u - 128u : 128u;

    /// The bytes of a float's block. A dot tile sums all of k: nothing is rounded.
    static index_t depth(index_t k) noexcept { return balanced_depth(k, 4 * block_depth<float>); }
    static constexpr index_t most_axpy_rows = 0;  // widening bytes takes longer than interleaving them
    static constexpr index_t most_dot_rows = 48;  // 3072 x 768: 234 against 220 GOP/s of tiles at m = 32, 239 against 276 at 64
    static index_t dot_depth(index_t k) noexcept { return k; }
    static const tile_set<unit, sum>& tiles(int) noexcept {
        static constexpr tile_set<unit, sum> set = tile_set_of<byte_quad_tiles<std::is_unsigned_v<A>>>::template of<avx512_vnni>();
        return set;
    }
    static const dot_set<B, unit, sum>& dots(int) noexcept {
        static constexpr dot_set<B, unit, sum> set = dot_set_of<byte_quad_dots<A, B>>::template of<avx512_vnni>();
        return set;
    }

    /// Behind each row, at target[line * pitch + units(depth)], stands what its accumulators start from.
    static void pack_a(int isa, const A* a, index_t row, index_t step, index_t rows, index_t depth, unit* target, index_t pitch) noexcept {
        operands::pack_a(isa, a, row, step, rows, depth, target, pitch);
        const word_row_arguments sums{target, pitch, rows, operands::units(depth), std::is_signed_v<A>, row_factor};
        dispatch<append_row_sums>(isa, &sums);
    }
};
TENFOLD_END
