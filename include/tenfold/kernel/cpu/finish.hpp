// SPDX-License-Identifier: Apache-2.0
// finish_block: finished sums -> alpha, old c, epilogue, conversion, strided store. Once per element.       [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/finish_rows.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>

#include <tuple>

TENFOLD_BEGIN
/// A body works on strips of accumulators.
template <class Epilogue, class Accumulator, std::size_t... Axis>
consteval bool works_on_strips(std::index_sequence<Axis...>) noexcept {
    return std::is_arithmetic_v<std::invoke_result_t<const Epilogue&, Accumulator, typename index_of_axis<Axis>::type...>>;
}

template <class Sum, class Accumulator, class C, std::size_t Rank, class Epilogue>
void finish_block(const void* context, const Sum* block, index_t pitch, index_t i, index_t j, index_t rows, index_t columns) {
    const auto& x = *static_cast<const finish_context<C, Rank, Epilogue>*>(context);
    if constexpr (works_on_strips<Epilogue, Accumulator>(std::make_index_sequence<Rank>{})) {
        const finish_arguments<Sum, C, Rank, Epilogue> arguments{&x, block, pitch, i, j, rows, columns};
        dispatch<finish_rows<Sum, Accumulator, C, Rank, Epilogue>>(x.isa, &arguments);
    } else {
        const sum_scale<Accumulator> scale(x.alpha, x.beta);
        index_array<Rank> index = x.index;
        for (index_t r = 0; r < rows; ++r) {
            for (index_t s = 0; s < columns; ++s) {
                index[x.row_axis] = i + r;
                index[x.column_axis] = j + s;
                C& out = x.c[index[x.row_axis] * x.row + index[x.column_axis] * x.column];
                Sum sum = block[r * pitch + s];
                if constexpr (std::is_same_v<Sum, std::uint32_t>) {
                    if (x.column_terms != nullptr) sum += x.row_terms[i + r] + x.column_terms[j + s];
                }
                Accumulator value = scale(sum);
                if (x.beta != 0) value = scale.with_old(value, out);
                out = stored<C>(std::apply([&](auto... at) { return (*x.epilogue)(value, at...); }, index));
            }
        }
    }
}
TENFOLD_END
