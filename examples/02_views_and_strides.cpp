// SPDX-License-Identifier: Apache-2.0
// A view is pointer + extents + strides: slices, transposes and broadcasts cost nothing and go into any op.
#include <tenfold/backends/cpu.hpp>

#include <cstdio>
#include <vector>

namespace tf = tenfold;

int main() {
    std::vector<float> memory(6 * 8);
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<float>(i);

    const tf::tensor_view<const float, 2> x(memory.data(), {6, 8});         // your memory, row-major
    const auto every_other = x.slice(1, 0, 8, 2);                           // columns 0 2 4 6: strides (8, 2)
    const auto window = x.slice(0, 2, 4).slice(1, 4, 8);                    // rows 2..3, columns 4..7
    const auto flipped = x.reversed(0);                                     // negative stride
    std::printf("every_other(1, 3) = %g, window(0, 0) = %g, flipped(0, 0) = %g\n", static_cast<double>(every_other(1, 3)),
                static_cast<double>(window(0, 0)), static_cast<double>(flipped(0, 0)));

    // (6, 4) times (4, 6), neither of them contiguous, and no copy by the caller.
    const auto product = tf::matmul(tf::cpu{}, every_other, x.transposed().slice(0, 1, 8, 2));
    std::printf("product is (%ld, %ld), product(5, 5) = %g\n", product.extent(0), product.extent(1), static_cast<double>(product(5, 5)));

    // One matrix against a batch: leading axes broadcast.
    const auto batch = x.broadcast_to<3>({3, 6, 8});
    const auto products = tf::matmul(tf::cpu{}, batch, x.transposed());
    std::printf("products is (%ld, %ld, %ld)\n", products.extent(0), products.extent(1), products.extent(2));
}
// prints: every_other(1, 3) = 14, window(0, 0) = 20, flipped(0, 0) = 40
// prints: product is (6, 6), product(5, 5) = 7588
// prints: products is (3, 6, 6)
