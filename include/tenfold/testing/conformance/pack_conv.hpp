// SPDX-License-Identifier: Apache-2.0
// Conformance of pack_conv and of conv with packed weights: the reference's results on integer data, after w is gone. [floor 6]
#pragma once

#include <tenfold/op/pack_conv.hpp>
#include <tenfold/testing/conformance/conv.hpp>  // draw_conv, problem_of

TENFOLD_BEGIN
namespace testing {
template <class T, class W, class Backend>
void check_packed_conv(const Backend& where, conformance_report& report, generator& random, const conv_case<4>& c) {
    using Out = accumulator_t<T>;
    arranged<T, 4> x(random, c.x, draw_input_arrangement(random));
    arranged<W, 4> w(random, c.w, draw_input_arrangement(random));
    const arrangement how = draw_output_arrangement(random);
    generator twin = random;  // the same strides for both results
    arranged<Out, 4> computed(random, c.y, how);
    arranged<Out, 4> expected(twin, c.y, how);
    const index_t magnitude = exact_magnitude<T, Out>(c.terms());
    fill_integers(x.view(), random, magnitude);
    fill_integers(w.view(), random, magnitude);
    const auto describe = [&] { return problem_of<T, Out>(c) + " w packed of " + dtype_traits<W>::name + ", y " + name_of(how); };

    const status r = conv(std::nothrow, reference{}, x, w, expected, c.options);
    packed_weights<W, 4> packed;
    const status p = pack_conv(std::nothrow, where, w, packed, c.options);
    report.check(packed.extents() == c.w, [&] { return describe() + ": extents " + tuple(packed.extents()); });
    report.check(w.gaps_intact(), [&] { return describe() + ": wrote into w's buffer"; });
    fill_integers(w.view(), random,
                  magnitude);  // what is packed refers to nothing
    const status s = p.ok() ? conv(std::nothrow, where, x, packed, computed, c.options) : p;
    if (!report.check(s.ok() && r.ok(), [&] { return describe() + ": " + std::string(s.ok() ? r.message() : s.message()); })) return;
    report.check(compare_exact(computed.view(), expected.view()), std::string("pack_conv ") + dtype_traits<W>::name, describe);
    report.check(computed.gaps_intact() && x.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
}

template <class Backend, class T>
void conformance_pack_conv(const Backend& where, conformance_report& report) {
    static constexpr conv_kind kinds[] = {conv_kind::dense, conv_kind::deep, conv_kind::grouped, conv_kind::depthwise,
                                          conv_kind::pointwise};
    using other = std::conditional_t<sizeof(T) == 1, std::conditional_t<std::is_signed_v<T>, std::uint8_t, std::int8_t>, T>;
    generator random(report.seed());
    for (int round = 0; round < 30; ++round) check_packed_conv<T, other>(where, report, random, draw_conv<4>(random, random.pick(kinds)));
}
}  // namespace testing
TENFOLD_END
