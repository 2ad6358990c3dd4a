// SPDX-License-Identifier: Apache-2.0
// softmax, log_softmax, layer_norm, rms_norm on reference and cpu: special rows, in place, errors; exp by ulp.
#include <tenfold/kernel/cpu/body/exp.hpp>

#include <doctest/doctest.h>

#include <algorithm>  // max
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <support/bits.hpp>
#include <support/every_backend.hpp>
#include <vector>

namespace tf = tenfold;
using support::on_every_backend;
using tf::index_t;

namespace {
template <class T>
struct exp_of_row {
    template <class Isa>
    TENFOLD_BODY static void run(const T* x, T* y, index_t n) noexcept {
        typename tf::vec<T, Isa::bytes>::type v;
        for (index_t i = 0; i < n; i += tf::vec<T, Isa::bytes>::lanes) {
            tf::load_vector(x + i, v);
            tf::exp_vector<T>(v);
            tf::store_vector(y + i, v);
        }
    }
};
/// Its scale taken back, which rounds where the result is subnormal.
template <class T>
struct scaled_exp_of_row {
    template <class Isa>
    TENFOLD_BODY static void run(const T* x, T* y, index_t n) noexcept {
        typename tf::vec<T, Isa::bytes>::type v;
        for (index_t i = 0; i < n; i += tf::vec<T, Isa::bytes>::lanes) {
            tf::load_vector(x + i, v);
            tf::exp_scaled<T>(v);
            v = v * tf::exp_constants<T>::scale;
            tf::store_vector(y + i, v);
        }
    }
};
/// `count` numbers from low to high.
template <class T>
std::vector<T> evenly(double low, double high, index_t count = 1 << 16) {
    std::vector<T> x;
    for (index_t i = 0; i < count; ++i)
        x.push_back(static_cast<T>(low + (high - low) * static_cast<double>(i) / static_cast<double>(count)));
    return x;
}
/// Every `step`-th float from `first` on away from zero, to `last`.
std::vector<float> floats_between(float first, float last, std::uint32_t step) {
    std::vector<float> x;
    for (auto bits = std::bit_cast<std::uint32_t>(first); bits <= std::bit_cast<std::uint32_t>(last); bits += step)
        x.push_back(std::bit_cast<float>(bits));
    while (x.size() % 64 != 0) x.push_back(last);
    return x;
}
/// Largest error in units in the last place of the exact result, against long double.
template <class Body, class T>
double worst_ulp(int isa, const std::vector<T>& x) {
    std::vector<T> y(x.size());
    tf::dispatch<Body>(isa, static_cast<const T*>(x.data()), y.data(), static_cast<index_t>(x.size()));
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const long double exact = std::exp(static_cast<long double>(x[i]));
        const auto rounded = static_cast<T>(exact);
        if (std::isinf(rounded) && y[i] == rounded) continue;
        const long double ulp =
            static_cast<long double>(std::nextafter(rounded, std::numeric_limits<T>::infinity())) - static_cast<long double>(rounded);
        const auto error = static_cast<double>(std::fabs(static_cast<long double>(y[i]) - exact) / ulp);
        if (!(error <= worst)) worst = error;  // a NaN is the worst
    }
    return worst;
}

/// All elements NaN.
template <class T, std::size_t Rank>
bool all_nan(const tf::tensor<T, Rank>& y) {
    for (index_t i = 0; i < y.size(); ++i) {
        if (!std::isnan(static_cast<float>(y.data()[i]))) return false;
    }
    return y.size() > 0;
}
}  // namespace

/// Calls f(isa) for each that this machine runs.
template <class F>
void on_every_isa(const F& f) {
    const auto names = tf::isa_names(tf::isa_list{});
    for (std::size_t isa = 0; isa < names.size(); ++isa) {
        for (const char* runs : tf::available_isas()) {
            if (std::string(runs) == names[isa]) f(static_cast<int>(isa));
        }
    }
}

