// SPDX-License-Identifier: Apache-2.0
// Which instruction set runs is decided at run time. See it, force it for one call, or for a process: TENFOLD_ISA=avx2.
#include <tenfold/backends/cpu.hpp>

#include <cstdio>

namespace tf = tenfold;

int main() {
    tf::tensor<double, 2> a({33, 65}), b({65, 17});
    for (tf::index_t i = 0; i < a.size(); ++i) a.data()[i] = static_cast<double>(i % 5);
    for (tf::index_t i = 0; i < b.size(); ++i) b.data()[i] = static_cast<double>(i % 3);
    std::printf("best here: %s\n", tf::available_isas()[0]);
    for (const char* isa : tf::available_isas()) {
        const auto c = tf::matmul(tf::cpu{.isa = isa}, a, b);
        if (c(32, 16) != 127) std::printf("%s differs: %g\n", isa, c(32, 16));
    }
    tf::tensor<double, 2> c({33, 17});
    const tf::status s = tf::matmul(std::nothrow, tf::cpu{.isa = "mmx"}, a, b, c);
    std::printf("%.*s\n", static_cast<int>(s.message().size()), s.message().data());
}
// prints: best here: *
// prints: matmul: cpu{.isa} = mmx is not an ISA of this build (*); this machine can run *. Unset it or use one of those
