// SPDX-License-Identifier: Apache-2.0
// Device memory handed to a backend that works on host memory.
// error: tenfold: an operand is in memory this backend does not work on
#include <tenfold/backends/reference.hpp>
#include <tenfold/ops.hpp>

#if TENFOLD_TEST_BAD
using space = tenfold::device_space;
#else
using space = tenfold::host_space;
#endif

void call(tenfold::tensor_view<const float, 2, space> a, tenfold::tensor_view<float, 2, space> c) {
    tenfold::matmul(tenfold::reference{}, a, a, c);
}
