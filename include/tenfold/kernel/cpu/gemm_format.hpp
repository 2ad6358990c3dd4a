// SPDX-License-Identifier: Apache-2.0
// How a tile wants its operands: the unit it multiplies, and the copies that turn elements into units.      [floor 4]
//
// A unit is what one lane takes per step: an element widened to the tile's type, or a group of 2 or 4 narrow elements for
// dot instructions. Panels of units look the same to the driver, whatever is in them.
#pragma once

#include <tenfold/kernel/cpu/blocking.hpp>
#include <tenfold/kernel/cpu/body/pack_panel.hpp>
#include <tenfold/kernel/cpu/gemm_tiles.hpp>

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

/// Elements as they are, or widened: for every type on every instruction set.
template <class A, class B>
struct widened_format {
    using unit = tile_type<A>;
    using sum = unit;  // what the tile accumulates
    using stored = std::conditional_t<sizeof(B) == sizeof(unit), unit, B>;  // what a packed matrix holds: narrow elements stay narrow

    static constexpr bool a_is_unit = std::is_same_v<A, unit>;
    static constexpr bool b_is_unit = std::is_same_v<B, unit>;

    /// Units of a row of a panel for `depth` elements.
    static constexpr index_t units(index_t depth) noexcept { return depth; }
    static const tile_set<unit, sum>& tiles(int isa) noexcept { return tiles_of<unit>(isa); }

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
