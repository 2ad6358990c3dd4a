// SPDX-License-Identifier: Apache-2.0
// Hashes of softmax and norms as one translation unit computes them; row_bits.cpp is compiled under several sets of flags.
#pragma once

#include <cstdint>
#include <vector>

struct row_bits {
    const char* what;
    std::uint64_t hash;
};
using row_bits_of_isa = std::vector<row_bits> (*)(const char* isa);
std::vector<row_bits> row_bits_plain(const char* isa);
std::vector<row_bits> row_bits_fast_math(const char* isa);
std::vector<row_bits> row_bits_v3(const char* isa);
std::vector<row_bits> row_bits_v3_fast_math(const char* isa);
