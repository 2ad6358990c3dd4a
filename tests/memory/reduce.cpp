// SPDX-License-Identifier: Apache-2.0
// Scratch of reductions: of a size that the number of outputs does not decide.
#include <tenfold/kernel/cpu/reduce.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory/countdown.hpp>

using tenfold::index_t;
using tenfold::tensor;

TEST_CASE("cross_device takes as much scratch for a hundred thousand outputs as for a thousand, of rows and of columns") {
    const auto bytes_of_sum = [](index_t outputs, bool of_rows) {
        tensor<float, 2> x(of_rows ? tenfold::index_array<2>{outputs, 3} : tenfold::index_array<2>{3, outputs});
        std::fill(x.data(), x.data() + x.size(), 0.1f);
        tensor<float, 1> y({outputs});
        support::allocations_of([&] {
            const tenfold::axes axes{of_rows ? 1 : 0};
            tenfold::sum(tenfold::cpu{.threads = 1}, x, axes, y, {.bits = tenfold::determinism::cross_device});
        });
        CHECK(std::count(y.data(), y.data() + outputs, 0.1f + 0.1f + 0.1f) == outputs);
        return support::watch.bytes;
    };
    for (const bool of_rows : {true, false}) {
        CAPTURE(of_rows);
        const std::size_t bytes = bytes_of_sum(1000, of_rows);
        CHECK(bytes > 0);
        CHECK(bytes <= 128 * 1024);
        CHECK(bytes_of_sum(100000, of_rows) == bytes);
    }
}
