// SPDX-License-Identifier: Apache-2.0
// Elements of views as the bytes of a file: row-major, whatever the strides are in memory.                    [floor 6]
#pragma once

#include <tenfold/core/strides.hpp>
#include <tenfold/core/tensor_view.hpp>
#include <tenfold/io/file.hpp>
#include <tenfold/kernel/reference/element.hpp>  // for_each_index

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

TENFOLD_BEGIN
/// Elements that are moved at once where memory and file differ in order.
inline constexpr std::size_t io_block_elements = 65536;

/// Calls put(data, bytes) with the elements in row-major order, in as few pieces as memory allows.
template <class T, std::size_t Rank, class Put>
void for_each_piece(tensor_view<const T, Rank> x, const Put& put) {
    if (x.empty()) return;
    if (x.contiguous()) return put(static_cast<const void*>(x.data()), static_cast<std::size_t>(x.size()) * sizeof(T));
    std::vector<unsigned char> block(io_block_elements * sizeof(T));
    std::size_t filled = 0;
    for_each_index(x.extents(), [&](const index_array<Rank>& i) {
        std::memcpy(block.data() + filled, static_cast<const void*>(&x(i)), sizeof(T));
        filled += sizeof(T);
        if (filled == block.size()) {
            put(static_cast<const void*>(block.data()), filled);
            filled = 0;
        }
    });
    if (filled > 0) put(static_cast<const void*>(block.data()), filled);
}

/// A byte that is neither 0 nor 1 is no bool, and reading it as one is undefined.
inline void require_truth_values(const readable_file& file, const unsigned char* bytes, std::size_t count) {
    if (std::any_of(bytes, bytes + count, [](unsigned char one) { return one > 1; }))
        raise_file_error(file.path(), "holds a byte that is neither 0 nor 1 where there should be truth values");
}

/// Reads the elements of a view from `offset` on.
template <class T, std::size_t Rank>
void read_elements(const readable_file& file, std::uint64_t offset, tensor_view<T, Rank> y) {
    std::vector<unsigned char> block;
    const auto fetch = [&](std::size_t elements) {
        block.resize(elements * sizeof(T));
        file.read(offset, block.data(), block.size());
        offset += block.size();
        if constexpr (std::is_same_v<T, bool>) require_truth_values(file, block.data(), block.size());
    };
    if (y.empty()) return;
    if constexpr (!std::is_same_v<T, bool>) {
        if (y.contiguous()) return file.read(offset, static_cast<void*>(y.data()), static_cast<std::size_t>(y.size()) * sizeof(T));
    }
    auto left = static_cast<std::size_t>(y.size());
    std::size_t at = 0;
    for_each_index(y.extents(), [&](const index_array<Rank>& i) {
        if (at * sizeof(T) == block.size()) {
            fetch((std::min)(left, io_block_elements));
            left -= (std::min)(left, io_block_elements);
            at = 0;
        }
        std::memcpy(static_cast<void*>(&y(i)), block.data() + at * sizeof(T), sizeof(T));
        ++at;
    });
}

/// Eight hexadecimal digits.
inline std::string checksum_text(std::uint32_t crc) {
    std::string text(8, '0');
    for (std::size_t i = 0; i < 8; ++i) text[i] = "0123456789abcdef"[(crc >> (28 - 4 * i)) & 15];
    return text;
}

/// Refuses a file whose bytes from `begin` on do not have the CRC-32C that stands, as eight digits, at `place`; the digits
/// themselves count as zeros.
inline void verify_checksum(const readable_file& file, std::uint64_t begin, std::uint64_t place) {
    std::string stated(8, ' ');
    file.read(place, stated.data(), stated.size());
    std::uint32_t crc = 0;
    std::vector<char> block(std::size_t{1} << 20);
    const auto count = [&](std::uint64_t from, std::uint64_t to) {
        while (from < to) {
            const auto size = static_cast<std::size_t>((std::min<std::uint64_t>)(block.size(), to - from));
            file.read(from, block.data(), size);
            crc = crc32c(block.data(), size, crc);
            from += size;
        }
    };
    count(begin, place);
    crc = crc32c("00000000", 8, crc);
    count(place + 8, file.size());
    if (checksum_text(crc) != stated)
        raise_file_error(file.path(), "is damaged: its checksum is " + checksum_text(crc) + ", it should be " + stated);
}

/// "(2, 3)", for messages.
template <class Extents>
std::string extents_text(const Extents& extents) {
    std::string text = "(";
    for (const auto& one : extents) text += (text.size() > 1 ? ", " : "") + std::to_string(one);
    return text + ")";
}

/// So many elements of so many bytes; false where that is more than a file can hold.
template <class Extents>
bool bytes_of(const Extents& extents, std::uint64_t element_bytes, std::uint64_t& bytes) noexcept {
    bytes = element_bytes;
    bool has_none = false;
    for (const auto& one : extents) {
        const auto extent = static_cast<std::uint64_t>(one);
        has_none = has_none || extent == 0;
        if (extent != 0 && bytes > (std::uint64_t{1} << 62) / extent) return false;
        if (extent != 0) bytes *= extent;
    }
    if (has_none) bytes = 0;
    return true;
}
TENFOLD_END
