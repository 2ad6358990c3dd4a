// SPDX-License-Identifier: Apache-2.0
// tenfold itself among its peers. The matmuls of each set of element types are in a file compiled once for each.
#include <tenfold/config/version.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>  // active_isa

#include "peers/tenfold_matmul.hpp"  // prepare_tenfold

namespace tenfold::bench {
namespace {

std::unique_ptr<ready_matmul> prepare(const matmul_shape& s, const matmul_operands& operands, int threads) {
    switch (s.types) {
        case matmul_types::f32: return prepare_tenfold<matmul_types::f32>(s, operands, threads);
        case matmul_types::f64: return prepare_tenfold<matmul_types::f64>(s, operands, threads);
        case matmul_types::bf16: return prepare_tenfold<matmul_types::bf16>(s, operands, threads);
        case matmul_types::u8s8: return prepare_tenfold<matmul_types::u8s8>(s, operands, threads);
        case matmul_types::s8: return prepare_tenfold<matmul_types::s8>(s, operands, threads);
    }
    return nullptr;
}

}  // namespace

extern "C" void tenfold_matmul_peers(std::vector<matmul_peer>& peers) {
    const std::string version =
        std::to_string(TENFOLD_VERSION_MAJOR) + "." + std::to_string(TENFOLD_VERSION_MINOR) + "." + std::to_string(TENFOLD_VERSION_PATCH);
    peers.push_back({"", version + " " + active_isa(), &prepare});
}

}  // namespace tenfold::bench
