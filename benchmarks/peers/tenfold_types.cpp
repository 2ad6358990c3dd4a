// SPDX-License-Identifier: Apache-2.0
// tenfold's matmul for one set of element types, TENFOLD_PEER_TYPES: compiled once for each.
#include <tenfold/backends/cpu.hpp>

#include "peers/tenfold_matmul.hpp"  // prepare_tenfold, repeat_tenfold

namespace tenfold::bench {

template <>
std::unique_ptr<ready_matmul> prepare_tenfold<matmul_types::TENFOLD_PEER_TYPES>(const matmul_shape& s, const matmul_operands& operands,
                                                                                int threads) {
    using types = elements_of<matmul_types::TENFOLD_PEER_TYPES>;
    return repeat_tenfold<types::a, types::b, types::c>(s, operands, cpu{.threads = threads});
}

}  // namespace tenfold::bench
