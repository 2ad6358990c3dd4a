// SPDX-License-Identifier: Apache-2.0
// A process that gets no memory for another thread's stack: the caller does the work of all workers.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <pthread.h>
#include <sys/resource.h>

#include <set>
#include <support/settings.hpp>
#include <support/watchers.hpp>
#include <system_error>

TEST_CASE("threads that cannot be started are not missed [T05]") {
    tenfold::tensor<float, 2> a({192, 100}), b({100, 192}), c({192, 192});
    tenfold::testing::generator random(support::seed());
    tenfold::testing::fill_integers(a.view(), random, 30);
    tenfold::testing::fill_integers(b.view(), random, 30);
    const auto expected = tenfold::matmul(tenfold::reference{}, a, b);
    tenfold::matmul(support::cpu_with(1), a, b, c);  // what the call itself allocates is there afterwards

    // A stack larger than the address space that is left: every pthread_create fails with EAGAIN.
    pthread_attr_t huge;
    REQUIRE(pthread_attr_init(&huge) == 0);
    REQUIRE(pthread_attr_setstacksize(&huge, std::size_t{1} << 46) == 0);
    REQUIRE(pthread_setattr_default_np(&huge) == 0);
    CHECK_THROWS_AS(std::thread([] {}).join(), std::system_error);

    for (const int threads : {2, 3, 64}) {
        std::fill(c.data(), c.data() + c.size(), 0.0f);
        support::observation seen;
        const tenfold::status s = tenfold::matmul(std::nothrow, support::cpu_with(threads), a, b, c, support::watching_epilogue{&seen});
        CHECK_MESSAGE(s.ok(), s.message());
        CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
        CHECK(seen.threads == std::set<std::thread::id>{std::this_thread::get_id()});
    }
}
