// SPDX-License-Identifier: Apache-2.0
// Eigen as a peer, through the fastest of its own expressions for each task; compiled for this machine.
#include <Eigen/Core>

#include "peers/peer.hpp"

namespace tenfold::bench {
namespace {

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using const_map = Eigen::Map<const matrix<T>>;
template <class T>
using map = Eigen::Map<matrix<T>>;

template <class T>
void matmul(const matmul_call<T>& x) {
    Eigen::setNbThreads(x.threads);
    const const_map<T> a(x.a, x.m, x.k);
    map<T> c(x.c, x.m, x.n);
    if (x.b_transposed) {
        c.noalias() = a * const_map<T>(x.b, x.n, x.k).transpose();
    } else {
        c.noalias() = a * const_map<T>(x.b, x.k, x.n);
    }
}

template <class T>
void sum(const sum_call<T>& x) {
    if (x.outer == 1 && x.inner == 1) {
        x.y[0] = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>>(x.x, x.reduced).sum();
    } else if (x.inner == 1) {
        map<T>(x.y, x.outer, 1) = const_map<T>(x.x, x.outer, x.reduced).rowwise().sum();
    } else {
        for (std::int64_t i = 0; i < x.outer; ++i)
            map<T>(x.y + i * x.inner, 1, x.inner) = const_map<T>(x.x + i * x.reduced * x.inner, x.reduced, x.inner).colwise().sum();
    }
}

#define TENFOLD_BENCH_TEXT_(x) #x
#define TENFOLD_BENCH_TEXT(x) TENFOLD_BENCH_TEXT_(x)
constexpr const char* version =
    TENFOLD_BENCH_TEXT(EIGEN_WORLD_VERSION) "." TENFOLD_BENCH_TEXT(EIGEN_MAJOR_VERSION) "." TENFOLD_BENCH_TEXT(EIGEN_MINOR_VERSION);

#if defined(EIGEN_VECTORIZE_AVX512)
constexpr const char* isa = "avx512";
#elif defined(EIGEN_VECTORIZE_AVX2)
constexpr const char* isa = "avx2";
#else
constexpr const char* isa = "baseline";
#endif

}  // namespace

extern const peer eigen_peer;
const peer eigen_peer{"eigen", version, isa, &matmul<float>, &matmul<double>, &sum<float>, &sum<double>, false};

}  // namespace tenfold::bench
