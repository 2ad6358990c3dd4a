// SPDX-License-Identifier: Apache-2.0
// Copies of narrow operands in groups along k, one 32-bit word each, as dot instructions take them.       [floor 4]
//
// A word holds 2 elements of 16 bits or 4 of 8 bits. B (k, n) -> panels of NR columns, here k = 3, NR = 4, pairs:
//     00 10 | 01 11 | 02 12 | 03 13     element (p, j) of B is written pj; dots are zeros, in A too: NaN * 0 would be NaN
//     20  . | 21  . | 22  . | 23  .
// A (m, k) -> rows of words: what lies in memory, if k runs along memory.
#pragma once

#include <tenfold/kernel/cpu/body/copy_plane.hpp>  // transpose_registers
#include <tenfold/kernel/cpu/body/element.hpp>
#include <tenfold/kernel/cpu/body/fetch_lines.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Lines are columns of B or rows of A; elements of a line run along k.
template <class From>
struct group_arguments {
    const From* source;
    index_t line_step;     // elements between lines
    index_t element_step;  // elements between neighbours within a line
    index_t lines;
    index_t elements;      // of a line
    std::uint32_t* target;
    index_t pitch;         // words between lines (group_lines), or between groups of all lines (group_columns)
    index_t padded_lines;  // group_columns: lines from `lines` on are zero
    std::uint32_t flip;    // toggled in every word: 0x80808080 turns bytes of one sign into the other's
};

template <class From>
struct element_groups {
    static constexpr int size = 4 / static_cast<int>(sizeof(From));  // elements of a word
    using Bits = word_of_size<static_cast<int>(sizeof(From))>;

    /// `count` elements, at most a group; the rest are zeros.
    TENFOLD_BODY static std::uint32_t word(const From* from, index_t step, index_t count) noexcept {
        std::uint32_t result = 0;
        for (index_t i = 0; i < count && i < size; ++i) {
            Bits bits;
            __builtin_memcpy(&bits, from + i * step, sizeof bits);
            result |= static_cast<std::uint32_t>(bits) << (i * 8 * static_cast<index_t>(sizeof bits));
        }
        return result;
    }
    /// One word of each of `lanes` lines that are neighbours in memory.
    template <int Bytes>
    TENFOLD_BODY static void words(const From* from, index_t step, index_t count, typename vec<std::uint32_t, Bytes>::type& out) noexcept {
        using V = typename vec<std::uint32_t, Bytes>::type;
        const Bits* const bits = reinterpret_cast<const Bits*>(from);
        if constexpr (size == 2) {
            typename vec<Bits, Bytes / 2>::type low, high = {};
            load_vector(bits, low);
            if (count > 1) load_vector(bits + step, high);
            out = __builtin_convertvector(low, V) | __builtin_convertvector(high, V) << 16;
        } else {
            using Pairs = typename vec<std::uint16_t, Bytes / 2>::type;
            typename vec<Bits, Bytes / 4>::type first, second = {}, third = {}, fourth = {};
            load_vector(bits, first);
            if (count > 1) load_vector(bits + step, second);
            if (count > 2) load_vector(bits + 2 * step, third);
            if (count > 3) load_vector(bits + 3 * step, fourth);
            const Pairs low = __builtin_convertvector(first, Pairs) | __builtin_convertvector(second, Pairs) << 8;
            const Pairs high = __builtin_convertvector(third, Pairs) | __builtin_convertvector(fourth, Pairs) << 8;
            out = __builtin_convertvector(low, V) | __builtin_convertvector(high, V) << 16;
        }
    }
};

/// Rows of A: target[line * pitch + g] is group g of the line.
template <class From>
struct group_lines {
    template <class Isa>
    TENFOLD_BODY static void run(const group_arguments<From>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<std::uint32_t, Isa::bytes>::type;
        using groups = element_groups<From>;
        constexpr int L = vec<std::uint32_t, Isa::bytes>::lanes;
        constexpr index_t size = groups::size;
        const group_arguments<From>& x = *arguments;
        index_t line = 0;
        if (x.line_step == 1 && x.element_step != 1) {
            for (; line + L <= x.lines; line += L) {
                for (index_t p = 0, g = 0; p < x.elements; p += size, ++g) {
                    V words;
                    groups::template words<Isa::bytes>(x.source + line + p * x.element_step, x.element_step, x.elements - p, words);
                    std::uint32_t lane[std::size_t{L}];
                    words ^= x.flip;
                    store_vector(lane, words);
                    TENFOLD_UNROLL
                    for (int i = 0; i < L; ++i) x.target[(line + i) * x.pitch + g] = lane[i];
                }
            }
        }
        for (; line < x.lines; ++line) {
            const From* const from = x.source + line * x.line_step;
            std::uint32_t* const to = x.target + line * x.pitch;
            index_t p = 0, g = 0;
            if (x.element_step == 1) {
                for (; p + size * L <= x.elements; p += size * L, g += L) {
                    V words;
                    load_bytes(from + p, words);
                    words ^= x.flip;
                    store_vector(to + g, words);
                }
            }
            for (; p < x.elements; p += size, ++g) to[g] = groups::word(from + p * x.element_step, x.element_step, x.elements - p) ^ x.flip;
        }
    }
};