TEST_CASE("exp on vectors is within 2 ulp, subnormal results and the ends of the range included") {
    on_every_isa([](int isa) {
        CHECK(worst_ulp<exp_of_row<float>>(isa, evenly<float>(-104, 88.7)) <= 2);
        CHECK(worst_ulp<exp_of_row<float>>(isa, evenly<float>(-1, 1)) <= 2);
        CHECK(worst_ulp<exp_of_row<double>>(isa, evenly<double>(-745, 709.7)) <= 2);
        CHECK(worst_ulp<exp_of_row<double>>(isa, evenly<double>(-1, 1)) <= 2);
        const float ends[64] = {-INFINITY, -200, 89, 1000, INFINITY, -0.0f, 0};
        float result[64];
        tf::dispatch<exp_of_row<float>>(isa, &ends[0], &result[0], index_t{64});
        CHECK(result[0] == 0);
        CHECK(result[1] == 0);
        CHECK(result[2] == INFINITY);
        CHECK(result[3] == INFINITY);
        CHECK(result[4] == INFINITY);
        CHECK(result[5] == 1);
        CHECK(result[6] == 1);
    });
}

TEST_CASE("the scaled exp of softmax is within 2 ulp for x <= 0, loses no NaN, whatever its payload, and ends in 0") {
    const std::vector<float> dense = floats_between(-0x1p-20f, -103.9f, 997);
    on_every_isa([&](int isa) {
        CHECK(worst_ulp<scaled_exp_of_row<float>>(isa, dense) <= 2);
        CHECK(worst_ulp<scaled_exp_of_row<double>>(isa, evenly<double>(-745, 0)) <= 2);
        CHECK(worst_ulp<scaled_exp_of_row<double>>(isa, evenly<double>(-1e-6, 0)) <= 2);
        std::vector<float> x(64, std::bit_cast<float>(0x7fc00001u));
        x[0] = std::bit_cast<float>(0xffffffffu);
        x[1] = std::bit_cast<float>(0x7fc001ffu);
        x[2] = -INFINITY;
        x[3] = -1e30f;
        x[4] = -0.0f;
        std::vector<float> y(64);
        tf::dispatch<scaled_exp_of_row<float>>(isa, static_cast<const float*>(x.data()), y.data(), index_t{64});
        CHECK(y[2] == 0);
        CHECK(y[3] == 0);
        CHECK(y[4] == 1);
        for (const std::size_t i : {0u, 1u, 5u, 63u}) CHECK(std::isnan(y[i]));
    });
}

TEST_CASE("softmax far below the maximum: subnormal results are rounded once, in rows and in columns [E14][E40]") {
    support::for_each_setting(tf::cpu{}, [](const tf::cpu& where, const std::string& setting) {
        INFO(setting);
        for (const index_t n : {3, 20, 33, 700}) {
            tf::tensor<float, 3> x({2, n, 3});
            tf::for_each_index(x.extents(), [&](const tf::index_array<3>& i) {
                x(i) = i[1] == 0 ? 50.0f : -35.0f - 0.6f * static_cast<float>(i[1] % 40);
            });
            tf::tensor<float, 3> rows({2, 3, n});
            tf::for_each_index(x.extents(), [&](const tf::index_array<3>& i) { rows(i[0], i[2], i[1]) = x(i); });
            const auto y = tf::softmax(where, x, 1);
            const auto z = tf::softmax(where, rows, 2);
            tf::for_each_index(x.extents(), [&](const tf::index_array<3>& i) {
                const double distance = static_cast<double>(50.0f - x(i));
                const double exact = std::exp(-distance);  // the others add less than 1e-34 to the sum of 1
                const double allowed = exact * 0x1p-24 * (distance + 40) + 0x1p-149;
                CHECK(std::fabs(static_cast<double>(y(i)) - exact) <= allowed);
                CHECK(std::fabs(static_cast<double>(z(i[0], i[2], i[1])) - exact) <= allowed);
            });
        }
    });
}

