// SPDX-License-Identifier: Apache-2.0
// A library whose results are off by one.
#include "modules/axes/textbook.hpp"

extern "C" void tenfold_axis_peers(std::vector<tenfold::bench::axis_peer>& peers) {
    peers.push_back({"", "textbook", &tenfold::bench::prepare_textbook<1>});
}
