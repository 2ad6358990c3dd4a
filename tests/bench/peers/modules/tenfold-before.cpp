// SPDX-License-Identifier: Apache-2.0
// Stands for another state of tenfold.
#include "modules/textbook.hpp"

extern "C" void tenfold_matmul_peers(std::vector<tenfold::bench::matmul_peer>& peers) {
    peers.push_back({"", "textbook, older", &tenfold::bench::prepare_textbook<0>});
}