TEST_CASE("a row of softmax and of the norms has the same bits alone, among others, and for any number of threads [T07][E15]") {
    for (const index_t n : {33, 64, 127, 700, 3000}) {
        tf::tensor<float, 2> x({203, n});
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>((i * 7919) % 10007) / 1000;
        const auto check = [&](const auto& op) {
            const auto one = op(tf::cpu{.threads = 1}, x.view());
            const auto four = op(tf::cpu{.threads = 4}, x.view());
            CHECK(std::memcmp(one.data(), four.data(), static_cast<std::size_t>(x.size()) * 4) == 0);
            for (const index_t row : {0, 17, 202}) {
                const auto alone = op(tf::cpu{}, x.slice(0, row, row + 1));
                CHECK(std::memcmp(alone.data(), one.data() + row * n, static_cast<std::size_t>(n) * 4) == 0);
            }
        };
        check([](const tf::cpu& where, const auto& in) { return tf::softmax(where, in, 1); });
        check([](const tf::cpu& where, const auto& in) { return tf::log_softmax(where, in, 1); });
        check([](const tf::cpu& where, const auto& in) { return tf::layer_norm(where, in, 1); });
        check([](const tf::cpu& where, const auto& in) { return tf::rms_norm(where, in, 1); });
    }
}

namespace {
/// layer_norm that counts the rows that it is given.
struct counting_kernel : tf::normalise_kernel<true, float> {
    std::atomic<index_t>& streamed;
    std::atomic<index_t>& all;
    void whole(tf::row_direction direction, const float* x, index_t x_step, float* y, index_t y_step, index_t rows,
               const tf::upcoming& next) const noexcept {
        if (direction == tf::row_direction::streamed) streamed += rows;
        all += rows;
        tf::normalise_kernel<true, float>::whole(direction, x, x_step, y, y_step, rows, next);
    }
};
}  // namespace

TEST_CASE("rows are streamed where each is whole cache lines, and only there; the bits are the same [E15]") {
    constexpr index_t n = 64;
    tf::tensor<float, 3> x({3, 5, n});
    for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>((i * 7919) % 10007) / 1000;
    const auto expected = tf::layer_norm(tf::cpu{}, x, 2);
    int isa = -1;
    REQUIRE(tf::choose_isa("test", tf::cpu{}, isa).ok());
    const std::vector<float> ones(n, 1.0f), zeros(n, 0.0f);
    const tf::normalise_setting<float> setting{isa, n, 1e-5, {ones.data(), 1}, {zeros.data(), 1}};
    struct {
        index_t offset, outer, row;  // of y, in elements
        bool some_streamed, all_streamed;
    } const layouts[] = {{0, 5 * n, n, true, true},
                         {16, 5 * n + 16, n, true, true},
                         {0, 5 * n + 4, n, true, false},
                         {4, 5 * n, n, false, false},
                         {0, 5 * (n + 4), n + 4, false, false}};
    for (const auto& layout : layouts) {
        for (const int threads : {1, 4}) {
            const tf::cpu where{.threads = threads};
            tf::tensor<float, 1> memory({2000});
            const tf::tensor_view<float, 3> y(memory.data() + layout.offset, {3, 5, n}, {layout.outer, layout.row, 1});
            const tf::tensor_view<const float, 3> from_x = x.view();
            tf::row_walk<float> walk(isa, from_x, y, 2);
            walk.stream_above(0);
            std::atomic<index_t> streamed{0}, all{0};
            REQUIRE(walk.run("layer_norm", where, x.data(), y.data(), counting_kernel{{setting}, streamed, all}).ok());
            CHECK((streamed > 0) == layout.some_streamed);
            CHECK((streamed == all) == layout.all_streamed);
            bool same = true;
            for (index_t i = 0; i < 3; ++i) {
                for (index_t j = 0; j < 5; ++j) same = same && std::memcmp(&y(i, j, 0), &expected(i, j, 0), n * sizeof(float)) == 0;
            }
            CHECK(same);
        }
    }
}

