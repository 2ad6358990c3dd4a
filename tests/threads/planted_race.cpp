// SPDX-License-Identifier: Apache-2.0
// A functor that writes shared state without a lock. The test passes when ThreadSanitizer reports exactly that.
#include <tenfold/kernel/cpu/matmul.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <support/settings.hpp>
#include <thread>

namespace {
struct racing_functor {
    long* calls;
    float operator()(float value, tenfold::index_t, tenfold::index_t column) const {
        if (column == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // no thread does all rows alone
        ++*calls;
        return value;
    }
};
}  // namespace

TEST_CASE("a race in a functor is seen through the library's threads [T15]") {
    tenfold::tensor<float, 2> a({192, 100}), b({100, 192});
    std::fill(a.data(), a.data() + a.size(), 1.0f);
    std::fill(b.data(), b.data() + b.size(), 1.0f);
    long calls = 0;
    const auto c = tenfold::matmul(support::cpu_with(3), a, b, racing_functor{&calls});
    CHECK(c(191, 191) == 100);
}
