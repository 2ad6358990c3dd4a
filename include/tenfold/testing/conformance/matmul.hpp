// SPDX-License-Identifier: Apache-2.0
// Conformance of matmul: exact on integer data, within the proved bound on random data, over shapes and strides. [floor 6]
#pragma once

#include <tenfold/core/numerics.hpp>
#include <tenfold/kernel/reference/matmul.hpp>
#include <tenfold/op/matmul.hpp>
#include <tenfold/testing/conformance/report.hpp>
#include <tenfold/testing/data.hpp>

TENFOLD_BEGIN
namespace testing {
/// What each element of c <- alpha a b + beta c should be, and by how much it may be off. `result` and `bound` are
/// computed by the reference in double; the bound holds for sums in any order (chain = k) and, for double itself, allows
/// for the oracle's own error too.
template <std::size_t Rank>
struct matmul_oracle {
    tensor<double, Rank> result;
    tensor<double, Rank> bound;
};
template <class Out, class T, std::size_t Rank, class A, class B, class C>
matmul_oracle<Rank> make_matmul_oracle(const A& a, const B& b, tensor_view<C, Rank> old, const matmul_options& options) {
    const auto magnitude_of = [](const auto& x) {
        auto copy = materialised_as<double>(input_view(x));
        for (index_t i = 0; i < copy.size(); ++i) copy.data()[i] = std::abs(copy.data()[i]);
        return copy;
    };
    const index_t k = a.view().extent(rank_of<A> - 1);
    matmul_oracle<Rank> oracle{tensor<double, Rank>(old.extents()), tensor<double, Rank>(old.extents())};
    if (options.beta != 0) oracle.result = materialised_as<double>(old);
    matmul(reference{}, materialised_as<double>(input_view(a)), materialised_as<double>(input_view(b)), oracle.result, options);
    matmul(reference{}, magnitude_of(a), magnitude_of(b), oracle.bound, {.alpha = std::abs(options.alpha)});
    constexpr rounding r = rounding_of<accumulator_t<T>, Out>();
    constexpr rounding r64 = rounding_of<double, double>();
    for_each_index(old.extents(), [&](const index_array<Rank>& index) {
        double& bound = oracle.bound.view()(index);
        const double c0 = options.beta != 0 ? std::abs(options.beta * as_double(old(index))) : 0;
        const double result = oracle.result.view()(index);
        bound = matmul_bound(k, k, r, bound, c0, result) + matmul_bound(k, k, r64, bound, c0, 0);
    });
    return oracle;
}

/// One shape of a matmul: batch axes in front of m, n, k.
struct matmul_case {
    index_t batch_outer, batch_inner;  // of c; a and b may broadcast
    index_t m, n, k;
    matmul_options options;
};
template <class T, class Out>
std::string problem_of(const matmul_case& x) {
    return std::string("matmul:") + dtype_traits<T>::name + "->" + dtype_traits<Out>::name + ":b" + std::to_string(x.batch_outer) + "x" +
           std::to_string(x.batch_inner) + "m" + std::to_string(x.m) + "n" + std::to_string(x.n) + "k" + std::to_string(x.k) + " alpha " +
           number(x.options.alpha) + " beta " + number(x.options.beta) + " zero points " + std::to_string(x.options.a_zero_point) + ", " +
           std::to_string(x.options.b_zero_point);
}

/// The functor that conformance adds where an epilogue takes part: it depends on every index.
struct index_epilogue : epilogue_tag {
    template <class Value, class... Index>
    TENFOLD_ANYWHERE Value operator()(Value x, Index... index) const noexcept {
        index_t sum = 0;
        index_t weight = 1;
        ((sum += weight++ * index), ...);
        return static_cast<Value>(x + static_cast<Value>(sum % 7));
    }
};

/// Runs one case on `where` and on the reference with integer data, where every partial sum is exact: equal bits.
template <class T, class B, class Out, class Backend>
void check_matmul_exact(const Backend& where, conformance_report& report, generator& random, const matmul_case& x) {
    const bool broadcast_a = random.chance(0.3);
    const bool broadcast_b = random.chance(0.3);
    arranged<T, 4> a(random, {broadcast_a ? 1 : x.batch_outer, x.batch_inner, x.m, x.k}, draw_input_arrangement(random));
    arranged<B, 3> b(random, {broadcast_b ? 1 : x.batch_inner, x.k, x.n}, draw_input_arrangement(random));
    const arrangement how = draw_output_arrangement(random);
    generator twin = random;  // the same strides for both results
    arranged<Out, 4> computed(random, {x.batch_outer, x.batch_inner, x.m, x.n}, how);
    arranged<Out, 4> expected(twin, {x.batch_outer, x.batch_inner, x.m, x.n}, how);
    const index_t magnitude = exact_magnitude<T, accumulator_t<T>>(x.k);
    fill_integers(a.view(), random, magnitude);
    fill_integers(b.view(), random, magnitude);
    generator old = random;
    fill_integers(computed.view(), random, 31);
    fill_integers(expected.view(), old, 31);

    const auto compare = [&](const char* what, const auto& epilogue) {
        const status s = matmul(std::nothrow, where, a, b, computed, x.options, epilogue);
        const status r = matmul(std::nothrow, reference{}, a, b, expected, x.options, epilogue);
        const auto describe = [&] { return problem_of<T, Out>(x) + " " + what + ", c " + name_of(how); };
        if (!report.check(s.ok() && r.ok(), [&] { return describe() + ": " + std::string(s.ok() ? r.message() : s.message()); })) return;
        report.check(compare_exact(computed.view(), expected.view()), std::string("matmul ") + dtype_traits<T>::name + " exact", describe);
        report.check(computed.gaps_intact(), [&] { return describe() + ": wrote outside of c"; });
    };
    if (random.chance(0.6)) {
        compare("identity", identity{});
    } else {
        arranged<Out, 1> per_column(random, {x.n}, draw_input_arrangement(random));
        fill_integers(per_column.view(), random, 15);
        if constexpr (is_integer_v<accumulator_t<T>>) {
            compare("bias|relu", bias(per_column.view()) | relu{});
        } else {
            compare("bias|clamp|index", bias(per_column.view()) | clamp(-1000.0, 1000.0) | index_epilogue{});
        }
    }
    report.check(a.gaps_intact() && b.gaps_intact(), [&] { return problem_of<T, Out>(x) + ": wrote into an input's buffer"; });
}

/// Runs one case with random data: the error stays within the bound.
template <class T, class Out, class Backend>
void check_matmul_bounded(const Backend& where, conformance_report& report, generator& random, const matmul_case& x) {
    const distribution data = random.pick(all_distributions);
    arranged<T, 3> a(random, {x.batch_inner, x.m, x.k}, draw_input_arrangement(random));
    arranged<T, 2> b(random, {x.k, x.n}, draw_input_arrangement(random));
    arranged<Out, 3> c(random, {x.batch_inner, x.m, x.n}, draw_output_arrangement(random));
    fill_random(a.view(), random, data);
    fill_random(b.view(), random, data);
    fill_random(c.view(), random, data);
    const auto oracle = make_matmul_oracle<Out, T>(a, b, c.view(), x.options);
    const auto describe = [&] { return problem_of<T, Out>(x) + " data " + name_of(data); };
    const status s = matmul(std::nothrow, where, a, b, c, x.options);
    if (!report.check(s.ok(), [&] { return describe() + ": " + std::string(s.message()); })) return;
    report.check(compare_bounded(c.view(), oracle.result.view(), oracle.bound.view()), std::string("matmul ") + dtype_traits<T>::name,
                 describe);
    report.check(c.gaps_intact(), [&] { return describe() + ": wrote outside of c"; });
}

/// Any value of an 8-bit type, often 0 or an end of its range.
template <class T>
std::int32_t draw_zero_point(generator& random) {
    constexpr index_t low = std::is_signed_v<T> ? -128 : 0;
    if (random.chance(0.25)) return 0;
    if (random.chance(0.25)) return static_cast<std::int32_t>(random.chance(0.5) ? low : low + 255);
    return static_cast<std::int32_t>(random.between(low, low + 255));
}

template <class T, class B, class Out, class Backend>
void conformance_matmul_typed(const Backend& where, conformance_report& report) {
    static constexpr double scales[] = {1, 1, 1, 0, -1, 2};
    generator random(report.seed());
    for (int round = 0; round < 60; ++round) {
        const double half_or_three = is_integer_v<accumulator_t<T>> ? 3 : 0.5;
        matmul_case x{random.between(1, 2), random.between(1, 3), 1, 1, 1, {}};
        // One long axis at a time keeps the reference quick; every third round all are about as long as a tile.
        const index_t longest = random.below(3);
        x.m = draw_extent(random, longest == 0 ? 129 : 33);
        x.n = draw_extent(random, longest == 1 ? 129 : 49);
        x.k = draw_extent(random, longest == 2 ? 257 : 17);
        x.options.alpha = random.chance(0.2) ? half_or_three : random.pick(scales);
        x.options.beta = random.chance(0.2) ? half_or_three : random.chance(0.5) ? 0 : random.pick(scales);
        check_matmul_exact<T, B, Out>(where, report, random, x);
        if constexpr (sizeof(T) == 1) {
            x.options.a_zero_point = draw_zero_point<T>(random);
            x.options.b_zero_point = draw_zero_point<B>(random);
            check_matmul_exact<T, B, Out>(where, report, random, x);
        }
        if constexpr (is_floating_v<T>) check_matmul_bounded<T, Out>(where, report, random, x);
    }
    if constexpr (is_floating_v<T>) {
        // Deeper than a block of k on any machine; prime extents leave a remainder in every loop.
        for (const index_t k : {521, 1031}) check_matmul_bounded<T, Out>(where, report, random, {1, 1, 17, 37, k, {}});
        check_matmul_bounded<T, Out>(where, report, random, {1, 1, 150, 131, 67, {}});
    }
    // Few rows, or one column: b is read once. Several draws, since a form of its own needs b contiguous one way or the other.
    for (const index_t m : {1, 2, 3, 4, 5, 8, 9}) {
        for (int draw = 0; draw < 6; ++draw)
            check_matmul_exact<T, B, Out>(where, report, random, {1, 1, m, draw % 2 == 0 ? 259 + m : 37, 66 + m, {}});
    }
    for (int draw = 0; draw < 3; ++draw) check_matmul_exact<T, B, Out>(where, report, random, {1, 1, 131, 1, 133, {}});
    if constexpr (sizeof(T) == 1) {
        // Deeper than a block of any format, and past the words of four bytes; zero points with rows of either order.
        for (const index_t k : {1537, 3079}) check_matmul_exact<T, B, Out>(where, report, random, {1, 1, 17, 37, k, {}});
        for (int draw = 0; draw < 4; ++draw) {
            const matmul_options zeros{.a_zero_point = draw_zero_point<T>(random), .b_zero_point = draw_zero_point<B>(random)};
            check_matmul_exact<T, B, Out>(where, report, random, {1, 2, 9, 259, 131, zeros});
        }
    }
    // Large enough to be shared among threads: one product, and a batch of them.
    check_matmul_exact<T, B, Out>(where, report, random, {1, 1, 131, 150, 67, {}});
    check_matmul_exact<T, B, Out>(where, report, random, {2, 13, 53, 37, 31, {.alpha = 1, .beta = 1}});
}

/// All matmul cases of inputs of T: outputs of T and of the accumulator, mixed signs for 8-bit types.
template <class Backend, class T>
void conformance_matmul(const Backend& where, conformance_report& report) {
    using accumulator = accumulator_t<T>;
    conformance_matmul_typed<T, T, accumulator>(where, report);
    if constexpr (is_floating_v<T> && !std::is_same_v<T, accumulator>) conformance_matmul_typed<T, T, T>(where, report);
    if constexpr (sizeof(T) == 1) {
        using other = std::conditional_t<std::is_signed_v<T>, std::uint8_t, std::int8_t>;
        conformance_matmul_typed<T, other, std::int32_t>(where, report);
        conformance_matmul_typed<T, T, float>(where, report);
    }
}
}  // namespace testing
TENFOLD_END
