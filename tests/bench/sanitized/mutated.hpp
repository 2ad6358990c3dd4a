// SPDX-License-Identifier: Apache-2.0
// A text with a few seeded mistakes in it.
#pragma once

#include <cstddef>  // std::size_t
#include <random>   // std::mt19937
#include <string>   // std::string

namespace tenfold::bench::test {

/// One to three bytes changed, removed, doubled or cut off, or a number made huge.
inline std::string mutated(std::string bytes, std::mt19937& random) {
    for (auto edits = 1 + random() % 3; edits > 0 && !bytes.empty(); --edits) {
        const std::size_t at = random() % bytes.size();
        switch (random() % 6) {
            case 0: bytes[at] = static_cast<char>(random() % 256); break;
            case 1: bytes.erase(at, 1 + random() % 8); break;
            case 2: bytes.insert(at, bytes, random() % bytes.size(), random() % 40); break;
            case 3: bytes.resize(at); break;
            case 4: {
                const std::size_t digit = bytes.find_first_of("0123456789", at);
                if (digit != std::string::npos) bytes.insert(digit, "99999999999999999999");
                break;
            }
            default: bytes.insert(at, std::string(random() % 2 ? 2000 : 1, "[{\"-,"[random() % 5])); break;
        }
    }
    return bytes;
}

}  // namespace tenfold::bench::test
