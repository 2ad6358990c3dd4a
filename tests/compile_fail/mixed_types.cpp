// SPDX-License-Identifier: Apache-2.0
// Operands of two floating-point types in one product.
// error: tenfold: matmul takes a and b of one type
#include <tenfold/backends/reference.hpp>
#include <tenfold/ops.hpp>

#if TENFOLD_TEST_BAD
using other = double;
#else
using other = float;
#endif

void call(tenfold::tensor_view<const float, 2> a, tenfold::tensor_view<const other, 2> b, tenfold::tensor_view<float, 2> c) {
    tenfold::matmul(tenfold::reference{}, a, b, c);
}
