// SPDX-License-Identifier: Apache-2.0
// Calls from inside an OpenMP region: another runtime's threads are callers like any others.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <omp.h>
#include <support/settings.hpp>

namespace {
struct product {
    tenfold::tensor<float, 2> a{{192, 130}}, b{{130, 150}}, expected{{192, 150}};
    product() {
        tenfold::testing::generator random(support::seed());
        tenfold::testing::fill_integers(a.view(), random, 30);
        tenfold::testing::fill_integers(b.view(), random, 30);
        tenfold::matmul(tenfold::reference{}, a, b, expected);
    }
    bool holds(const tenfold::cpu& where) const {
        return tenfold::testing::compare_exact(tenfold::matmul(where, a, b).view(), expected.view()).ok();
    }
};
}  // namespace

TEST_CASE("calls inside an OpenMP region are right and end: as many as it has threads, and in a critical section [H20][T06]") {
    const product x;
    int wrong = 0, threads = 0;
    for (int round = 0; round < 10; ++round) {
#pragma omp parallel num_threads(4) reduction(+ : wrong) shared(threads, x)
        {
#pragma omp single
            threads = omp_get_num_threads();
            wrong += !x.holds({});
            wrong += !x.holds(support::cpu_with(3));
#pragma omp barrier
            // One at a time, the other threads of the region spinning at the end of it.
#pragma omp critical
            wrong += !x.holds(support::cpu_with(4));
        }
    }
    CHECK(threads == 4);
    CHECK(wrong == 0);
}

TEST_CASE("an OpenMP region inside a functor of ours [H20][T06]") {
    const product x;
    int wrong = 0;
    const auto c = tenfold::matmul(support::cpu_with(3), x.a, x.b, [&](float value, tenfold::index_t i, tenfold::index_t j) {
        if (i % 64 == 0 && j == 0) {
            int sum = 0;
#pragma omp parallel for num_threads(2) reduction(+ : sum)
            for (int k = 0; k < 100; ++k) sum += k;
            if (sum != 4950) __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
        }
        return value;
    });
    CHECK(tenfold::testing::compare_exact(c.view(), x.expected.view()).ok());
    CHECK(wrong == 0);
}
