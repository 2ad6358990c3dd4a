// SPDX-License-Identifier: Apache-2.0
// One call of each op that uses threads, large enough to be shared, with fixed operands: its bits under any settings.
#pragma once

#include <tenfold/exec/cpu.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace support {
struct op_call {
    std::string name;
    std::function<std::uint64_t(const tenfold::cpu&)> bits;  ///< runs it and hashes the result; callable from any thread
};

/// Data include subnormals; sums are long enough for several blocks, shapes have partial tiles at their edges.
std::vector<op_call> op_calls();
}  // namespace support
