// SPDX-License-Identifier: Apache-2.0
// A library whose results are off by one.
#include "modules/conv/textbook.hpp"

extern "C" void tenfold_conv_peers(std::vector<tenfold::bench::conv_peer>& peers) {
    peers.push_back({"", "textbook", &tenfold::bench::prepare_textbook<1>});
}
