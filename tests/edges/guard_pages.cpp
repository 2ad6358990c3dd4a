// SPDX-License-Identifier: Apache-2.0
// Ops along axes, and movement: operands that end at forbidden pages, every axis, lengths around each vector.
#include <tenfold/backends/cpu.hpp>
#include <tenfold/backends/reference.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>
#include <tenfold/testing/guarded.hpp>

#include <doctest/doctest.h>

#include <support/settings.hpp>

using tenfold::index_t;
using tenfold::tensor;
using tenfold::testing::guard;
using tenfold::testing::guarded;

namespace {
/// Calls call(where, x, y) with x (rows, columns) of T and y of Out in guarded memory; one byte outside is a fault. The
/// reference gets ordinary copies. `shape` maps the extents of x to those of y.
template <class T, class Out, std::size_t OutRank, class Shape, class Call>
void within_guards(const Shape& shape, double tolerance, const Call& call) {
    tenfold::testing::generator random(support::seed());
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        int points = 0, wrong = 0;
        for (const index_t rows : {1, 2, 7, 17}) {
            for (const index_t columns : {1, 3, 4, 8, 15, 16, 17, 31, 33, 63, 64, 65, 130}) {
                for (const guard side : {guard::before, guard::after}) {
                    guarded<T, 2> x({rows, columns}, side);
                    guarded<Out, OutRank> y(shape(rows, columns), side);
                    tenfold::testing::fill_integers(x.view(), random, 9);
                    const auto copy = tenfold::testing::materialised(x.view());
                    tensor<Out, OutRank> expected(y.view().extents());
                    call(where, x.view(), y.view());
                    call(tenfold::reference{}, copy.view(), expected.view());
                    wrong += !tenfold::testing::compare_bounded(y.view(), expected.view(), [&](const auto&) { return tolerance; }).ok();
                    ++points;
                }
            }
        }
        INFO(name << ": " << points << " points");
        CHECK(wrong == 0);
    });
}
constexpr auto same_shape = [](index_t rows, index_t columns) { return tenfold::index_array<2>{rows, columns}; };
constexpr auto per_row = [](index_t rows, index_t) { return tenfold::index_array<1>{rows}; };
constexpr auto per_column = [](index_t, index_t columns) { return tenfold::index_array<1>{columns}; };
}  // namespace

TEST_CASE("reductions along either axis read nothing outside their operand [E11][H14]") {
    within_guards<float, float, 1>(per_row, 0, [](const auto& where, auto x, auto y) { tenfold::sum(where, x, tenfold::axes{1}, y); });
    within_guards<float, float, 1>(per_column, 0, [](const auto& where, auto x, auto y) { tenfold::sum(where, x, tenfold::axes{0}, y); });
    within_guards<tenfold::half, tenfold::half, 1>(per_row, 0,
                                                   [](const auto& where, auto x, auto y) { tenfold::max(where, x, tenfold::axes{1}, y); });
    within_guards<std::int8_t, std::int8_t, 1>(per_column, 0,
                                               [](const auto& where, auto x, auto y) { tenfold::min(where, x, tenfold::axes{0}, y); });
}

TEST_CASE("softmax along either axis reads and writes nothing outside its operands [E11][H14]") {
    within_guards<float, float, 2>(same_shape, 1e-5, [](const auto& where, auto x, auto y) { tenfold::softmax(where, x, 1, y); });
    within_guards<float, float, 2>(same_shape, 1e-5, [](const auto& where, auto x, auto y) { tenfold::softmax(where, x, 0, y); });
    within_guards<tenfold::bfloat16, tenfold::bfloat16, 2>(same_shape, 0.01,
                                                           [](const auto& where, auto x, auto y) { tenfold::softmax(where, x, 1, y); });
}

TEST_CASE("copies, transposed and straight, of 1-, 2- and 4-byte elements stay within their operands [E11][H14][E52]") {
    const auto turned = [](index_t rows, index_t columns) { return tenfold::index_array<2>{columns, rows}; };
    within_guards<float, float, 2>(same_shape, 0, [](const auto& where, auto x, auto y) { tenfold::copy(where, x, y); });
    within_guards<std::int8_t, std::int8_t, 2>(turned, 0,
                                               [](const auto& where, auto x, auto y) { tenfold::copy(where, x.transposed(), y); });
    within_guards<tenfold::half, tenfold::half, 2>(turned, 0,
                                                   [](const auto& where, auto x, auto y) { tenfold::copy(where, x.transposed(), y); });
}

TEST_CASE("any and all stop where the result is known: they never read the forbidden rest of the operand") {
    constexpr std::size_t readable = std::size_t{1} << 20;  // more than a chunk
    const tenfold::testing::page_mapping pages(16 * readable, true);
    pages.forbid(readable, 15 * readable);
    pages.data()[12345] = 1;
    const tenfold::tensor_view<const std::uint8_t, 1> bytes(pages.data(), {static_cast<index_t>(16 * readable)});
    const tenfold::tensor_view<const float, 1> floats(reinterpret_cast<const float*>(pages.data()), {static_cast<index_t>(4 * readable)});
    for (const char* isa : tenfold::available_isas()) {
        CAPTURE(isa);
        const tenfold::cpu where{.threads = 1, .isa = isa};
        CHECK(tenfold::any(where, bytes, tenfold::axes{0})());
        CHECK_FALSE(tenfold::all(where, bytes, tenfold::axes{0})());
        CHECK(tenfold::any(where, floats, tenfold::axes{0})());
        CHECK_FALSE(tenfold::all(where, floats, tenfold::axes{0})());
    }
}
