// SPDX-License-Identifier: Apache-2.0
// Weights that many calls multiply with are arranged once, in the order the kernel reads them, and then streamed.
#include <tenfold/tenfold.hpp>

#include <cstdio>

namespace tf = tenfold;

int main() {
    // A layer's weights as frameworks store them: (outputs, inputs).
    tf::packed_matrix<float> packed;
    {
        tf::tensor<float, 2> weights({300, 500});
        for (tf::index_t i = 0; i < weights.size(); ++i) weights.data()[i] = static_cast<float>(i % 3);
        packed = tf::pack(tf::cpu{}, weights.transposed());
    }  // the packed matrix refers to nothing: the weights may go
    std::printf("b is %lld x %lld, %lld bytes\n", static_cast<long long>(packed.extent(0)), static_cast<long long>(packed.extent(1)),
                static_cast<long long>(packed.bytes()));
    tf::tensor<float, 1> offset({300});
    for (tf::index_t i = 0; i < 300; ++i) offset(i) = -500.0f + static_cast<float>(i);
    for (const tf::index_t tokens : {1, 16}) {
        tf::tensor<float, 2> x({tokens, 500});
        for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = 1.0f;
        const auto y = tf::matmul(tf::cpu{}, x, packed, tf::bias(offset) | tf::relu{});
        std::printf("%lld: %g %g\n", static_cast<long long>(tokens), static_cast<double>(y(0, 0)), static_cast<double>(y(tokens - 1, 299)));
    }
    // Another backend does not guess what the panels are.
    tf::tensor<float, 2> x({1, 500}), y({1, 300});
    const tf::status s = tf::matmul(std::nothrow, tf::reference{}, x, packed, y);
    std::printf("%.*s\n", static_cast<int>(s.message().size()), s.message().data());
}
// prints: b is 500 x 300, * bytes
// prints: 1: 0 300
// prints: 16: 0 300
// prints: matmul: b was packed for cpu on * (panels of * columns, blocks of *, groups of 1), this call runs reference. Pack b with the backend of the call
