// SPDX-License-Identifier: Apache-2.0
// MKL as a peer: gemm, its batched and mixed forms, and as a second peer the kernels that it generates for small shapes.
#include <mkl.h>

#include "peers/cblas_matmul.hpp"  // repeat_cblas, cblas_parameters

namespace tenfold::bench {
namespace {

using parameters = cblas_parameters<MKL_INT>;

template <class T, class Gemm>
std::unique_ptr<ready_matmul> repeat_strided_batch(const matmul_shape& s, const matmul_operands& operands, Gemm* gemm) {
    return repeat<T, T, T>(operands, [s, p = parameters(s), gemm](const T* a, const T* b, T* c) {
        gemm(CblasRowMajor, p.a_form, p.b_form, p.m, p.n, p.k, T{1}, a, p.lda, s.a_elements(), b, p.ldb, s.b_elements(), T{0}, c, p.ldc,
             s.c_elements(), s.batch);
    });
}

std::unique_ptr<ready_matmul> prepare(const matmul_shape& s, const matmul_operands& operands, int threads) {
    mkl_set_dynamic(0);
    mkl_set_num_threads(threads);
    const parameters p(s);
    switch (s.types) {
        case matmul_types::f32:
            if (s.batch > 1) return repeat_strided_batch<float>(s, operands, &cblas_sgemm_batch_strided);
            return repeat_cblas<float, MKL_INT>(s, operands, &cblas_sgemm);
        case matmul_types::f64:
            if (s.batch > 1) return repeat_strided_batch<double>(s, operands, &cblas_dgemm_batch_strided);
            return repeat_cblas<double, MKL_INT>(s, operands, &cblas_dgemm);
        case matmul_types::bf16:
            return repeat_over_batch<MKL_BF16, MKL_BF16, float>(s, operands, [p](const MKL_BF16* a, const MKL_BF16* b, float* c) {
                cblas_gemm_bf16bf16f32(CblasRowMajor, p.a_form, p.b_form, p.m, p.n, p.k, 1, a, p.lda, b, p.ldb, 0, c, p.ldc);
            });
        case matmul_types::u8s8:
            return repeat_over_batch<MKL_UINT8, MKL_INT8, MKL_INT32>(s, operands, [p](const MKL_UINT8* a, const MKL_INT8* b, MKL_INT32* c) {
                const MKL_INT32 offset = 0;
                cblas_gemm_s8u8s32(CblasRowMajor, p.a_form, p.b_form, CblasFixOffset, p.m, p.n, p.k, 1, a, p.lda, 0, b, p.ldb, 0, 0, c,
                                   p.ldc, &offset);
            });
        default: return nullptr;
    }
}

struct destroy_generated {
    void operator()(void* jitter) const { mkl_jit_destroy(jitter); }
};

template <class T, class Create, class Kernel>
std::unique_ptr<ready_matmul> repeat_generated(const matmul_shape& s, const matmul_operands& operands, Create* create,
                                               Kernel (*kernel_of)(const void*)) {
    void* jitter = nullptr;
    const auto form = [](bool transposed) { return transposed ? MKL_TRANS : MKL_NOTRANS; };
    const parameters p(s);
    const auto outcome =
        create(&jitter, MKL_ROW_MAJOR, form(s.a_transposed), form(s.b_transposed), p.m, p.n, p.k, T{1}, p.lda, p.ldb, T{0}, p.ldc);
    const std::shared_ptr<void> owner(jitter, destroy_generated());
    if (outcome != MKL_JIT_SUCCESS) return nullptr;  // MKL_NO_JIT: its kernel is gemm, which the other peer measures
    return repeat_over_batch<T, T, T>(s, operands, [owner, kernel = kernel_of(jitter)](const T* a, const T* b, T* c) {
        kernel(owner.get(), const_cast<T*>(a), const_cast<T*>(b), c);  // reads a and b only
    });
}

std::unique_ptr<ready_matmul> prepare_generated(const matmul_shape& s, const matmul_operands& operands, int threads) {
    if (threads != 1) return nullptr;  // generated kernels have no threads
    switch (s.types) {
        case matmul_types::f32: return repeat_generated<float>(s, operands, &mkl_jit_create_sgemm, &mkl_jit_get_sgemm_ptr);
        case matmul_types::f64: return repeat_generated<double>(s, operands, &mkl_jit_create_dgemm, &mkl_jit_get_dgemm_ptr);
        default: return nullptr;
    }
}

}  // namespace

extern "C" void tenfold_matmul_peers(std::vector<matmul_peer>& peers) {
    char version[256] = "";
    mkl_get_version_string(version, sizeof version);
    peers.push_back({"", version, &prepare});
    peers.push_back({"-jit", version, &prepare_generated});
}

}  // namespace tenfold::bench
