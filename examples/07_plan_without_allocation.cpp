// SPDX-License-Identifier: Apache-2.0
// A call that is decided once: checked, its workspace allocated, its kernel known. Then it runs without allocating.
#include <tenfold/backends/cpu.hpp>

#include <cstdio>

namespace tf = tenfold;

int main() {
    tf::tensor<float, 2> a({8, 64}), b({64, 32}), c({8, 32}), next({8, 64});
    for (tf::index_t i = 0; i < a.size(); ++i) a.data()[i] = 1.0f;
    for (tf::index_t i = 0; i < b.size(); ++i) b.data()[i] = 0.25f;
    for (tf::index_t i = 0; i < next.size(); ++i) next.data()[i] = -1.0f;

    auto plan = tf::plan(tf::cpu{.threads = 1}, tf::matmul_op{}, a, b, c, tf::relu{});
    const tf::explanation e = plan.explain();
    std::printf("%s: %s kernel, %d thread, %lld flop\n", e.op, e.kernel, e.threads, static_cast<long long>(e.flops));
    plan.run();  // on the operands it was made for
    std::printf("c(7, 31) = %g\n", static_cast<double>(c(7, 31)));
    plan.run(next, b, c);  // on others of the same extents and strides
    std::printf("c(7, 31) = %g\n", static_cast<double>(c(7, 31)));
    const tf::status s = plan.run(std::nothrow, next.slice(0, 0, 4), b, c.slice(0, 0, 4));
    std::printf("%.*s\n", static_cast<int>(s.message().size()), s.message().data());
}
// prints: matmul: direct kernel, 1 thread, 32768 flop
// prints: c(7, 31) = 16
// prints: c(7, 31) = 0
// prints: matmul: the plan is for a of extents (8, 64) and strides (64, 1); this a has extents (4, 64) and strides (64, 1). Make a plan for it
