// SPDX-License-Identifier: Apache-2.0
// Stands for tenfold: right.
#include "modules/conv/textbook.hpp"

extern "C" void tenfold_conv_peers(std::vector<tenfold::bench::conv_peer>& peers) {
    peers.push_back({"", "textbook", &tenfold::bench::prepare_textbook<0>});
}
