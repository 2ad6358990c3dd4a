// SPDX-License-Identifier: Apache-2.0
// Conformance of cumulative_sum: exact on integers, within the bound of a chunked sum on random data.       [floor 6]
#pragma once

#include <tenfold/core/numerics.hpp>
#include <tenfold/kernel/reference/scan.hpp>
#include <tenfold/op/scan.hpp>
#include <tenfold/testing/conformance/report.hpp>
#include <tenfold/testing/data.hpp>

TENFOLD_BEGIN
namespace testing {
template <class T, class Y, class Backend>
void check_scan(const Backend& where, conformance_report& report, generator& random, const index_array<3>& extents, bool integers) {
    const index_t axis = random.between(-3, 2);
    arranged<T, 3> x(random, extents, draw_input_arrangement(random));
    arranged<Y, 3> y(random, extents, draw_output_arrangement(random));
    if (integers) {
        fill_integers(x.view(), random, is_floating_v<T> ? 1 : 1000);
    } else {
        fill_random(x.view(), random, random.pick(all_distributions));
    }
    const status s = cumulative_sum(std::nothrow, where, x, axis, y);
    const auto describe = [&] {
        return std::string("cumulative_sum:") + dtype_traits<T>::name + "->" + dtype_traits<Y>::name + " " + tuple(extents) + " axis " +
               number(axis) + " " + std::string(s.message());
    };
    if (!report.check(s.ok(), describe)) return;
    if (integers) {
        tensor<Y, 3> expected(extents);
        const status r = cumulative_sum(std::nothrow, reference{}, x, axis, expected);
        if (report.check(r.ok(), describe))
            report.check(compare_exact(y.view(), expected.view()), std::string("scan exact ") + dtype_traits<T>::name, describe);
    } else if constexpr (is_floating_v<T>) {
        const auto wide = materialised_as<double>(x.view());
        auto magnitude = materialised_as<double>(x.view());
        for (index_t i = 0; i < magnitude.size(); ++i) magnitude.data()[i] = std::abs(magnitude.data()[i]);
        tensor<double, 3> expected(extents);
        tensor<double, 3> sums(extents);
        const status r = cumulative_sum(std::nothrow, reference{}, wide, axis, expected);
        const status m = cumulative_sum(std::nothrow, reference{}, magnitude, axis, sums);
        report.check(r.ok() && m.ok(), describe);
        const index_t n = extents[static_cast<std::size_t>(axis < 0 ? axis + 3 : axis)];
        constexpr rounding r1 = rounding_of<sum_type_t<T>, Y>();
        const auto bound = [&](const index_array<3>& at) { return sum_bound(2 * n + 2, r1, sums.view()(at), expected.view()(at)); };
        report.check(compare_bounded(y.view(), expected.view(), bound), std::string("scan ") + dtype_traits<T>::name, describe);
    }
    report.check(y.gaps_intact() && x.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
}

template <class Backend, class T>
void conformance_scan(const Backend& where, conformance_report& report) {
    generator random(report.seed());
    for (int round = 0; round < 40; ++round) {
        index_array<3> extents{draw_extent(random, 9), draw_extent(random, 9), draw_extent(random, 9)};
        extents[static_cast<std::size_t>(random.below(3))] = draw_extent(random, 257);
        if (round % 8 == 0) extents = {round % 16 == 0 ? 1 : 9, random.between(1, 2), random.between(1025, 4000)};  // several chunks
        check_scan<T, typename sum_reducer::result<T>>(where, report, random, extents, true);
        if constexpr (is_floating_v<T>) {
            check_scan<T, T>(where, report, random, extents, false);
            if constexpr (sizeof(T) == 2) check_scan<T, float>(where, report, random, extents, false);
        } else {
            check_scan<T, T>(where, report, random, extents, true);
        }
    }
}
}  // namespace testing
TENFOLD_END
