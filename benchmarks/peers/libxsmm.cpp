// SPDX-License-Identifier: Apache-2.0
// libxsmm as a peer: a kernel generated beforehand for the shape.
#include <libxsmm.h>

#include "peers/repeated_call.hpp"  // repeat_over_batch

namespace tenfold::bench {
namespace {

/// A row-major product is the column-major product of the transposed operands in the other order.
template <class T, class Kernel, class Dispatch>
std::unique_ptr<ready_matmul> repeat_generated(const matmul_shape& s, const matmul_operands& operands, Dispatch* dispatch) {
    const auto narrow = [](std::int64_t x) { return static_cast<libxsmm_blasint>(x); };
    const libxsmm_blasint lda = narrow(s.lda()), ldb = narrow(s.ldb()), ldc = narrow(s.ldc());
    const T alpha = 1, beta = 0;
    const int flags = (s.b_transposed ? LIBXSMM_GEMM_FLAG_TRANS_A : 0) | (s.a_transposed ? LIBXSMM_GEMM_FLAG_TRANS_B : 0);
    const Kernel kernel = dispatch(narrow(s.n), narrow(s.m), narrow(s.k), &ldb, &lda, &ldc, &alpha, &beta, &flags, nullptr);
    if (kernel == nullptr) return nullptr;
    return repeat_over_batch<T, T, T>(s, operands, [kernel](const T* a, const T* b, T* c) { kernel(b, a, c); });
}

std::unique_ptr<ready_matmul> prepare(const matmul_shape& s, const matmul_operands& operands, int threads) {
    constexpr std::int64_t largest = 128;  // the library is for small products: kernels are unrolled over the whole shape
    if (threads != 1 || s.m > largest || s.n > largest || s.k > largest) return nullptr;
    switch (s.types) {
        case matmul_types::f32: return repeat_generated<float, libxsmm_smmfunction>(s, operands, &libxsmm_smmdispatch);
        case matmul_types::f64: return repeat_generated<double, libxsmm_dmmfunction>(s, operands, &libxsmm_dmmdispatch);
        default: return nullptr;
    }
}

}  // namespace

extern "C" void tenfold_matmul_peers(std::vector<matmul_peer>& peers) {
    libxsmm_init();
    peers.push_back({"", std::string(LIBXSMM_VERSION) + " " + libxsmm_get_target_arch(), &prepare});
}

}  // namespace tenfold::bench
