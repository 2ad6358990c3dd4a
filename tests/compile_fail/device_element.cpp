// SPDX-License-Identifier: Apache-2.0
// An element of device memory read on the host.
// error: tenfold: elements in device memory cannot be read by the host
#include <tenfold/core/tensor_view.hpp>

#if TENFOLD_TEST_BAD
using space = tenfold::device_space;
#else
using space = tenfold::host_space;
#endif

float call(tenfold::tensor_view<const float, 1, space> x) { return x(0); }
