// SPDX-License-Identifier: Apache-2.0
// A module whose library is missing: nothing defines this function.
#include "peers/matmul_peer.hpp"

std::string not_defined_anywhere();

extern "C" void tenfold_matmul_peers(std::vector<tenfold::bench::matmul_peer>& peers) {
    peers.push_back({"", not_defined_anywhere(), nullptr});
}
