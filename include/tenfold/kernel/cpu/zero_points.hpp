// SPDX-License-Identifier: Apache-2.0
// What zero points add to the sums of an 8-bit product: one term per row and one per column.                [floor 4]
//
//     sum (a - za)(b - zb) = sum a b  - zb sum_p a(i, p)  - za sum_p b(p, j) + k za zb
#pragma once

#include <tenfold/kernel/cpu/body/byte_sums.hpp>
#include <tenfold/kernel/cpu/gemm_problem.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>

TENFOLD_BEGIN
struct zero_points {
    std::int32_t a, b;  // of the left and of the right operand
    [[nodiscard]] bool any() const noexcept { return (a | b) != 0; }
};

/// Terms of the rows, then those of the columns, each beginning on a cache line.
TENFOLD_INLINE constexpr index_t row_term_bytes(index_t m) noexcept { return round_up(4 * m, 64); }
TENFOLD_INLINE constexpr index_t zero_point_bytes(index_t m, index_t n) noexcept { return row_term_bytes(m) + round_up(4 * n, 64); }

/// Lines of one operand, shared among workers.
template <class T>
void sum_lines(const cpu& where, int isa, int workers, const byte_sum_arguments<T>& all) {
    if (all.factor == 0) {
        for (index_t line = 0; line < all.lines; ++line) all.terms[line] = all.constant;
        return;
    }
    constexpr index_t piece = 256;
    parallel_for_items(where, all.lines * all.elements < 1 << 20 ? 1 : workers, ceil_divide(all.lines, piece), [&](int, index_t item) {
        byte_sum_arguments<T> part = all;
        part.source += item * piece * all.line_step;
        part.terms += item * piece;
        part.lines = (std::min)(piece, all.lines - item * piece);
        dispatch<byte_sums<T>>(isa, &part);
    });
}

/// `memory`: zero_point_bytes(m, n), 64-byte aligned. `column_sums`: of B, if they are known.
template <class A, class B>
void fill_zero_point_terms(const cpu& where, int isa, int workers, const gemm_problem<A, B>& x, const zero_points& z,
                           const std::uint32_t* column_sums, unsigned char* memory) {
    const auto minus_a = 0u - static_cast<std::uint32_t>(z.a);
    const auto minus_b = 0u - static_cast<std::uint32_t>(z.b);
    std::uint32_t* const rows = reinterpret_cast<std::uint32_t*>(memory);
    std::uint32_t* const columns = reinterpret_cast<std::uint32_t*>(memory + row_term_bytes(x.m));
    sum_lines(where, isa, workers, byte_sum_arguments<A>{x.a, x.a_row, x.a_k, x.m, x.k, rows, minus_b, 0});
    const std::uint32_t constant = static_cast<std::uint32_t>(x.k) * minus_a * minus_b;
    if (column_sums != nullptr) {
        for (index_t j = 0; j < x.n; ++j) columns[j] = constant + minus_a * column_sums[j];
        return;
    }
    sum_lines(where, isa, workers, byte_sum_arguments<B>{x.b, x.b_column, x.b_k, x.n, x.k, columns, minus_a, constant});
}
TENFOLD_END
