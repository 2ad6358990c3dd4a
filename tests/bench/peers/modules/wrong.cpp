// SPDX-License-Identifier: Apache-2.0
// A library whose last element is off by one, and a form of it that is right.
#include "modules/textbook.hpp"

extern "C" void tenfold_matmul_peers(std::vector<tenfold::bench::matmul_peer>& peers) {
    peers.push_back({"", "off by one", &tenfold::bench::prepare_textbook<1>});
    peers.push_back({"-mended", "textbook", &tenfold::bench::prepare_textbook<0>});
}
