// SPDX-License-Identifier: Apache-2.0
// finish_rows: the store of finished sums as vector code, for epilogues that return numbers.            [floor 4]
//
// A strip of a row is worked on step by step, in a local array where types differ or sums are scaled: scale, epilogue functor
// by functor, convert, store. Every loop may work in place.
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>
#include <tenfold/kernel/cpu/body/epilogue_strip.hpp>
#include <tenfold/kernel/reference/element.hpp>  // stored: one definition of rounding
#include <tenfold/op/functor/epilogue.hpp>

#include <utility>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Where and how a block of sums is stored. Its rows run along row_axis of c, its columns along column_axis; `index` holds
/// the indices of the other axes. The axes are values and not types: an epilogue is compiled once per instruction set.
template <class C, std::size_t Rank, class Epilogue>
struct finish_context {
    C* c;
    std::size_t row_axis, column_axis;
    index_t row, column;  // steps of c along the block's rows and columns, elements
    double alpha, beta;
    const Epilogue* epilogue;
    index_array<Rank> index;
    int isa;
    const std::uint32_t* row_terms = nullptr;     // of zero points: added to integer sums, one per row of the product
    const std::uint32_t* column_terms = nullptr;  // and one per column
};

/// alpha * sum + beta * old in the accumulator type; modulo 2^32 for integers.
template <class Accumulator>
struct sum_scale {
    using Factor = std::conditional_t<is_floating_v<Accumulator>, Accumulator, std::uint32_t>;
    Factor alpha, beta;

    TENFOLD_INLINE sum_scale(double a, double b) noexcept : alpha(factor(a)), beta(factor(b)) {}
    template <class Value>
    TENFOLD_INLINE static Factor factor(Value x) noexcept {
        if constexpr (is_floating_v<Accumulator>) {
            return static_cast<Factor>(x);
        } else {
            return static_cast<Factor>(static_cast<std::int64_t>(x));
        }
    }
    template <class Sum>
    TENFOLD_INLINE Accumulator operator()(Sum sum_of_products) const noexcept {
        return static_cast<Accumulator>(alpha * static_cast<Factor>(sum_of_products));
    }
    template <class C>
    TENFOLD_INLINE Accumulator with_old(Accumulator value, const C& old) const noexcept {
        return static_cast<Accumulator>(static_cast<Factor>(value) + beta * factor(old));
    }
};

template <class Sum, class C, std::size_t Rank, class Epilogue>
struct finish_arguments {
    const finish_context<C, Rank, Epilogue>* context;
    const Sum* block;
    index_t pitch;          // elements between rows of the block
    index_t i, j;           // of c, of the block's first element
    index_t rows, columns;
};

/// What a user wrote may throw, and rounds as it does elsewhere; so do functors that follow each other in a register: a scale and
/// a bias are two roundings.
template <class Epilogue>
inline constexpr bool rounds_alone = !std::is_base_of_v<epilogue_tag, Epilogue>;
template <class Inner, class Outer>
inline constexpr bool rounds_alone<joined_epilogue<Inner, Outer>> = true;

template <class Sum, class Accumulator, class C, std::size_t Rank, class Epilogue>
struct finish_rows {
    static constexpr bool runs_functors = rounds_alone<Epilogue>;

    template <class Isa>
    TENFOLD_BODY static void run(const finish_arguments<Sum, C, Rank, Epilogue>* arguments) {
        TENFOLD_STRICT
        const auto& a = *arguments;
        const auto& x = *a.context;
        constexpr index_t longest = longest_strip;
        using Result = epilogue_result_t<Epilogue, Accumulator, Rank>;
        if constexpr (std::is_same_v<Sum, C> && std::is_same_v<Accumulator, C> && std::is_same_v<Result, C> &&
                      !std::is_same_v<Epilogue, identity>) {  // plain products have no finish
            if (x.alpha == 1 && x.beta == 0 && x.column == 1) {
                apply_where_they_are(a);
                return;
            }
        }
        const sum_scale<Accumulator> scale(x.alpha, x.beta);
        for (index_t r = 0; r < a.rows; ++r) {
            const index_t row = a.i + r;
            for (index_t first = 0; first < a.columns; first += longest) {
                const index_t count = a.columns - first < longest ? a.columns - first : longest;
                const index_t column = a.j + first;
                const Sum* const sums = a.block + r * a.pitch + first;
                C* const c = x.c + row * x.row + column * x.column;
                Accumulator values[std::size_t{longest}];
                bool plain = true;
                if constexpr (std::is_same_v<Sum, std::uint32_t>) plain = x.column_terms == nullptr;
                if (plain) {
                    for (index_t s = 0; s < count; ++s) values[s] = scale(sums[s]);
                } else if constexpr (std::is_same_v<Sum, std::uint32_t>) {
                    for (index_t s = 0; s < count; ++s) values[s] = scale(sums[s] + x.row_terms[row] + x.column_terms[column + s]);
                }
                if (x.beta != 0) {
                    for (index_t s = 0; s < count; ++s) values[s] = scale.with_old(values[s], c[s * x.column]);
                }
                output_strip<Rank> strip{x.index, x.column_axis};
                strip.index[x.row_axis] = row;
                strip.index[x.column_axis] = column;
                if constexpr (std::is_same_v<Result, Accumulator>) {
                    apply_strip(*x.epilogue, static_cast<const Accumulator*>(values), values, strip, count);
                    store_strip(values, c, x.column, count);
                } else {
                    Result results[std::size_t{longest}];
                    apply_strip(*x.epilogue, static_cast<const Accumulator*>(values), results, strip, count);
                    store_strip(results, c, x.column, count);
                }
            }
        }
    }

private:
    /// The sums are the values, and may be the outputs: nothing passes through a local array.
    TENFOLD_BODY static void apply_where_they_are(const finish_arguments<Sum, C, Rank, Epilogue>& a) {
        TENFOLD_STRICT
        const auto& x = *a.context;
        output_strip<Rank> strip{x.index, x.column_axis};
        strip.index[x.column_axis] = a.j;
        for (index_t r = 0; r < a.rows; ++r) {
            strip.index[x.row_axis] = a.i + r;
            apply_strip(*x.epilogue, a.block + r * a.pitch, x.c + (a.i + r) * x.row + a.j, strip, a.columns);
        }
    }
    template <class Value>
    TENFOLD_BODY static void store_strip(const Value* values, C* c, index_t step, index_t count) noexcept {
        TENFOLD_STRICT
        if (step == 1) {
            for (index_t s = 0; s < count; ++s) c[s] = store_as(values[s]);
        } else {
            for (index_t s = 0; s < count; ++s) c[s * step] = store_as(values[s]);
        }
    }
    template <class Value>
    TENFOLD_BODY static C store_as(Value value) noexcept {
        if constexpr (std::is_same_v<Value, float> && is_floating_v<C>) {
            return convert_element<C>(value);
        } else {
            return stored<C>(value);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
