// SPDX-License-Identifier: Apache-2.0
// THE list of matrix products that thread, stack and determinism tests make: one row per form of matmul (products.cpp).
#pragma once

#include <tenfold/exec/cpu.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace support {
/// Where the operands of a product begin and how far their rows are apart. Data are the same in every placement.
struct placement {
    tenfold::index_t offset = 0;  ///< elements behind a 64-byte boundary; the operands differ in it
    tenfold::index_t gap = 0;     ///< elements between the end of a row and the next
};

/// A product of fixed operands in memory: runs it and hashes the result; callable from any thread.
using placed_product = std::function<std::uint64_t(const tenfold::cpu&)>;

struct product {
    std::string name;
    tenfold::index_t element_bytes;
    std::function<placed_product(const placement&)> place;
};

std::vector<product> products();
}  // namespace support
