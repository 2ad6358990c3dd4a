// SPDX-License-Identifier: Apache-2.0
// Compares text with a golden file. TENFOLD_UPDATE_GOLDEN=1 in the environment writes the file anew instead.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>  // std::mismatch
#include <cstddef>    // std::ptrdiff_t
#include <cstdlib>    // std::getenv
#include <fstream>    // std::ofstream
#include <string>     // std::string

#include "instances/price/csv_file.hpp"  // read_file

namespace tenfold::bench::test {

inline void check_golden(const std::string& file, const std::string& text) {
    if (std::getenv("TENFOLD_UPDATE_GOLDEN")) std::ofstream(file, std::ios::binary) << text;
    CAPTURE(file);
    const std::string wanted = read_file(file);
    const auto [here, there] = std::mismatch(text.begin(), text.end(), wanted.begin(), wanted.end());
    const std::string found_from_there(here, here + std::min<std::ptrdiff_t>(200, text.end() - here));
    const std::string wanted_from_there(there, there + std::min<std::ptrdiff_t>(200, wanted.end() - there));
    CHECK(found_from_there == wanted_from_there);
}

}  // namespace tenfold::bench::test
