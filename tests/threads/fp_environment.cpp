// SPDX-License-Identifier: Apache-2.0
// Callers with odd floating-point modes: results are IEEE, equal in bits on every thread, and the modes come back.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <tbb/task_arena.h>

#include <doctest/doctest.h>

#include <support/settings.hpp>
#include <threads/fp_mode.hpp>

using support::ieee_mode;
using tenfold::index_t;
using tenfold::tensor;

TEST_CASE("any mode of the caller gives the bits of the default mode, serial and shared, and comes back unchanged [E13][H43][H26]") {
    REQUIRE(support::fp_mode() == ieee_mode);
    tenfold::testing::generator random(support::seed());
    tensor<float, 2> a({150, 67}), b({67, 131}), c({150, 131});
    tenfold::testing::fill_random(a.view(), random, tenfold::testing::distribution::logarithmic);
    tenfold::testing::fill_random(b.view(), random, tenfold::testing::distribution::logarithmic);
    for (index_t i = 0; i < 20; ++i) a(i, i) = 0x1p-140f;  // subnormals
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        tenfold::matmul(where, a, b, c, {.alpha = 0.75}, tenfold::scale(0.3f));
        const auto expected = c.clone();
        for (const std::uint32_t odd : support::odd_modes) {
            std::fill(c.data(), c.data() + c.size(), 0.0f);
            support::set_fp_mode(odd);
            tenfold::matmul(where, a, b, c, {.alpha = 0.75}, tenfold::scale(0.3f));
            const std::uint32_t after = support::fp_mode();
            support::set_fp_mode(ieee_mode);
            INFO(name << ", mode " << odd);
            CHECK(after == odd);
            CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
        }
    });
}

TEST_CASE("subnormal operands and results are IEEE, not flushed [E14][H26]") {
    // 2^-140 * 2^10 and 2^-100 * 2^-40: a subnormal times a number, and a product that becomes subnormal.
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        for (const index_t n : {1, 40, 200}) {
            tensor<float, 2> a({n, 2}), b({2, n});
            for (index_t i = 0; i < n; ++i) {
                a(i, 0) = 0x1p-140f;
                b(0, i) = 0x1p10f;
                a(i, 1) = 0x1p-100f;
                b(1, i) = 0x1p-40f;
            }
            const auto c = tenfold::matmul(where, a, b);
            CHECK(std::count(c.data(), c.data() + n * n, 0x1p-130f + 0x1p-140f) == n * n);
        }
    });
    // A caller that flushes: still IEEE.
#if defined(__x86_64__)
    tensor<float, 2> x({1, 1}), y({1, 1}), z({1, 1});
    x(0, 0) = 0x1p-140f;
    y(0, 0) = 2;
    support::set_fp_mode(0x9fc0);
    tenfold::matmul(tenfold::cpu{}, x, y, z);
    support::set_fp_mode(ieee_mode);
    CHECK(z(0, 0) == 0x1p-139f);
#endif
}

TEST_CASE("workers get the default mode as well, whatever mode their threads were started in [E13][H43]") {
    // The epilogue reads the mode of whichever thread runs it.
    struct mode_reader {
        std::atomic<int>* odd;
        float operator()(float x, index_t, index_t) const {
            if ((support::fp_mode() & ~0x3fu) != ieee_mode) ++*odd;
            return x;
        }
    };
    tensor<float, 2> a({200, 100}), b({100, 200});
    std::fill(a.data(), a.data() + a.size(), 1.0f);
    std::fill(b.data(), b.data() + b.size(), 1.0f);
    std::atomic<int> odd{0};
    for (const std::uint32_t mode : support::odd_modes) {
        support::set_fp_mode(mode);
        // An arena hands the mode it was made in to all of its tasks, those of the calling thread included.
        tbb::task_arena arena(4);
        arena.initialize();
        for (int round = 0; round < 10; ++round) {
            (void)tenfold::matmul(support::cpu_with(4), a, b, mode_reader{&odd});
            (void)tenfold::matmul(tenfold::cpu{.threads = 4, .arena = &arena}, a, b, mode_reader{&odd});
        }
        support::set_fp_mode(ieee_mode);
        CHECK(odd == 0);
    }
}
