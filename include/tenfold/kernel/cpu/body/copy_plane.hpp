// SPDX-License-Identifier: Apache-2.0
// Moves a plane of elements of 1, 2, 4 or 8 bytes: along rows, or across them by transposing tiles in registers. [floor 4]
//
// A tile of L x L elements: log2(L) rounds, each interleaving register i with register i + L/2,
//     a0 a1 a2 a3      a0 c0 a1 c1      a0 b0 c0 d0
//     b0 b1 b2 b3  ->  a2 c2 a3 c3  ->  a1 b1 c1 d1
//     c0 c1 c2 c3      b0 d0 b1 d1      a2 b2 c2 d2
//     d0 d1 d2 d3      b2 d2 b3 d3      a3 b3 c3 d3
// transpose it (Stone 1971). Tiles read and write whole vectors on both sides; single elements would use 4 of 64 bytes.
#pragma once

#include <tenfold/kernel/cpu/body/special/stream.hpp>
#include <tenfold/kernel/cpu/simd.hpp>

#include <type_traits>
#include <utility>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <int Bytes>
using word_of_size =
    std::conditional_t<Bytes == 1, std::uint8_t,
                       std::conditional_t<Bytes == 2, std::uint16_t, std::conditional_t<Bytes == 4, std::uint32_t, std::uint64_t>>>;

struct copy_plane_arguments {
    const void* x;
    index_t x_row, x_step;  // elements between rows, between elements of a row
    void* y;
    index_t y_row, y_step;
    index_t rows, count;
    bool streamed = false;  // rows: y is whole cache lines, and written past the caches
};

/// `first` <- a0 b0 a1 b1 ..., `second` <- the rest of the two, interleaved alike.
template <class V, int... At>
TENFOLD_BODY void interleave(const V& a, const V& b, V& first, V& second, std::integer_sequence<int, At...>) noexcept {
    constexpr int lanes = sizeof...(At);
#if TENFOLD_SHUFFLE_TAKES_PACKS
    first = __builtin_shufflevector(a, b, (At / 2 + At % 2 * lanes)...);
    second = __builtin_shufflevector(a, b, (lanes / 2 + At / 2 + At % 2 * lanes)...);
#else
    ((first[At] = At % 2 == 0 ? a[At / 2] : b[At / 2]), ...);
    ((second[At] = At % 2 == 0 ? a[lanes / 2 + At / 2] : b[lanes / 2 + At / 2]), ...);
#endif
}

/// Lane i of tile[j] <- lane j of tile[i], for L registers of L lanes.
template <int L, class V>
TENFOLD_BODY void transpose_registers(V (&tile)[static_cast<std::size_t>(L)]) noexcept {
    using lanes = std::make_integer_sequence<int, L>;
    V other[static_cast<std::size_t>(L)];
    TENFOLD_UNROLL
    for (int done = 1; done < L; done *= 2) {
        TENFOLD_UNROLL
        for (int i = 0; i < L / 2; ++i) interleave(tile[i], tile[i + L / 2], other[2 * i], other[2 * i + 1], lanes{});
        TENFOLD_UNROLL
        for (int i = 0; i < L; ++i) tile[i] = other[i];
    }
}

/// y(j, i) <- x(i, j) for L x L elements, unit steps along j in x and along i in y.
template <int L, class T>
TENFOLD_BODY void transpose_tile(const T* x, index_t x_row, T* y, index_t y_row) noexcept {
    typename vec<T, L* static_cast<int>(sizeof(T))>::type tile[static_cast<std::size_t>(L)];
    TENFOLD_UNROLL
    for (int i = 0; i < L; ++i) load_vector(x + i * x_row, tile[i]);
    transpose_registers<L>(tile);
    TENFOLD_UNROLL
    for (int i = 0; i < L; ++i) store_vector(y + i * y_row, tile[i]);
}

/// Elements along each side of a tile: eight where a vector of the instruction set holds them, sixteen bytes' worth else.
template <class Isa, int ElementBytes>
inline constexpr int transpose_lanes = ElementBytes >= 4 && Isa::bytes >= 8 * ElementBytes ? 8
                                       : ElementBytes >= 4                                 ? Isa::bytes / ElementBytes
                                                                                           : 16 / ElementBytes;

template <int ElementBytes>
struct copy_plane {
    template <class Isa>
    TENFOLD_BODY static void run(const copy_plane_arguments* arguments) noexcept {
        const copy_plane_arguments& p = *arguments;
        const auto* x = static_cast<const word_of_size<ElementBytes>*>(p.x);
        auto* y = static_cast<word_of_size<ElementBytes>*>(p.y);
        if (p.x_step == 1 && p.y_step == 1) {
            for (index_t row = 0; row < p.rows; ++row) copy_row<Isa>(p, x + row * p.x_row, y + row * p.y_row);
        } else if (p.x_row == 1 && p.y_step == 1) {
            transpose<Isa>(p, x, y);
        } else {
            for (index_t row = 0; row < p.rows; ++row) copy_elements(p, x + row * p.x_row, y + row * p.y_row, 0, p.count);
        }
    }

private:
    /// The next row, which may be far away, is asked for meanwhile: no hardware knows where it begins.
    template <class Isa, class Word>
    TENFOLD_BODY static void copy_row(const copy_plane_arguments& p, const Word* x, Word* y) noexcept {
        constexpr int lanes = vec<Word, Isa::bytes>::lanes;
        typename vec<Word, Isa::bytes>::type v;
        index_t i = 0;
        if (p.streamed) {
            for (; i < p.count; i += lanes) {
                load_vector(x + i, v);
                stream_vector(y + i, v);
            }
            return;
        }
        for (; i + lanes <= p.count; i += lanes) {
            load_vector(x + i, v);
            __builtin_prefetch(x + i + p.x_row, 0, 2);
            __builtin_prefetch(y + i + p.y_row, 1, 2);
            store_vector(y + i, v);
        }
        for (; i < p.count; ++i) copy_element(x + i, y + i);
    }
    /// The elements are of other types than words: only vectors and memcpy may touch them as such.
    template <class Word>
    TENFOLD_BODY static void copy_element(const Word* x, Word* y) noexcept {
        __builtin_memcpy(y, x, sizeof(Word));
    }
    template <class Word>
    TENFOLD_BODY static void copy_elements(const copy_plane_arguments& p, const Word* x, Word* y, index_t begin, index_t end) noexcept {
        for (index_t i = begin; i < end; ++i) copy_element(x + i * p.x_step, y + i * p.y_step);
    }
    /// Element (row, i): x steps by one along the rows, y along i.
    template <class Isa, class Word>
    TENFOLD_BODY static void transpose(const copy_plane_arguments& p, const Word* x, Word* y) noexcept {
        constexpr int L = transpose_lanes<Isa, ElementBytes>;
        constexpr index_t strip = 64;  // streams of x read side by side: each line of x is used up before it is evicted
        for (index_t begin = 0; begin < p.count; begin += strip) {
            const index_t end = begin + strip < p.count ? begin + strip : p.count;
            const index_t whole = begin + (end - begin) / L * L;
            index_t row = 0;
            for (; row + L <= p.rows; row += L) {
                for (index_t i = begin; i < whole; i += L)
                    transpose_tile<L>(x + row + i * p.x_step, p.x_step, y + row * p.y_row + i, p.y_row);
                for (index_t r = row; r < row + L; ++r) copy_elements(p, x + r, y + r * p.y_row, whole, end);
            }
            for (; row < p.rows; ++row) copy_elements(p, x + row, y + row * p.y_row, begin, end);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
