// SPDX-License-Identifier: Apache-2.0
// Copies elements that lie apart into rows without gaps, for kernels that load whole vectors.              [floor 4]
//
// Elements are words of their size here: four sizes serve every element type and every reduction.
#pragma once

#include <tenfold/kernel/cpu/body/copy_plane.hpp>  // transpose_registers
#include <tenfold/kernel/cpu/simd.hpp>

#include <type_traits>
#include <utility>  // integer_sequence

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <int Bytes>
struct word_of {
    typedef std::conditional_t<Bytes == 8, std::uint64_t,
                               std::conditional_t<Bytes == 4, std::uint32_t, std::conditional_t<Bytes == 2, std::uint16_t, std::uint8_t>>>
        type;
    typedef type memory __attribute__((may_alias));  // whatever the elements are
};

template <int Bytes>
struct gather_rows_arguments {
    using word = typename word_of<Bytes>::memory;
    const word* x;
    const index_t* row_offset;
    index_t rows;
    index_t count;             // elements of each row
    index_t step;              // between them
    word* to;
    index_t pitch;             // between rows of `to`
};

/// to(r, i) <- x[row_offset[r] + i * step]
template <int Bytes>
struct gather_rows {
    using word = typename word_of<Bytes>::memory;

    template <class Isa>
    TENFOLD_BODY static void run(const gather_rows_arguments<Bytes>* arguments) noexcept {
        const gather_rows_arguments<Bytes> a = *arguments;  // a copy: stores of words may alias anything
        for (index_t r = 0; r < a.rows; ++r) {
            const word* const from = a.x + a.row_offset[r];
            word* const to = a.to + r * a.pitch;
            index_t i = 0;
            if (a.step == 2) {
                i = pick<Isa, 2>(from, to, a.count);
            } else if (a.step == 3) {
                i = pick<Isa, 3>(from, to, a.count);
            } else if (a.step == 4) {
                i = pick<Isa, 4>(from, to, a.count);
            }
            for (; i < a.count; ++i) to[i] = from[i * a.step];
        }
    }

private:
    /// Every Step-th word, by vectors: how many. The last vector of a step would be read beyond the last word: it is not.
    template <class Isa, int Step>
    TENFOLD_BODY static index_t pick(const word* from, word* to, index_t count) noexcept {
        using W = typename word_of<Bytes>::type;
        using V = typename vec<W, Isa::bytes>::type;
        constexpr index_t L = vec<W, Isa::bytes>::lanes;
        using lanes = std::make_integer_sequence<int, static_cast<int>(L)>;
        index_t i = 0;
        for (; i + L < count; i += L) {
            V v[std::size_t{Step}];
            TENFOLD_UNROLL
            for (int s = 0; s < Step; ++s) {
                load_bytes(from + i * Step + s * L, v[s]);
                __builtin_prefetch(from + i * Step + s * L + 4096 / Bytes);
            }
            if constexpr (Step == 4) {
                every_second(v[0], v[1], v[0], lanes{});
                every_second(v[2], v[3], v[1], lanes{});
            }
            if constexpr (Step == 3) {
                every_third(v, v[0], lanes{});
            } else {
                every_second(v[0], v[1], v[0], lanes{});
            }
            store_vector(reinterpret_cast<W*>(to + i), v[0]);
        }
        return i;
    }
    template <class V, int... At>
    TENFOLD_BODY static void every_second(const V& a, const V& b, V& out, std::integer_sequence<int, At...>) noexcept {
#if TENFOLD_SHUFFLE_TAKES_PACKS
        out = __builtin_shufflevector(a, b, (2 * At)...);
#else
        constexpr int lanes = sizeof...(At);
        V picked{};
        ((picked[At] = 2 * At < lanes ? a[2 * At % lanes] : b[2 * At % lanes]), ...);
        out = picked;
#endif
    }
    /// What the first two vectors hold comes first; the rest lies in the third.
    template <class V, int... At>
    TENFOLD_BODY static void every_third(const V* v, V& out, std::integer_sequence<int, At...>) noexcept {
        constexpr int lanes = sizeof...(At);
        constexpr int early = (2 * lanes + 2) / 3;  // words in the first two
#if TENFOLD_SHUFFLE_TAKES_PACKS
        const V first = __builtin_shufflevector(v[0], v[1], (At < early ? 3 * At : 0)...);
        out = __builtin_shufflevector(first, v[2], (At < early ? At : 3 * At - lanes)...);
#else
        V picked{};
        ((picked[At] = v[3 * At / lanes][3 * At % lanes]), ...);
        out = picked;
#endif
    }
};