/// A panel of B: target[g * pitch + line] is group g of the line.
template <class From>
struct group_columns {
    template <class Isa>
    TENFOLD_BODY static void run(const group_arguments<From>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<std::uint32_t, Isa::bytes>::type;
        using groups = element_groups<From>;
        constexpr int L = vec<std::uint32_t, Isa::bytes>::lanes;
        constexpr index_t size = groups::size;
        const group_arguments<From>& x = *arguments;
        index_t done = 0;  // lines
        if (x.line_step == 1) {
            done = x.lines / L * L;
            for (index_t p = 0, g = 0; p < x.elements; p += size, ++g) {
                for (index_t line = 0; line < done; line += L) {
                    V words;
                    groups::template words<Isa::bytes>(x.source + line + p * x.element_step, x.element_step, x.elements - p, words);
                    words ^= x.flip;
                    store_vector(x.target + g * x.pitch + line, words);
                }
            }
        } else if (x.element_step == 1) {
            constexpr int T = transpose_lanes<Isa, 4>;
            const index_t whole = x.elements / (size * T) * T;  // groups in tiles
            for (; done + T <= x.lines; done += T) {
                const From* const from = x.source + done * x.line_step;
                for (index_t g = 0; g < whole; g += T) {
                    if (g * 4 % 64 == 0) fetch_next_lines<T>(from + g * size, x.line_step);
                    transpose_groups<T>(from + g * size, x, g, done);
                }
                for (int i = 0; i < T; ++i) one_line(x, done + i, whole);
            }
        }
        for (index_t line = done; line < x.lines; ++line) one_line(x, line, 0);
        for (index_t line = x.lines; line < x.padded_lines; ++line) {
            for (index_t p = 0, g = 0; p < x.elements; p += size, ++g) x.target[g * x.pitch + line] = 0;
        }
    }

private:
    /// T x T words, whose lines begin at any byte.
    template <int T>
    TENFOLD_BODY static void transpose_groups(const From* from, const group_arguments<From>& x, index_t g, index_t line) noexcept {
        typename vec<std::uint32_t, 4 * T>::type tile[std::size_t{T}];
        TENFOLD_UNROLL
        for (int i = 0; i < T; ++i) {
            load_bytes(from + i * x.line_step, tile[i]);
            tile[i] ^= x.flip;
        }
        transpose_registers<T>(tile);
        TENFOLD_UNROLL
        for (int i = 0; i < T; ++i) store_vector(x.target + (g + i) * x.pitch + line, tile[i]);
    }
    TENFOLD_BODY static void one_line(const group_arguments<From>& x, index_t line, index_t first) noexcept {
        constexpr index_t size = element_groups<From>::size;
        const From* const from = x.source + line * x.line_step;
        for (index_t g = first, p = first * size; p < x.elements; p += size, ++g)
            x.target[g * x.pitch + line] = element_groups<From>::word(from + p * x.element_step, x.element_step, x.elements - p) ^ x.flip;
    }
};

struct word_row_arguments {
    std::uint32_t* words;
    index_t pitch;          // words between rows
    index_t rows;
    index_t count;          // words of a row, four bytes each
    bool is_signed;         // the bytes
    std::uint32_t factor;
};

/// words[row * pitch + count] <- factor * (sum of the bytes of the row), modulo 2^32.
struct append_row_sums {
    template <class Isa>
    TENFOLD_BODY static void run(const word_row_arguments* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<std::uint32_t, Isa::bytes>::type;
        constexpr int L = vec<std::uint32_t, Isa::bytes>::lanes;
        const word_row_arguments& x = *arguments;
        const std::uint32_t toggle = x.is_signed ? 0x80808080u : 0u;  // signed bytes as unsigned ones, 128 more each
        const std::uint32_t excess = x.is_signed ? 512u * static_cast<std::uint32_t>(x.count) : 0u;
        for (index_t row = 0; row < x.rows; ++row) {
            std::uint32_t* const words = x.words + row * x.pitch;
            std::uint32_t sum = 0;
            if (x.factor != 0) {
                V lanes = {};
                index_t i = 0;
                for (; i + L <= x.count; i += L) {
                    V four;
                    load_vector(words + i, four);
                    four ^= toggle;
                    const V two = (four & 0x00ff00ffu) + (four >> 8 & 0x00ff00ffu);
                    lanes += (two & 0xffffu) + (two >> 16);
                }
                for (; i < x.count; ++i) {
                    const std::uint32_t four = words[i] ^ toggle;
                    sum += (four & 0xffu) + (four >> 8 & 0xffu) + (four >> 16 & 0xffu) + (four >> 24);
                }
                std::uint32_t lane[std::size_t{L}];
                store_vector(lane, lanes);
                for (int l = 0; l < L; ++l) sum += lane[l];
                sum -= excess;
            }
            words[x.count] = x.factor * sum;
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
