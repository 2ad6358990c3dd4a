// SPDX-License-Identifier: Apache-2.0
// Each kernel of the cuda backend for one element type, TENFOLD_KERNELS_OF: compiled for its registers and instructions, never run.
#include <tenfold/backends/cuda.cuh>

namespace tf = tenfold;

namespace {
template <class T, std::size_t Rank>
using view = tf::tensor_view<T, Rank, tf::device_space>;

struct scaled_sum {
    template <class V>
    TENFOLD_ANYWHERE V operator()(V x, V y) const {
        return x + x + y;
    }
};
}  // namespace

namespace every_kernel {
template <class T>
void reductions(const tf::cuda& gpu, const view<const T, 2>& x) {
    const tf::axes rows{1};
    (void)tf::sum(gpu, x, rows);
    (void)tf::prod(gpu, x, rows);
    (void)tf::min(gpu, x, rows);
    (void)tf::max(gpu, x, rows);
    (void)tf::any(gpu, x, rows);
    (void)tf::all(gpu, x, rows);
    (void)tf::argmin(gpu, x, rows);
    (void)tf::argmax(gpu, x, rows);
    (void)tf::cumulative_sum(gpu, x, 1);
    if constexpr (tf::is_floating_v<T>) {
        (void)tf::mean(gpu, x, rows);
        (void)tf::norm1(gpu, x, rows);
        (void)tf::norm2(gpu, x, rows);
        (void)tf::variance(gpu, x, rows);
        (void)tf::log_sum_exp(gpu, x, rows);
    }
}
template <class T>
void rows_and_products(const tf::cuda& gpu, const view<const T, 2>& x, const view<const T, 1>& scale, const view<T, 2>& y) {
    (void)tf::matmul(gpu, x, x);
    tf::copy(gpu, x, y);
    tf::transform(gpu, scaled_sum{}, x, x, y);
    if constexpr (tf::is_floating_v<T>) {
        (void)tf::softmax(gpu, x, 1);
        (void)tf::log_softmax(gpu, x, 1);
        (void)tf::layer_norm(gpu, x, 1, scale, scale);
        (void)tf::rms_norm(gpu, x, 1, scale);
    }
    if constexpr (!std::is_same_v<T, float>) tf::convert(gpu, x, view<float, 2>());
}

using T = TENFOLD_KERNELS_OF;
template void reductions<T>(const tf::cuda&, const view<const T, 2>&);
template void rows_and_products<T>(const tf::cuda&, const view<const T, 2>&, const view<const T, 1>&, const view<T, 2>&);
}  // namespace every_kernel
