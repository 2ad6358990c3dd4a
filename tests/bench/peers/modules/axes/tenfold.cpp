// SPDX-License-Identifier: Apache-2.0
// Stands for tenfold: right.
#include "modules/axes/textbook.hpp"

extern "C" void tenfold_axis_peers(std::vector<tenfold::bench::axis_peer>& peers) {
    peers.push_back({"", "textbook", &tenfold::bench::prepare_textbook<0>});
}
