// SPDX-License-Identifier: Apache-2.0
// finish_rows: the store of finished sums as vector code, for epilogues that return numbers.            [floor 4]
//
// A strip of a row is worked on step by step, in a local array where types differ or sums are scaled: scale, epilogue functor
// by functor, convert, store. Every loop may work in place.
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>
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

/// Outputs whose index varies along one axis: index[axis] + s for s < count.
template <std::size_t Rank>
struct output_strip {
    index_array<Rank> index;
    std::size_t axis;
    index_t count;
};

/// What an epilogue makes of a Value.
template <class Epilogue, class Value, std::size_t... Axis>
auto epilogue_result(std::index_sequence<Axis...>) -> std::invoke_result_t<const Epilogue&, Value, typename index_of_axis<Axis>::type...>;
template <class Epilogue, class Value, std::size_t Rank>
using epilogue_result_t = decltype(epilogue_result<Epilogue, Value>(std::make_index_sequence<Rank>{}));

inline constexpr index_t longest_strip = 256;

/// out[s] <- epilogue(in[s], index of s): step by step over the strip, so that each step is a loop of vectors. `out` may be `in`.
template <class Epilogue, class In, class Out, std::size_t Rank, std::size_t... Axis>
TENFOLD_BODY void apply_elements(const Epilogue& epilogue, const In* in, Out* out, const output_strip<Rank>& strip,
                                 std::index_sequence<Axis...>) {
    TENFOLD_STRICT
    const index_t first[] = {strip.index[Axis]...};
    const index_t step[] = {(Axis == strip.axis ? index_t{1} : index_t{0})...};
    TENFOLD_INDEPENDENT
    for (index_t s = 0; s < strip.count; ++s) out[s] = epilogue(in[s], (first[Axis] + s * step[Axis])...);
}
template <class Epilogue, class In, class Out, std::size_t Rank>
TENFOLD_BODY void apply_strip(const Epilogue& epilogue, const In* in, Out* out, const output_strip<Rank>& strip) {
    apply_elements(epilogue, in, out, strip, std::make_index_sequence<Rank>{});
}
/// A functor with an operand of its own: the operand's elements are `step` apart along the strip.
template <class In, class Out, class T, class Apply>
TENFOLD_BODY void apply_operand(const In* in, Out* out, const T* operand, index_t step, index_t count, const Apply& combine) noexcept {
    TENFOLD_STRICT
    if (step == 1) {
        TENFOLD_INDEPENDENT
        for (index_t s = 0; s < count; ++s) out[s] = combine(static_cast<Out>(in[s]), widen_element<Out>(operand[s]));
    } else if (step == 0) {
        const auto same = widen_element<Out>(*operand);
        TENFOLD_INDEPENDENT
        for (index_t s = 0; s < count; ++s) out[s] = combine(static_cast<Out>(in[s]), same);
    } else {
        TENFOLD_INDEPENDENT
        for (index_t s = 0; s < count; ++s) out[s] = combine(static_cast<Out>(in[s]), widen_element<Out>(operand[s * step]));
    }
}
template <class T, class Apply, class Space, class In, class Out, std::size_t Rank>
TENFOLD_BODY void apply_strip(const channel_functor<T, Apply, Space>& f, const In* in, Out* out, const output_strip<Rank>& strip) noexcept {
    const index_t step = f.values.extent(0) == 1 ? 0 : f.values.stride(0);
    apply_operand(in, out, f.values.data() + strip.index[f.axis] * step, f.axis == strip.axis ? step : 0, strip.count, Apply{});
}
template <class T, class Space, class In, class Out, std::size_t Rank>
TENFOLD_BODY void apply_strip(const add_functor<T, Rank, Space>& f, const In* in, Out* out, const output_strip<Rank>& strip) noexcept {
    const index_t step = f.residual.extent(strip.axis) == 1 ? 0 : f.residual.stride(strip.axis);
    apply_operand(in, out, &f.residual(strip.index), step, strip.count, add_channel{});
}
template <class Inner, class Outer, class In, class Out, std::size_t Rank>
TENFOLD_BODY void apply_strip(const joined_epilogue<Inner, Outer>& both, const In* in, Out* out, const output_strip<Rank>& strip) {
    using Middle = epilogue_result_t<Inner, In, Rank>;
    if constexpr (std::is_same_v<Middle, Out> && never_reads_output<Outer>) {  // what stands in out may be c, and wanted yet
        apply_strip(both.inner, in, out, strip);
        apply_strip(both.outer, static_cast<const Out*>(out), out, strip);
    } else {
        Middle middle[std::size_t{longest_strip}];
        apply_strip(both.inner, in, middle, strip);
        apply_strip(both.outer, static_cast<const Middle*>(middle), out, strip);
    }
}

template <class Sum, class C, std::size_t Rank, class Epilogue>
struct finish_arguments {
    const finish_context<C, Rank, Epilogue>* context;
    const Sum* block;
    index_t pitch;          // elements between rows of the block
    index_t i, j;           // of c, of the block's first element
    index_t rows, columns;
};

/// What a user wrote may throw, and rounds as it does elsewhere.
template <class Epilogue>
inline constexpr bool is_a_users = !std::is_base_of_v<epilogue_tag, Epilogue>;
template <class Inner, class Outer>
inline constexpr bool is_a_users<joined_epilogue<Inner, Outer>> = is_a_users<Inner> || is_a_users<Outer>;

template <class Sum, class Accumulator, class C, std::size_t Rank, class Epilogue>
struct finish_rows {
    static constexpr bool runs_functors = is_a_users<Epilogue>;

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
                output_strip<Rank> strip{x.index, x.column_axis, count};
                strip.index[x.row_axis] = row;
                strip.index[x.column_axis] = column;
                if constexpr (std::is_same_v<Result, Accumulator>) {
                    apply_strip(*x.epilogue, static_cast<const Accumulator*>(values), values, strip);
                    store_strip(values, c, x.column, count);
                } else {
                    Result results[std::size_t{longest}];
                    apply_strip(*x.epilogue, static_cast<const Accumulator*>(values), results, strip);
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
        output_strip<Rank> strip{x.index, x.column_axis, 0};
        for (index_t r = 0; r < a.rows; ++r) {
            strip.index[x.row_axis] = a.i + r;
            for (index_t first = 0; first < a.columns; first += strip.count) {
                strip.count = a.columns - first < longest_strip ? a.columns - first : longest_strip;
                strip.index[x.column_axis] = a.j + first;
                apply_strip(*x.epilogue, a.block + r * a.pitch + first, x.c + (a.i + r) * x.row + a.j + first, strip);
            }
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