TEST_CASE("results that are written past the caches have the bits of others; only whole cache lines are [E15]") {
    constexpr index_t rows = 5;
    for (const index_t n : {64, 80, 1024}) {
        tf::tensor<float, 2> x({rows, n});
        for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>((i * 7919) % 10007) / 1000;
        for (const char* name : tf::available_isas()) {
            CAPTURE(name);
            int isa = -1;
            REQUIRE(tf::choose_isa("test", tf::cpu{.isa = name}, isa).ok());
            const auto bits_of = [&](tf::row_direction direction, const auto& group) {
                tf::tensor<float, 2> y({rows, n});
                for (index_t i = 0; i < y.size(); ++i) y.data()[i] = -1;
                group(direction, y.data());
                tf::stream_fence();
                return support::bits_of(y.view());
            };
            const tf::upcoming next = tf::nothing_next(x.data());
            const auto check = [&](const auto& group) {
                CHECK(bits_of(tf::row_direction::streamed, group) == bits_of(tf::row_direction::along, group));
            };
            const tf::tensor<float, 1> scale = tf::rms_norm(tf::cpu{}, x.view().slice(0, 0, 1).reshaped<1>({n}), 0);
            const tf::normalise_setting<float> setting{isa, n, 1e-5, {scale.data(), 1}, {scale.data(), 1}};
            check([&](tf::row_direction direction, float* y) {
                tf::normalise_group<true>(setting, direction, x.data(), n, y, n, rows, next);
            });
            check([&](tf::row_direction direction, float* y) {
                tf::normalise_group<false>(setting, direction, x.data(), n, y, n, rows, next);
            });
            check([&](tf::row_direction direction, float* y) {
                tf::softmax_group<tf::log_softmax_shift>(isa, direction, x.data(), n, y, n, rows, n, next);
            });
            check([&](tf::row_direction direction, float* y) {
                tf::softmax_group<tf::softmax_scale>(isa, direction, x.data(), n, y, n, rows, n, next);
            });
        }
        CHECK(tf::is_whole_lines(x.data(), n, n));
        CHECK_FALSE(tf::is_whole_lines(x.data() + 4, n, n));
        CHECK_FALSE(tf::is_whole_lines(x.data(), n + 4, n));
        CHECK_FALSE(tf::is_whole_lines(x.data(), n, n - 4));
    }
    CHECK(tf::last_level_cache_bytes() > 0);
    CHECK_FALSE(tf::is_streamed(tf::last_level_cache_bytes()));
    CHECK(tf::is_streamed(tf::last_level_cache_bytes() + (index_t{4} << 20)));
}

namespace {
/// Whether y is what the reference makes of x, to `bound` of the larger of 1 and the value; NaN where it has NaN.
template <class T, class Op>
void check_against_reference(const tf::cpu& where, const tf::tensor<T, 3>& x, const Op& op, double bound) {
    const auto expected = op(tf::reference{}, x);
    const auto y = op(where, x);
    index_t wrong = 0;
    for (index_t i = 0; i < y.size(); ++i) {
        const auto value = static_cast<double>(y.data()[i]);
        const auto exact = static_cast<double>(expected.data()[i]);
        const bool same = std::isnan(exact) ? std::isnan(value) : value == exact;
        wrong += !(same || std::fabs(value - exact) <= bound * std::max(1.0, std::fabs(exact)));
    }
    CHECK(wrong == 0);
}
template <class T>
void check_all_ops_against_reference(const tf::cpu& where, const tf::tensor<T, 3>& x, double bound) {
    check_against_reference(where, x, [](const auto& at, const auto& in) { return tf::softmax(at, in, 1); }, bound);
    check_against_reference(where, x, [](const auto& at, const auto& in) { return tf::log_softmax(at, in, 1); }, bound);
    check_against_reference(where, x, [](const auto& at, const auto& in) { return tf::layer_norm(at, in, 1); }, bound);
    check_against_reference(where, x, [](const auto& at, const auto& in) { return tf::rms_norm(at, in, 1); }, bound);
}
struct row_shape {
    index_t outer, along, inner;
};
/// One of each way: strips of lanes whole and in pieces, with and without lanes left over; rows in pieces; rows of lanes.
constexpr row_shape row_shapes[] = {{2, 40, 1100}, {1, 700, 150}, {1, 1000, 83}, {2, 140000, 1}, {3, 100, 1}, {70, 7, 1}};

template <class T>
tf::tensor<T, 3> ordinary_rows(const row_shape& shape) {
    tf::tensor<T, 3> x({shape.outer, shape.along, shape.inner});
    for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(static_cast<float>((i * 7919) % 10007) / 1000 - 5);
    return x;
}
}  // namespace

