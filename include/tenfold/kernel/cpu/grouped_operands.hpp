// SPDX-License-Identifier: Apache-2.0
// How formats of grouped elements copy their operands: the part that pairs and quads share.                 [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/pack_groups.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>

TENFOLD_BEGIN
/// Units of `Group` elements along k; those of B are toggled by `Flip`.
template <class A, class B, index_t Group, std::uint32_t Flip>
struct grouped_operands {
    using unit = std::uint32_t;

    static constexpr index_t group = Group;
    static constexpr index_t units(index_t depth) noexcept { return ceil_divide(depth, group); }

    static void pack_a(int isa, const A* a, index_t row, index_t step, index_t rows, index_t depth, unit* target, index_t pitch) noexcept {
        const group_arguments<A> x{a, row, step, rows, depth, target, pitch, rows, 0};
        dispatch<group_lines<A>>(isa, &x);
    }
    static void pack_strip(int isa, const B* b, index_t step, index_t column, index_t depth, index_t columns, unit* target,
                           index_t width) noexcept {
        const group_arguments<B> x{b, column, step, columns, depth, target, width, width, Flip};
        dispatch<group_columns<B>>(isa, &x);
    }
    static void pack_strips(int isa, const B* b, index_t step, index_t first, index_t rows, index_t depth, index_t strips, index_t width,
                            unit* target) noexcept {
        for (index_t s = 0; s < strips; ++s) {
            pack_strip(isa, b + first * step + s * width, step, 1, rows, width, target + (s * units(depth) + first / group) * width, width);
        }
    }
};
TENFOLD_END
