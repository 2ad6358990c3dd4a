// SPDX-License-Identifier: Apache-2.0
// How a tile wants its operands: the unit it multiplies, and the copies that turn elements into units.      [floor 4]
//
// A unit is what one lane takes per step: an element widened to the tile's type, or a group of 2 or 4 narrow elements for
// dot instructions. Panels of units look the same to the driver, whatever is in them.
#pragma once

#include <tenfold/kernel/cpu/blocking.hpp>
#include <tenfold/kernel/cpu/body/pack_panel.hpp>
#include <tenfold/kernel/cpu/dot_tiles.hpp>
#include <tenfold/kernel/cpu/gemm_tiles.hpp>

#include <algorithm>  // min

TENFOLD_BEGIN
/// Packs line by line; lines that are neighbours in memory are read along memory.
template <class From, class To>
TENFOLD_INLINE void pack(int isa, const pack_arguments<From, To>& x) noexcept {
    if (x.line_step == 1 && x.element_step != 1 && x.lines > 1) {
        dispatch<pack_transposed<From, To>>(isa, &x);
    } else {
        dispatch<pack_lines<From, To>>(isa, &x);
    }
}

/// Where the panel of depth d that begins with column j lies, among panels of `columns` in all, k being cut into blocks of `depth`:
/// (depths, strips, units of a depth, columns of a strip).
template <class Format>
TENFOLD_INLINE index_t panel_offset(index_t k, index_t depth, index_t columns, index_t d, index_t j) noexcept {
    return Format::units(depth) * d * columns + j * Format::units((std::min)(depth, k - d * depth));
}

/// Elements as they are, or widened: for every type on every instruction set.
template <class A, class B>
struct widened_format {
    using unit = tile_type<A>;
    using sum = unit;  // what the tile accumulates
    /// What a packed matrix holds. Narrow elements stay narrow and are widened strip by strip; half, whose conversion takes longer
    /// than reading floats does (3 against 8 per nanosecond on a Zen 4 core), is widened once.
    using stored = std::conditional_t<sizeof(B) == sizeof(unit) || std::is_same_v<B, half>, unit, B>;

    static constexpr bool multiplies = true;  // these types
    static bool runs(int) noexcept { return true; }

    static constexpr index_t group = 1;  // elements of k in a unit
    /// Units of a row of a panel for `depth` elements.
    static constexpr index_t units(index_t depth) noexcept { return depth; }
    /// Depth of the blocks that k is cut into, for tiles and for dot tiles: those sum k / 16 products per lane, so 4096 of
    /// them err less than a block of 520 in one lane.
    static index_t depth(index_t k) noexcept { return balanced_depth<A>(k); }
    static constexpr index_t most_dot_rows = dot_rows_limit;
    static constexpr index_t most_axpy_rows = 4;
    static index_t dot_depth(index_t k) noexcept { return is_floating_v<A> ? (std::min)(k, index_t{4096}) : balanced_depth<A>(k); }
    static const tile_set<unit, sum>& tiles(int isa) noexcept { return tiles_of<unit>(isa); }
    static const dot_set<B, unit, sum>& dots(int isa) noexcept { return isa_constant<dot_set_of<generic_dot<B, unit>>>(isa); }

    /// (rows, depth) of A -> rows of units, `pitch` apart.
    static void pack_a(int isa, const A* a, index_t row, index_t step, index_t rows, index_t depth, unit* target, index_t pitch) noexcept {
        pack(isa, pack_arguments<A, unit>{a, row, step, rows, depth, target, pitch, rows, depth});
    }
    /// (depth, columns) of B -> a panel `width` >= columns wide, zeros beyond.
    static void pack_strip(int isa, const B* b, index_t step, index_t column, index_t depth, index_t columns, unit* target,
                           index_t width) noexcept {
        pack(isa, pack_arguments<B, unit>{b, step, column, depth, columns, target, width, depth, width});
    }
    /// `strips` full panels at once, from rows [first, first + rows) of a row-contiguous B of `depth` rows.
    static void pack_strips(int isa, const B* b, index_t step, index_t first, index_t rows, index_t depth, index_t strips, index_t width,
                            unit* target) noexcept {
        const cut_arguments<B, unit> x{b + first * step, step, rows, strips, width, target + first * width, depth * width};
        dispatch<cut_rows<B, unit>>(isa, &x);
    }
};
TENFOLD_END