/// to(r, i) <- x[i * step + r]: short rows become long columns. Blocks of 16 bytes by 16 bytes pass through registers; where
/// rows are shorter than that, loads reach into the next ones, so the last few are copied one by one.
template <int Bytes>
struct transpose_rows {
    using word = typename word_of<Bytes>::memory;

    template <class Isa>
    TENFOLD_BODY static void run(const gather_rows_arguments<Bytes>* arguments) noexcept {
        const gather_rows_arguments<Bytes> a = *arguments;  // a copy: stores of words may alias anything
        constexpr index_t B = 16 / Bytes;
        index_t i = 0;
        if (a.rows >= B || a.step <= a.rows) {  // otherwise a block would read between rows
            const index_t end = (a.count - 1) * a.step + a.rows;
            const index_t rows = a.rows < B ? a.rows : B;
            for (; i + B <= a.count && (a.rows >= B || (i + B - 1) * a.step + B <= end); i += B) {
                for (index_t r = 0; r < a.rows; r += B) {
                    __builtin_prefetch(a.x + i * a.step + r * B + 4096 / Bytes);
                    const index_t row = r + rows <= a.rows ? r : a.rows - rows;  // the last block overlaps the one before
                    transpose_block(a.x + i * a.step + row, a.step, a.to + row * a.pitch + i, a.pitch, rows);
                }
            }
        }
        for (index_t r = 0; r < a.rows; ++r) {
            for (index_t rest = i; rest < a.count; ++rest) a.to[r * a.pitch + rest] = a.x[rest * a.step + r];
        }
    }

private:
    TENFOLD_BODY static void transpose_block(const word* x, index_t step, word* to, index_t pitch, index_t rows) noexcept {
        using V = typename vec<typename word_of<Bytes>::type, 16>::type;
        if constexpr (Bytes == 8) {
            V a;
            V b;
            load_bytes(x, a);
            load_bytes(x + step, b);
            store_vector(reinterpret_cast<typename word_of<Bytes>::type*>(to), V(__builtin_shufflevector(a, b, 0, 2)));
            if (rows > 1)
                store_vector(reinterpret_cast<typename word_of<Bytes>::type*>(to + pitch), V(__builtin_shufflevector(a, b, 1, 3)));
        } else if constexpr (Bytes == 4) {
            V a;
            V b;
            V c;
            V d;
            load_bytes(x, a);
            load_bytes(x + step, b);
            load_bytes(x + 2 * step, c);
            load_bytes(x + 3 * step, d);
            const V ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
            const V cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
            store_vector(reinterpret_cast<typename word_of<Bytes>::type*>(to), V(__builtin_shufflevector(ab, cd, 0, 1, 4, 5)));
            if (rows > 1)
                store_vector(reinterpret_cast<typename word_of<Bytes>::type*>(to + pitch), V(__builtin_shufflevector(ab, cd, 2, 3, 6, 7)));
            if (rows < 3) return;
            const V ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
            const V cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
            store_vector(reinterpret_cast<typename word_of<Bytes>::type*>(to + 2 * pitch),
                         V(__builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5)));
            if (rows > 3)
                store_vector(reinterpret_cast<typename word_of<Bytes>::type*>(to + 3 * pitch),
                             V(__builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7)));
        } else {
            constexpr int B = 16 / Bytes;
            V tile[std::size_t{B}];
            TENFOLD_UNROLL
            for (int i = 0; i < B; ++i) load_bytes(x + i * step, tile[i]);
            transpose_registers<B>(tile);
            TENFOLD_UNROLL
            for (int r = 0; r < B; ++r) {
                if (r >= rows) return;
                store_vector(reinterpret_cast<typename word_of<Bytes>::type*>(to + r * pitch), tile[r]);
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