TEST_CASE("rows of every way of walking, in pieces where no cache holds them, agree with the reference [E40][E41]") {
    support::for_each_setting(tf::cpu{}, [](const tf::cpu& where, const std::string& setting) {
        INFO(setting);
        for (const row_shape& shape : row_shapes) {
            CAPTURE(shape.along);
            CAPTURE(shape.inner);
            check_all_ops_against_reference(where, ordinary_rows<float>(shape), 4e-6);
            if (shape.outer * shape.along * shape.inner > 150000) continue;
            check_all_ops_against_reference(where, ordinary_rows<tf::bfloat16>(shape), 0x1p-7);
            check_all_ops_against_reference(where, ordinary_rows<tf::half>(shape), 0x1p-9);
        }
    });
}

TEST_CASE("special values in any piece of a row: NaN, Inf, pieces of -Inf alone, squares beyond float [E40][E41][E31]") {
    for (const row_shape& shape : {row_shape{1, 700, 150}, row_shape{1, 140000, 1}}) {
        CAPTURE(shape.along);
        const index_t n = shape.along;
        const auto with = [&](index_t first, index_t last, float value, index_t at, float one) {
            auto x = ordinary_rows<float>(shape);
            for (index_t i = first; i < last; ++i) {
                for (index_t lane = 0; lane < shape.inner; lane += 3) x(0, i, lane) = value;
            }
            if (at < n) x(0, at, 0) = one;
            return x;
        };
        const tf::tensor<float, 3> tensors[] = {
            with(0, 0, 0, n - 1, NAN),         with(0, 0, 0, n / 2, INFINITY),    with(0, n / 2, -INFINITY, n, 0),
            with(n / 3, n, -INFINITY, n, 0),   with(0, n / 2, -INFINITY, 5, NAN), with(0, n, -INFINITY, n, 0),
            with(0, n, -INFINITY, n / 2, NAN), with(n / 2, n, 1e30f, n, 0),       with(0, n, 2e-20f, n / 2, 3e38f)};
        for (const auto& x : tensors) check_all_ops_against_reference(tf::cpu{.threads = 2}, x, 4e-6);
        auto infinite = ordinary_rows<double>(shape);
        infinite(0, n / 2, 0) = INFINITY;
        check_all_ops_against_reference(tf::cpu{}, infinite, 1e-13);
    }
}

TEST_CASE("softmax of rows with NaN, +Inf or -Inf alone is NaN; -Inf beside numbers is 0; nothing finite overflows [E40][E12]") {
    on_every_backend([](const auto& where) {
        for (const index_t n : {1, 3, 17, 100, 300}) {
            const auto row = [&](float rest, float one) {
                tf::tensor<float, 2> x({3, n});
                for (index_t i = 0; i < x.size(); ++i) x.data()[i] = rest;
                for (index_t r = 0; r < 3; ++r) x(r, n / 2) = one;
                return x;
            };
            for (const float poison : {NAN, INFINITY}) {
                CHECK(all_nan(tf::softmax(where, row(1, poison), 1)));
                CHECK(all_nan(tf::log_softmax(where, row(1, poison), -1)));
            }
            CHECK(all_nan(tf::softmax(where, row(-INFINITY, -INFINITY), 1)));
            CHECK(all_nan(tf::log_softmax(where, row(-INFINITY, -INFINITY), 1)));
            const auto y = tf::softmax(where, row(-INFINITY, 3e38f), 1);
            const auto z = tf::log_softmax(where, row(-INFINITY, 3e38f), 1);
            CHECK(y(0, n / 2) == 1);
            CHECK(z(0, n / 2) == 0);
            if (n > 1) {
                CHECK(y(0, 0) == 0);
                CHECK(z(0, 0) == -INFINITY);
                CHECK(tf::softmax(where, row(3e38f, -3e38f), 1)(0, 0) == doctest::Approx(1.0 / static_cast<double>(n - 1)).epsilon(1e-5));
            }
        }
        const auto empty = tf::softmax(where, tf::tensor<float, 2>({3, 0}), 1);
        CHECK(empty.size() == 0);
    });
}

