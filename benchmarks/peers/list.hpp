// SPDX-License-Identifier: Apache-2.0
// The peers that were found when the program was configured; the list itself is in peers/CMakeLists.txt.
#pragma once

#include <vector>  // std::vector

#include "peers/peer.hpp"  // peer

namespace tenfold::bench {

const std::vector<const peer*>& available_peers();

}  // namespace tenfold::bench
