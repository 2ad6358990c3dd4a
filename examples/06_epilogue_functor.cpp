// SPDX-License-Identifier: Apache-2.0
// What happens to a finished sum before it is stored: one functor, the same on every backend, no second pass.
#include <tenfold/tenfold.hpp>

#include <cstdio>

namespace tf = tenfold;

/// Causal mask: scores above the diagonal become -infinity. The indices are those of the output.
struct causal_mask {
    float operator()(float score, tf::index_t row, tf::index_t column) const { return column > row ? -1e30f : score; }
};

template <class Backend>
void attention_scores(const Backend& backend) {
    tf::tensor<float, 2> q({4, 8}), k({4, 8}), residual({4, 4});
    tf::tensor<float, 1> offset({4});
    for (tf::index_t i = 0; i < q.size(); ++i) q.data()[i] = k.data()[i] = static_cast<float>(i % 3);
    for (tf::index_t i = 0; i < residual.size(); ++i) residual.data()[i] = 1.0f;
    for (tf::index_t i = 0; i < 4; ++i) offset(i) = 0.5f * static_cast<float>(i);

    const auto scores = tf::matmul(backend, q, k.transposed(), tf::scale(0.25f) | tf::bias(offset) | tf::add(residual) | causal_mask{});
    std::printf("%-9s %5.2f %8.2g\n", backend.name, static_cast<double>(scores(3, 2)), static_cast<double>(scores(0, 1)));
}

int main() {
    attention_scores(tf::reference{});
    attention_scores(tf::cpu{});
}
// prints: reference  3.50   -1e+30
// prints: cpu        3.50   -1e+30
