// SPDX-License-Identifier: Apache-2.0
// BLIS as a peer, through its own interface: two strides for each operand, so a transposed one is only another pair.
#include <blis.h>

#include "peers/repeated_call.hpp"  // repeat_over_batch

namespace tenfold::bench {
namespace {

template <class T, class Gemm>
std::unique_ptr<ready_matmul> repeat_blis(const matmul_shape& s, const matmul_operands& operands, Gemm* gemm) {
    return repeat_over_batch<T, T, T>(s, operands, [s, gemm](const T* a, const T* b, T* c) {
        static T one = 1, zero = 0;
        const inc_t a_row = s.a_transposed ? 1 : s.lda(), a_column = s.a_transposed ? s.lda() : 1;
        const inc_t b_row = s.b_transposed ? 1 : s.ldb(), b_column = s.b_transposed ? s.ldb() : 1;
        // BLIS takes its inputs as pointers to non-const and does not write to them.
        gemm(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, s.m, s.n, s.k, &one, const_cast<T*>(a), a_row, a_column, const_cast<T*>(b), b_row,
             b_column, &zero, c, s.ldc(), 1);
    });
}

std::unique_ptr<ready_matmul> prepare(const matmul_shape& s, const matmul_operands& operands, int threads) {
    bli_thread_set_num_threads(threads);
    switch (s.types) {
        case matmul_types::f32: return repeat_blis<float>(s, operands, &bli_sgemm);
        case matmul_types::f64: return repeat_blis<double>(s, operands, &bli_dgemm);
        default: return nullptr;
    }
}

}  // namespace

extern "C" void tenfold_matmul_peers(std::vector<matmul_peer>& peers) {
    bli_init();
    peers.push_back({"", std::string(bli_info_get_version_str()) + " " + bli_arch_string(bli_arch_query_id()), &prepare});
}

}  // namespace tenfold::bench
