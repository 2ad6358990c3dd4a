// SPDX-License-Identifier: Apache-2.0
// What compile_cost.py compiles: a source that includes tenfold and calls one reduction.
#include <tenfold/backends/cuda.cuh>

namespace tf = tenfold;

void row_sums(const tf::tensor_view<const float, 2, tf::device_space>& x, const tf::tensor_view<float, 1, tf::device_space>& y) {
    tf::sum(tf::cuda{}, x, tf::axes{1}, y);
}
