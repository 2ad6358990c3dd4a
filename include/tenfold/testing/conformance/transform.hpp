// SPDX-License-Identifier: Apache-2.0
// Conformance of transform: one call per element, broadcasting, mixed types, in place.                     [floor 6]
#pragma once

#include <tenfold/kernel/reference/transform.hpp>
#include <tenfold/op/transform.hpp>
#include <tenfold/testing/conformance/report.hpp>
#include <tenfold/testing/data.hpp>

TENFOLD_BEGIN
namespace testing {
// Functors of the cases: types with a name and device functions, so that a GPU runs them too.
struct itself {
    template <class X>
    TENFOLD_ANYWHERE X operator()(X x) const noexcept {
        return x;
    }
};
struct plus {
    template <class X>
    TENFOLD_ANYWHERE auto operator()(X x, X y) const noexcept {
        return x + y;
    }
};
struct minus_float {
    template <class X>
    TENFOLD_ANYWHERE float operator()(X x, float y) const noexcept {
        return static_cast<float>(x) - y;
    }
};
struct times_plus {
    template <class X>
    TENFOLD_ANYWHERE double operator()(X x, X y, X z) const noexcept {
        return static_cast<double>(x) + static_cast<double>(y) * static_cast<double>(z);
    }
};
struct times_nine_halves {
    template <class X>
    TENFOLD_ANYWHERE float operator()(X x) const noexcept {
        return static_cast<float>(x) * 4.5f;
    }
};
struct third {
    template <class X>
    TENFOLD_ANYWHERE double operator()(X x) const noexcept {
        return static_cast<double>(x) / 3;
    }
};

/// Runs f on both backends; outputs of `Out` must be equal, bit for bit.
template <class Out, class Backend, std::size_t Rank, class F, class... X>
void check_transform(const Backend& where, conformance_report& report, generator& random, const index_array<Rank>& extents,
                     const char* what, const F& f, const X&... x) {
    const arrangement how = draw_output_arrangement(random);
    generator twin = random;
    arranged<Out, Rank> computed(random, extents, how);
    arranged<Out, Rank> expected(twin, extents, how);
    const auto describe = [&] {
        return std::string("transform ") + what + "->" + dtype_traits<Out>::name + " " + tuple(extents) + " y " + name_of(how);
    };
    const status s = transform(std::nothrow, where, f, x..., computed);
    const status r = transform(std::nothrow, reference{}, f, x..., expected);
    if (!report.check(s.ok() && r.ok(), [&] { return describe() + ": " + std::string(s.ok() ? r.message() : s.message()); })) return;
    report.check(compare_exact(computed.view(), expected.view()), std::string("transform ") + what, describe);
    report.check(computed.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
}

template <class Backend, class T>
void conformance_transform(const Backend& where, conformance_report& report) {
    generator random(report.seed());
    const char* const name = dtype_traits<T>::name;
    for (int round = 0; round < 60; ++round) {
        index_array<3> extents{random.between(0, 4), draw_extent(random, 33), draw_extent(random, 65)};
        if (round % 10 == 9) extents = {3, 97, 257};  // shared among threads
        arranged<T, 3> a(random, extents, draw_input_arrangement(random));
        arranged<T, 2> row(random, {random.chance(0.5) ? 1 : extents[1], extents[2]}, draw_input_arrangement(random));
        arranged<float, 3> column(random, {extents[0], extents[1], 1}, draw_input_arrangement(random));
        arranged<T, 0> scalar(random, {}, arrangement::row_major);
        fill_integers(a.view(), random, 31);
        fill_integers(row.view(), random, 31);
        fill_integers(column.view(), random, 31);
        fill_integers(scalar.view(), random, 31);
        check_transform<T>(where, report, random, extents, name, itself{}, a);
        check_transform<T>(where, report, random, extents, name, plus{}, a, row);
        check_transform<float>(where, report, random, extents, name, minus_float{}, a, column);
        check_transform<double>(where, report, random, extents, name, times_plus{}, a, row, scalar);
        // Stored as convert() does: rounded half to even, saturated.
        check_transform<std::int8_t>(where, report, random, extents, name, times_nine_halves{}, a);
        check_transform<half>(where, report, random, extents, name, third{}, a);

        arranged<T, 3> in_place(random, extents, draw_output_arrangement(random));
        fill_integers(in_place.view(), random, 31);
        const auto before = materialised(input_view(in_place));
        tensor<T, 3> expected(extents);
        const bool ran = transform(std::nothrow, where, plus{}, in_place, in_place, in_place).ok() &&
                         transform(std::nothrow, reference{}, plus{}, before, before, expected).ok();
        const auto describe = [&] { return std::string("transform ") + name + " in place " + tuple(extents); };
        if (report.check(ran, describe))
            report.check(compare_exact(in_place.view(), expected.view()), std::string("transform ") + name, describe);
        report.check(in_place.gaps_intact(), describe);
    }
}
}  // namespace testing
TENFOLD_END
