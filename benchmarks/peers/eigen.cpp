// SPDX-License-Identifier: Apache-2.0
// Eigen as a peer, through the fastest of its own expressions for each task: for tenfold-bench itself compiled for this machine,
// and as modules with the flags that their names say.
#include <Eigen/Core>

#include "peers/peer.hpp"           // peer
#include "peers/repeated_call.hpp"  // repeat_over_batch

namespace tenfold::bench {
namespace {

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using const_map = Eigen::Map<const matrix<T>>;
template <class T>
using map = Eigen::Map<matrix<T>>;
template <class T>
using strided = Eigen::Map<matrix<T>, 0, Eigen::OuterStride<>>;
template <class T>
using const_strided = Eigen::Map<const matrix<T>, 0, Eigen::OuterStride<>>;

/// One expression for each pair of forms: Eigen chooses its kernels by them.
template <class T, bool ATransposed, bool BTransposed>
std::unique_ptr<ready_matmul> repeat_forms(const matmul_shape& s, const matmul_operands& operands) {
    return repeat_over_batch<T, T, T>(s, operands, [s](const T* a_data, const T* b_data, T* c_data) {
        const const_strided<T> a(a_data, ATransposed ? s.k : s.m, ATransposed ? s.m : s.k, Eigen::OuterStride<>(s.lda()));
        const const_strided<T> b(b_data, BTransposed ? s.n : s.k, BTransposed ? s.k : s.n, Eigen::OuterStride<>(s.ldb()));
        strided<T> c(c_data, s.m, s.n, Eigen::OuterStride<>(s.ldc()));
        if constexpr (ATransposed && BTransposed)
            c.noalias() = a.transpose() * b.transpose();
        else if constexpr (ATransposed)
            c.noalias() = a.transpose() * b;
        else if constexpr (BTransposed)
            c.noalias() = a * b.transpose();
        else
            c.noalias() = a * b;
    });
}

template <class T>
std::unique_ptr<ready_matmul> repeat_eigen(const matmul_shape& s, const matmul_operands& operands) {
    if (s.a_transposed) return s.b_transposed ? repeat_forms<T, true, true>(s, operands) : repeat_forms<T, true, false>(s, operands);
    return s.b_transposed ? repeat_forms<T, false, true>(s, operands) : repeat_forms<T, false, false>(s, operands);
}

std::unique_ptr<ready_matmul> prepare_matmul(const matmul_shape& s, const matmul_operands& operands, int threads) {
    Eigen::setNbThreads(threads);
    switch (s.types) {
        case matmul_types::f32: return repeat_eigen<float>(s, operands);
        case matmul_types::f64: return repeat_eigen<double>(s, operands);
        default: return nullptr;
    }
}

/// A square whose extent the program that uses Eigen knows when it is compiled.
template <class T, int Extent>
std::unique_ptr<ready_matmul> repeat_fixed(const matmul_shape& s, const matmul_operands& operands) {
    using square = Eigen::Matrix<T, Extent, Extent, Eigen::RowMajor>;
    return repeat_over_batch<T, T, T>(s, operands, [](const T* a, const T* b, T* c) {
        Eigen::Map<square>(c).noalias() = Eigen::Map<const square>(a) * Eigen::Map<const square>(b);
    });
}

template <class T>
std::unique_ptr<ready_matmul> prepare_fixed_of(const matmul_shape& s, const matmul_operands& operands) {
    switch (s.m) {
        case 4: return repeat_fixed<T, 4>(s, operands);
        case 5: return repeat_fixed<T, 5>(s, operands);
        case 8: return repeat_fixed<T, 8>(s, operands);
        case 9: return repeat_fixed<T, 9>(s, operands);
        case 13: return repeat_fixed<T, 13>(s, operands);
        case 16: return repeat_fixed<T, 16>(s, operands);
        case 23: return repeat_fixed<T, 23>(s, operands);
        case 24: return repeat_fixed<T, 24>(s, operands);
        case 32: return repeat_fixed<T, 32>(s, operands);
        default: return nullptr;
    }
}

std::unique_ptr<ready_matmul> prepare_fixed(const matmul_shape& s, const matmul_operands& operands, int threads) {
    const bool plain = !s.a_transposed && !s.b_transposed && s.lda() == s.k && s.ldb() == s.n && s.ldc() == s.n;
    if (threads != 1 || s.m != s.n || s.n != s.k || !plain) return nullptr;
    switch (s.types) {
        case matmul_types::f32: return prepare_fixed_of<float>(s, operands);
        case matmul_types::f64: return prepare_fixed_of<double>(s, operands);
        default: return nullptr;
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
const peer eigen_peer{"eigen", version, isa, &prepare_matmul, &sum<float>, &sum<double>, false};

#ifdef TENFOLD_PEER_MODULE
extern "C" void tenfold_matmul_peers(std::vector<matmul_peer>& peers) {
    const std::string compiled = std::string(version) + " " + isa;
    peers.push_back({"", compiled, &prepare_matmul});
    peers.push_back({"-fixed", compiled, &prepare_fixed});
}
#endif

}  // namespace tenfold::bench
