// SPDX-License-Identifier: Apache-2.0
// Which sources, compiler and flags this program was built from.
#pragma once

#include <string>  // std::string

namespace tenfold::bench {

struct build_info {
    std::string version;     // of the library
    std::string commit;      // "" outside of a git checkout
    bool dirty = false;      // sources differed from the commit
    std::string compiler;    // "g++ 12.2.0"
    std::string flags;
    std::string build_type;  // "Release"; a sanitized build says so
    std::string unfit;       // why its figures are not to be published; empty: they may be
};

const build_info& this_build();

}  // namespace tenfold::bench
