// SPDX-License-Identifier: Apache-2.0
// determinism::cross_device: the bits of the reference on cpu, whatever its threads, and on the emulated GPU, whatever its schedule.
#include <tenfold/kernel/cpu/reduce.hpp>
#include <tenfold/testing/data.hpp>
#include <tenfold/testing/simt/emulated_cuda.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <support/bits.hpp>
#include <threads/fp_mode.hpp>

namespace tf = tenfold;
namespace si = tenfold::testing::simt;
using tf::index_t;

namespace {
constexpr tf::sum_options everywhere{tf::determinism::cross_device};

/// f(where) gives bits; those of the reference, of cpu and of an emulated GPU.
template <class F>
void check_everywhere(const F& f) {
    const std::uint64_t expected = f(tf::reference{});
    for (const int threads : {1, 2, 3}) CHECK(f(tf::cpu{.threads = threads}) == expected);
    for (const si::launch_options& order :
         {si::launch_options{.order = si::schedule::descending}, si::launch_options{.order = si::schedule::seeded, .seed = 5}}) {
        si::emulated_gpu gpu(order);
        CHECK(f(si::emulated_cuda{&gpu}) == expected);
    }
}
using view = tf::tensor_view<const float, 3>;
/// The bits of a reduction of x, whose reduced axes stay with extent 1: one output rank, one kernel to compile.
template <class Op, class Backend, std::size_t Count>
std::uint64_t bits(const Backend& where, const view& x, const tf::axes<Count>& axes, const tf::sum_options& how = everywhere) {
    tf::tensor<float, 3> y(tf::kept_extents<3>(x.extents(), tf::resolve_axes<3>("test", axes)));
    tf::reduction<Op>{}(where, x, axes, y, how);
    return support::bits_of(y.view());
}
template <class Op, std::size_t Count>
void check(const view& x, const tf::axes<Count>& axes) {
    check_everywhere([&](const auto& where) { return bits<Op>(where, x, axes); });
}
tf::tensor<float, 3> random_tensor() {
    tf::testing::generator random(3);
    tf::tensor<float, 3> x({5, 2100, 9});
    tf::testing::fill_random(x.view(), random, tf::testing::distribution::uniform);
    return x;
}
}  // namespace

TEST_CASE("cross_device: rounded sums have one set of bits on the reference, cpu and cuda, for every layout [H24][G06]") {
    const auto x = random_tensor();
    const view rows = x;
    check<tf::sum_reducer>(rows, tf::axes{2});
    check<tf::sum_reducer>(rows, tf::axes{1});
    check<tf::sum_reducer>(rows, tf::axes{1, 2});  // in parts, as all with more than 8192 elements
    check<tf::sum_reducer>(rows, tf::axes{0, 2});
    check<tf::sum_reducer>(rows.transposed(), tf::axes{0, 1});
    check<tf::sum_reducer>(view(x.data() + x.size() - 1, x.extents(), {-18900, -9, -1}), tf::axes{0, 1, 2});
    check<tf::sum_reducer>(rows, tf::axes{});
}
TEST_CASE("cross_device: the bits differ from those of the fastest order, or the test above would show nothing") {
    const auto x = random_tensor();
    const tf::axes middle{1};  // 45 outputs: a single one may be rounded alike by chance
    CHECK(bits<tf::sum_reducer>(tf::reference{}, x, middle) != bits<tf::sum_reducer>(tf::reference{}, x, middle, {}));
    CHECK(bits<tf::sum_reducer>(tf::cpu{}, x, middle) != bits<tf::sum_reducer>(tf::cpu{}, x, middle, {}));
}
TEST_CASE("cross_device: NaN is the canonical one, signs of zeros and empty sums are the reference's") {
    const float infinity = INFINITY;
    const float cases[][4] = {
        {infinity, -infinity, 1, 2}, {NAN, 1, 2, 3}, {1, -NAN, 2, NAN}, {-0.0f, -0.0f, -0.0f, -0.0f}, {-0.0f, 0.0f, -0.0f, -0.0f}};
    for (const auto& values : cases) {
        const view x(values, {1, 1, 4});
        check<tf::sum_reducer>(x, tf::axes{2});
        check<tf::mean_reducer>(x, tf::axes{2});
        check<tf::norm1_reducer>(x, tf::axes{2});
        check<tf::prod_reducer>(x, tf::axes{2});
    }
    tf::tensor<float, 3> y({1, 1, 1});
    tf::sum(tf::reference{}, view(cases[0], {1, 1, 4}), tf::axes{2}, y, everywhere);
    CHECK(std::bit_cast<std::uint32_t>(y(0, 0, 0)) == 0x7fc00000u);
    check<tf::sum_reducer>(view(nullptr, {3, 1, 0}), tf::axes{2});
}
TEST_CASE("cross_device: a caller that flushes subnormals or rounds otherwise gets the same bits from the reference and cpu [E13][E14]") {
    tf::tensor<float, 3> x({1, 3, 31});
    for (index_t i = 0; i < x.size(); ++i) x.data()[i] = i % 31 < 28 ? 0x1.0004p-5f : 0x1p-3f;  // products are subnormal
    tf::tensor<float, 3> small({1, 3, 31});
    for (index_t i = 0; i < small.size(); ++i) small.data()[i] = 0x1p-140f;
    const auto check_modes = [](auto reducer, const view& of) {
        using op = decltype(reducer);
        support::set_fp_mode(support::ieee_mode);  // without the flags that making data has raised
        check<op>(of, tf::axes{2});
        const std::uint64_t expected = bits<op>(tf::reference{}, of, tf::axes{2});
        for (const std::uint32_t odd : support::odd_modes) {
            support::set_fp_mode(odd);
            const std::uint64_t of_reference = bits<op>(tf::reference{}, of, tf::axes{2});
            const std::uint32_t after = support::fp_mode();
            const std::uint64_t of_cpu = bits<op>(tf::cpu{}, of, tf::axes{2});
            support::set_fp_mode(support::ieee_mode);
            CAPTURE(odd);
            CHECK(of_reference == expected);
            CHECK(of_cpu == expected);
            CHECK(after == odd);
        }
    };
    check_modes(tf::prod_reducer{}, x);
    check_modes(tf::sum_reducer{}, small);
    check_modes(tf::mean_reducer{}, small);
    check_modes(tf::norm1_reducer{}, x);
}
