// SPDX-License-Identifier: Apache-2.0
// A library without any matmul.
#include "peers/matmul_peer.hpp"

namespace {

std::unique_ptr<tenfold::bench::ready_matmul> prepare(const tenfold::bench::matmul_shape&, const tenfold::bench::matmul_operands&, int) {
    return nullptr;
}

}  // namespace

extern "C" void tenfold_matmul_peers(std::vector<tenfold::bench::matmul_peer>& peers) {
    peers.push_back({"", "1, with a comma", &prepare});
}
