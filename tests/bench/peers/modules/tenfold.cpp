// SPDX-License-Identifier: Apache-2.0
// Stands for tenfold: right.
#include "modules/textbook.hpp"

extern "C" void tenfold_matmul_peers(std::vector<tenfold::bench::matmul_peer>& peers) {
    peers.push_back({"", "textbook", &tenfold::bench::prepare_textbook<0>});
}
