// SPDX-License-Identifier: Apache-2.0
// The shortest program: c = a b. Build it alone: g++ -std=c++20 -I include examples/01_hello_matmul.cpp -ltbb
#include <tenfold/backends/cpu.hpp>

#include <cstdio>

namespace tf = tenfold;

int main() {
    tf::tensor<float, 2> a({512, 256}), b({256, 128});
    for (tf::index_t i = 0; i < a.size(); ++i) a.data()[i] = 1.0f;
    for (tf::index_t i = 0; i < b.size(); ++i) b.data()[i] = 0.5f;
    const auto c = tf::matmul(tf::cpu{}, a, b);
    std::printf("c(511, 127) = %g, computed with %s\n", static_cast<double>(c(511, 127)), tf::active_isa());
}
// prints: c(511, 127) = 128, computed with *
