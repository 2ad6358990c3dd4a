// SPDX-License-Identifier: Apache-2.0
// OpenBLAS as a peer.
#include <cblas.h>

#include "peers/cblas_matmul.hpp"  // repeat_cblas

// The package for Python puts a prefix before every name.
#ifndef TENFOLD_PEER_BLAS_PREFIX
#define TENFOLD_PEER_BLAS_PREFIX
#endif
#define TENFOLD_PEER_JOIN_(prefix, name) prefix##name
#define TENFOLD_PEER_JOIN(prefix, name) TENFOLD_PEER_JOIN_(prefix, name)
#define TENFOLD_PEER_BLAS(name) TENFOLD_PEER_JOIN(TENFOLD_PEER_BLAS_PREFIX, name)

namespace tenfold::bench {
namespace {

std::unique_ptr<ready_matmul> prepare(const matmul_shape& s, const matmul_operands& operands, int threads) {
    TENFOLD_PEER_BLAS(openblas_set_num_threads)(threads);
    switch (s.types) {
        case matmul_types::f32: return repeat_cblas<float, blasint>(s, operands, &TENFOLD_PEER_BLAS(cblas_sgemm));
        case matmul_types::f64: return repeat_cblas<double, blasint>(s, operands, &TENFOLD_PEER_BLAS(cblas_dgemm));
        default: return nullptr;
    }
}

}  // namespace

extern "C" void tenfold_matmul_peers(std::vector<matmul_peer>& peers) {
    peers.push_back({"", TENFOLD_PEER_BLAS(openblas_get_config)(), &prepare});
}

}  // namespace tenfold::bench