TEST_CASE("layer_norm: epsilon above 0, one element gives the bias, a constant row gives it too [E41]") {
    on_every_backend([](const auto& where) {
        tf::tensor<float, 2> x({5, 1});
        tf::tensor<float, 1> scale({1});
        tf::tensor<float, 1> bias({1});
        for (index_t i = 0; i < 5; ++i) x(i, 0) = 1e6f * static_cast<float>(i) + 0.1f;
        scale(0) = 3e4f;
        bias(0) = 0.7f;
        const auto y = tf::layer_norm(where, x, 1, scale, bias, {.epsilon = 1e-30});
        for (index_t i = 0; i < 5; ++i) CHECK(y(i, 0) == 0.7f);
        for (const double epsilon : {0.0, -1.0, HUGE_VAL, std::nan("")}) {
            tf::tensor<float, 2> z({5, 1});
            CHECK(tf::layer_norm(std::nothrow, where, x, 1, scale, bias, z, {.epsilon = epsilon}).code() == tf::status_code::shape);
            CHECK(tf::rms_norm(std::nothrow, where, x, 1, z, {.epsilon = epsilon}).code() == tf::status_code::shape);
        }
        for (const index_t n : {7, 64, 1000}) {
            tf::tensor<float, 2> constant({2, n});
            for (index_t i = 0; i < constant.size(); ++i) constant.data()[i] = 12345.678f;
            const auto zero = tf::layer_norm(where, constant, 1);
            for (index_t i = 0; i < zero.size(); ++i) CHECK(std::fabs(zero.data()[i]) <= 26 * 0x1p-24f);
        }
    });
}

TEST_CASE("norms of rows whose squares leave the range of float are as in double [E41]") {
    on_every_backend([](const auto& where) {
        for (const float size : {1e25f, 1e-25f}) {
            tf::tensor<float, 2> x({2, 130});
            for (index_t i = 0; i < x.size(); ++i) x.data()[i] = i % 2 == 0 ? size : -size;
            const auto y = tf::layer_norm(where, x, 1, {.epsilon = 1e-300});
            const auto z = tf::rms_norm(where, x, 1, {.epsilon = 1e-300});
            for (index_t i = 0; i < x.size(); ++i) {
                CHECK(y.data()[i] == doctest::Approx(i % 2 == 0 ? 1 : -1).epsilon(1e-5));
                CHECK(z.data()[i] == doctest::Approx(i % 2 == 0 ? 1 : -1).epsilon(1e-5));
            }
        }
    });
}

TEST_CASE("softmax and norms in place give the same bits; partial overlap is refused [E42][H12]") {
    support::for_each_setting(tf::cpu{}, [](const tf::cpu& where, const std::string& setting) {
        INFO(setting);
        for (const index_t axis : {0, 1, 2}) {
            tf::tensor<float, 3> x({5, 131, 70});
            for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>((i * 7919) % 1000) / 100;
            const auto check = [&](const auto& op) {
                tf::tensor<float, 3> apart(x.extents());
                auto z = x.clone();
                op(x, apart);
                op(z, z);
                CHECK(std::memcmp(z.data(), apart.data(), static_cast<std::size_t>(z.size()) * 4) == 0);
            };
            check([&](const auto& in, auto& out) { tf::softmax(where, in, axis, out); });
            check([&](const auto& in, auto& out) { tf::log_softmax(where, in, axis, out); });
            check([&](const auto& in, auto& out) { tf::layer_norm(where, in, axis, out); });
            check([&](const auto& in, auto& out) { tf::rms_norm(where, in, axis, out); });
        }
        tf::tensor<float, 1> buffer({101});
        const auto a = buffer.slice(0, 0, 100);
        const auto b = buffer.slice(0, 1, 101);
        CHECK(tf::softmax(std::nothrow, where, a, 0, b).code() == tf::status_code::shape);
        CHECK(tf::layer_norm(std::nothrow, where, a, 0, b).code() == tf::status_code::shape);
    });
}

TEST_CASE("the error of a wrong axis names the op, the axis and the range [E01][E36]") {
    tf::tensor<float, 4> x({2, 2, 2, 2});
    CHECK(tf::softmax(std::nothrow, tf::cpu{}, x, 4, x).message() ==
          "softmax: axis 4 is out of range for x of rank 4; use -4..3, negative values count from the end");
    CHECK(tf::rms_norm(std::nothrow, tf::cpu{}, x, -5, x).code() == tf::status_code::shape);
}
