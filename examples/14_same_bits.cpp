// SPDX-License-Identifier: Apache-2.0
// Rounded sums with the same bits on every backend and machine, a GPU by design (none has run it yet); and the fastest order beside it.
#include <tenfold/backends/cpu.hpp>
#include <tenfold/backends/reference.hpp>
#include <tenfold/testing/simt/emulated_cuda.hpp>

#include <bit>
#include <cstdio>

namespace tf = tenfold;

int main() {
    tf::tensor<float, 2> x({2, 100000});
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = 1 / static_cast<float>(i + 1);
    tf::testing::simt::emulated_gpu gpu;  // stands for a GPU here
    const auto show = [&](const char* name, const auto& where) {
        const auto sums = tf::sum(where, x, tf::axes{1}, {.bits = tf::determinism::cross_device});
        std::printf("%s %08x %08x\n", name, std::bit_cast<unsigned>(sums(0)), std::bit_cast<unsigned>(sums(1)));
    };
    show("reference", tf::reference{});
    show("cpu", tf::cpu{.threads = 2});
    show("cuda", tf::testing::simt::emulated_cuda{&gpu});
}
// prints: reference 4141713d 3f3171ee
// prints: cpu 4141713d 3f3171ee
// prints: cuda 4141713d 3f3171ee
