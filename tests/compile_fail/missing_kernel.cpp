// SPDX-License-Identifier: Apache-2.0
// A backend of one's own without a kernel for the op that is called.
// error: tenfold: this backend has no kernel for this op
// error: docs/how-to/add_a_backend.md
#include <tenfold/ops.hpp>

namespace mine {
struct backend {
    using space = tenfold::host_space;
    static constexpr const char* name = "mine";
};
}

#if !TENFOLD_TEST_BAD
template <>
struct tenfold::kernel<tenfold::matmul_op, mine::backend> {
    template <class Arguments>
    static status run(const mine::backend&, const Arguments&) noexcept {
        return {};
    }
};
#endif

void call(tenfold::tensor_view<const float, 2> a, tenfold::tensor_view<float, 2> c) { tenfold::matmul(mine::backend{}, a, a, c); }
