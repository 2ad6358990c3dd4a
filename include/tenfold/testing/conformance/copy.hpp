// SPDX-License-Identifier: Apache-2.0
// Conformance of copy and convert: bits survive, every value becomes what the reference says.               [floor 6]
#pragma once

#include <tenfold/kernel/reference/copy.hpp>
#include <tenfold/op/copy.hpp>
#include <tenfold/testing/conformance/report.hpp>
#include <tenfold/testing/data.hpp>

TENFOLD_BEGIN
namespace testing {
/// Any bits: NaNs of both kinds with payloads, subnormals, infinities. A third are values near small integers and halves.
template <class T, std::size_t Rank>
void fill_bits(tensor_view<T, Rank> view, generator& random) {
    for_each_index(view.extents(), [&](const index_array<Rank>& index) {
        std::uint64_t bits = random.next();
        if constexpr (std::is_same_v<T, bool>) bits &= 1u;
        if constexpr (is_floating_v<T>) {
            if (random.chance(0.4)) {
                const double scale = std::exp2(static_cast<double>(random.between(-3, 40)));
                view(index) = narrow<T>(std::rint((2 * random.fraction() - 1) * scale) / 2);
                return;
            }
        }
        std::memcpy(&view(index), &bits, sizeof(T));
    });
}
template <class T, std::size_t Rank>
bool equal_bits(tensor_view<const T, Rank> a, tensor_view<const T, Rank> b) {
    bool equal = true;
    for_each_index(a.extents(),
                   [&](const index_array<Rank>& index) { equal = equal && std::memcmp(&a(index), &b(index), sizeof(T)) == 0; });
    return equal;
}

/// Extents of rank 3, one of them long, so that tiles, their remainders and threads all take part.
inline index_array<3> draw_movement_extents(generator& random) noexcept {
    index_array<3> extents{random.between(0, 4), draw_extent(random, 37), draw_extent(random, 49)};
    if (random.chance(0.2)) extents[static_cast<std::size_t>(random.below(3))] = draw_extent(random, 257);
    return extents;
}

template <class Backend, class T>
void conformance_copy_bits(const Backend& where, conformance_report& report) {
    generator random(report.seed());
    for (int round = 0; round < 80; ++round) {
        const index_array<3> extents = draw_movement_extents(random);
        const arrangement from = draw_input_arrangement(random);
        const arrangement to = draw_output_arrangement(random);
        arranged<T, 3> x(random, extents, from);
        arranged<T, 3> y(random, extents, to);
        fill_bits(x.view(), random);
        const auto describe = [&] {
            return std::string("copy ") + dtype_traits<T>::name + " " + tuple(extents) + " x " + name_of(from) + ", y " + name_of(to);
        };
        const status s = copy(std::nothrow, where, x, y);
        if (!report.check(s.ok(), [&] { return describe() + ": " + std::string(s.message()); })) continue;
        report.check(equal_bits(input_view(x), input_view(y)), describe);
        report.check(y.gaps_intact() && x.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
        const std::vector<unsigned char> before = y.bytes();
        report.check(copy(std::nothrow, where, y, y).ok() && y.bytes() == before, [&] { return describe() + ": onto itself"; });
    }
}

template <class From, class To, class Backend>
void conformance_convert_pair(const Backend& where, conformance_report& report) {
    generator random(report.seed());
    for (int round = 0; round < 12; ++round) {
        const index_array<2> extents{draw_extent(random, 37), draw_extent(random, 129)};
        const convert_options options{.saturate = round % 3 == 2};
        arranged<From, 2> x(random, extents, draw_input_arrangement(random));
        const arrangement how = draw_output_arrangement(random);
        generator twin = random;
        arranged<To, 2> computed(random, extents, how);
        arranged<To, 2> expected(twin, extents, how);
        fill_bits(x.view(), random);
        const auto describe = [&] {
            return std::string("convert ") + dtype_traits<From>::name + "->" + dtype_traits<To>::name + " " + tuple(extents) + " y " +
                   name_of(how) + (options.saturate ? " saturate" : "");
        };
        const status s = convert(std::nothrow, where, x, computed, options);
        if (!report.check(s.ok(), [&] { return describe() + ": " + std::string(s.message()); })) continue;
        report.check(convert(std::nothrow, reference{}, x, expected, options).ok(), describe);
        report.check(compare_exact(computed.view(), expected.view()), std::string("convert ") + dtype_traits<From>::name, describe);
        report.check(computed.gaps_intact(), [&] { return describe() + ": wrote outside of y"; });
    }
}
template <class From, class Backend, class... To>
void conformance_convert_from(const Backend& where, conformance_report& report, type_list<To...>) {
    (conformance_convert_pair<From, To>(where, report), ...);
}

/// copy of T, and convert from T to every element type.
template <class Backend, class T>
void conformance_copy(const Backend& where, conformance_report& report) {
    if constexpr (implemented<copy_op, Backend>) conformance_copy_bits<Backend, T>(where, report);
    if constexpr (implemented<convert_op, Backend>) {
        conformance_convert_from<T>(where, report, dtype_list{});
        conformance_convert_from<T>(where, report, type_list<std::int64_t, bool>{});
    }
}
}  // namespace testing
TENFOLD_END
