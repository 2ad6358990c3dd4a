// SPDX-License-Identifier: Apache-2.0
// A convolution on the cuda backend, which has none.
// error: tenfold: this backend has no kernel for this op
// error: call the op on cpu or reference with host tensors (copy_from brings device tensors to the host)
#include <tenfold/backends/reference.hpp>
#include <tenfold/exec/cuda.hpp>
#include <tenfold/ops.hpp>

#if TENFOLD_TEST_BAD
using where = tenfold::cuda;
#else
using where = tenfold::reference;
#endif
using image = tenfold::tensor_view<const float, 4, where::space>;

void call(image x, image w, tenfold::tensor_view<float, 4, where::space> y) { tenfold::conv(where{}, x, w, y); }
