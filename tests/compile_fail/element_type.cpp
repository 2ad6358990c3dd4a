// SPDX-License-Identifier: Apache-2.0
// An element type that the library does not have.
// error: tenfold: element types are float, double, half, bfloat16, int8_t, uint8_t, int32_t
#include <tenfold/core/tensor_view.hpp>

#include <complex>

#if TENFOLD_TEST_BAD
using element = std::complex<float>;
#else
using element = float;
#endif

tenfold::index_t call(element* data) { return tenfold::tensor_view<element, 1>(data, {4}).size(); }
