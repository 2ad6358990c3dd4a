// SPDX-License-Identifier: Apache-2.0
// The throwing overload in a translation unit without exceptions.
// flags: -fno-exceptions
// error: tenfold: this translation unit has no exceptions; call op(std::nothrow, backend, ...) and read the status
#include <tenfold/backends/reference.hpp>
#include <tenfold/ops.hpp>

bool call(tenfold::tensor_view<const float, 2> a, tenfold::tensor_view<float, 2> c) {
#if TENFOLD_TEST_BAD
    tenfold::matmul(tenfold::reference{}, a, a, c);
    return true;
#else
    return tenfold::matmul(std::nothrow, tenfold::reference{}, a, a, c).ok();
#endif
}
