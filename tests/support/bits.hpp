// SPDX-License-Identifier: Apache-2.0
// A hash of the elements of a view, in index order: equal hashes stand for equal bits.
#pragma once

#include <tenfold/testing/data.hpp>

#include <cstdint>
#include <cstring>

namespace support {
/// FNV-1a over the bytes of the elements.
template <class T, std::size_t Rank>
std::uint64_t bits_of(tenfold::tensor_view<T, Rank> view) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    tenfold::for_each_index(view.extents(), [&](const auto& index) {
        unsigned char bytes[sizeof(T)];
        std::memcpy(bytes, &view(index), sizeof(T));
        for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3u;
    });
    return hash;
}
}  // namespace support
