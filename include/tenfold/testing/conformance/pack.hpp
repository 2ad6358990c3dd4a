// SPDX-License-Identifier: Apache-2.0
// Conformance of pack and of matmul with a packed b: the reference's results on integer data, after b is gone. [floor 6]
#pragma once

#include <tenfold/kernel/reference/matmul.hpp>
#include <tenfold/op/pack.hpp>
#include <tenfold/testing/conformance/matmul.hpp>  // problem_of, index_epilogue

TENFOLD_BEGIN
namespace testing {
/// One product with b packed, against the reference with b as it was.
template <class A, class B, class Out, class Backend>
void check_packed_case(const Backend& where, conformance_report& report, generator& random, const matmul_case& x) {
    arranged<A, 3> a(random, {random.chance(0.3) ? 1 : x.batch_inner, x.m, x.k}, draw_input_arrangement(random));
    arranged<B, 2> b(random, {x.k, x.n}, draw_input_arrangement(random));
    const arrangement how = draw_output_arrangement(random);
    generator twin = random;
    arranged<Out, 3> computed(random, {x.batch_inner, x.m, x.n}, how);
    arranged<Out, 3> expected(twin, {x.batch_inner, x.m, x.n}, how);
    const index_t magnitude = exact_magnitude<A, accumulator_t<A>>(x.k);
    fill_integers(a.view(), random, magnitude);
    fill_integers(b.view(), random, magnitude);
    generator old = random;
    fill_integers(computed.view(), random, 31);
    fill_integers(expected.view(), old, 31);
    const auto describe = [&] { return problem_of<A, Out>(x) + " b packed of " + dtype_traits<B>::name + ", c " + name_of(how); };

    packed_matrix<B> packed;
    const bool functor = random.chance(0.4);
    const auto multiply = [&](const auto& on, const auto& right, auto& c) {
        return functor ? matmul(std::nothrow, on, a, right, c, x.options, index_epilogue{})
                       : matmul(std::nothrow, on, a, right, c, x.options);
    };
    const status r = multiply(reference{}, b, expected);
    const status p = pack<A>(std::nothrow, where, b, packed);
    report.check(packed.extents() == index_array<2>{x.k, x.n}, [&] { return describe() + ": extents " + tuple(packed.extents()); });
    report.check(b.gaps_intact(), [&] { return describe() + ": wrote into b's buffer"; });
    fill_integers(b.view(), random, magnitude);  // the panels refer to nothing
    const status s = p.ok() ? multiply(where, packed, computed) : p;
    if (!report.check(s.ok() && r.ok(), [&] { return describe() + ": " + std::string(s.ok() ? r.message() : s.message()); })) return;
    report.check(compare_exact(computed.view(), expected.view()), std::string("pack ") + dtype_traits<B>::name, describe);
    report.check(computed.gaps_intact() && a.gaps_intact(), [&] { return describe() + ": wrote outside of c"; });
}

template <class A, class B, class Out, class Backend>
void conformance_pack_typed(const Backend& where, conformance_report& report) {
    static constexpr double scales[] = {1, 1, 1, 0, -1, 2};
    generator random(report.seed());
    for (int round = 0; round < 60; ++round) {
        matmul_case x{1, random.between(1, 3), 1, 1, 1, {}};
        const index_t longest = random.below(3);
        x.m = draw_extent(random, longest == 0 ? 131 : 33);
        x.n = draw_extent(random, longest == 1 ? 129 : 49);
        x.k = draw_extent(random, longest == 2 ? 257 : 17);
        x.options.alpha = random.pick(scales);
        x.options.beta = random.chance(0.5) ? 0 : random.pick(scales);
        check_packed_case<A, B, Out>(where, report, random, x);
    }
    // Several blocks of k; few rows and many; shared among threads.
    for (const index_t m : {1, 3, 17, 150}) check_packed_case<A, B, Out>(where, report, random, {1, 1, m, 67, 1031, {}});
    check_packed_case<A, B, Out>(where, report, random, {1, 13, 53, 37, 31, {.alpha = 1, .beta = 1}});
}

template <class Backend, class T>
void conformance_pack(const Backend& where, conformance_report& report) {
    conformance_pack_typed<T, T, accumulator_t<T>>(where, report);
    if constexpr (sizeof(T) == 1) {
        using other = std::conditional_t<std::is_signed_v<T>, std::uint8_t, std::int8_t>;
        conformance_pack_typed<other, T, std::int32_t>(where, report);
    }
}
}  // namespace testing
TENFOLD_END
