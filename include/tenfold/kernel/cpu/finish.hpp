// SPDX-License-Identifier: Apache-2.0
// finish_block: finished sums -> alpha, old c, epilogue, conversion, strided store. Once per element.       [floor 4]
#pragma once

#include <tenfold/core/dtype.hpp>
#include <tenfold/kernel/reference/element.hpp>  // narrow: one definition of rounding

#include <tuple>

TENFOLD_BEGIN
/// Where and how a block of sums is stored. `index` holds the indices of the block; two axes are filled per element.
template <class C, std::size_t Rank, class Epilogue>
struct finish_context {
    C* c;
    index_t row, column;  // steps of c along the block's rows and columns, elements
    double alpha, beta;
    const Epilogue* epilogue;
    index_array<Rank> index;
};

/// alpha * sum + beta * old in the accumulator type; modulo 2^32 for integers.
template <class Accumulator, class Sum, class C>
TENFOLD_INLINE Accumulator scaled_sum(Sum sum, double alpha, double beta, const C& old) noexcept {
    if constexpr (is_floating_v<Accumulator>) {
        auto value = static_cast<Accumulator>(sum);
        if (alpha != 1) value = static_cast<Accumulator>(alpha) * value;
        if (beta != 0) value += static_cast<Accumulator>(beta) * static_cast<Accumulator>(old);
        return value;
    } else {
        auto value = static_cast<std::uint32_t>(static_cast<std::int64_t>(alpha)) * static_cast<std::uint32_t>(sum);
        if (beta != 0) value += static_cast<std::uint32_t>(static_cast<std::int64_t>(beta)) * static_cast<std::uint32_t>(static_cast<std::int64_t>(old));
        return static_cast<Accumulator>(value);
    }
}

/// Rows of the block run along RowAxis of c, its columns along ColumnAxis.
template <std::size_t RowAxis, std::size_t ColumnAxis, class Sum, class Accumulator, class C, std::size_t Rank, class Epilogue>
void finish_block(const void* context, const Sum* block, index_t pitch, index_t i, index_t j, index_t rows, index_t columns) {
    const auto& x = *static_cast<const finish_context<C, Rank, Epilogue>*>(context);
    index_array<Rank> index = x.index;
    for (index_t r = 0; r < rows; ++r) {
        for (index_t s = 0; s < columns; ++s) {
            index[RowAxis] = i + r;
            index[ColumnAxis] = j + s;
            C& out = x.c[index[RowAxis] * x.row + index[ColumnAxis] * x.column];
            const Accumulator value = scaled_sum<Accumulator>(block[r * pitch + s], x.alpha, x.beta, out);
            out = narrow<C>(std::apply([&](auto... at) { return (*x.epilogue)(value, at...); }, index));
        }
    }
}
TENFOLD_END
