// SPDX-License-Identifier: Apache-2.0
// Copies of operands in the order a tile reads them, converted to the tile's type on the way.              [floor 4]
//
// B (k, n) strided -> panels of NR columns, here k = 3, NR = 4, element numbers of a row-major (3, 7) B:
//     panel 0            panel 1
//      0  1  2  3         4  5  6  .     dots are zeros: their products are dropped, but a NaN
//      7  8  9 10        11 12 13  .     in memory would not be a number to add
//     14 15 16 17        18 19 20  .
// A (m, k) strided -> rows of `pitch` elements: a row copy, since the tile broadcasts scalars.
#pragma once

#include <tenfold/kernel/cpu/body/copy_plane.hpp>  // transpose_tile
#include <tenfold/kernel/cpu/body/element.hpp>
#include <tenfold/kernel/cpu/body/fetch_lines.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class From, class To>
struct pack_arguments {
    const From* source;
    index_t line_step;     // elements between lines of the source (a line becomes contiguous)
    index_t element_step;  // elements between neighbours within a line
    index_t lines;         // of the source
    index_t elements;      // of a line
    To* target;
    index_t pitch;         // elements between lines of the target
    index_t padded_lines;     // >= lines: the rest is zero
    index_t padded_elements;  // >= elements: the rest is zero
};

template <class From, class To>
struct pack_lines {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const pack_arguments<From, To>* arguments) noexcept {
        TENFOLD_STRICT
        const pack_arguments<From, To>& x = *arguments;
        for (index_t line = 0; line < x.lines; ++line) {
            const From* TENFOLD_RESTRICT from = x.source + line * x.line_step;
            To* TENFOLD_RESTRICT to = x.target + line * x.pitch;
            if (x.element_step == 1) {
                constexpr int L = vec<To, Isa::bytes>::lanes;
                index_t i = 0;
                for (; i + L <= x.elements; i += L) {
                    typename vec<To, Isa::bytes>::type lanes;
                    load_widened<Isa::bytes, To>(from + i, lanes);
                    store_vector(to + i, lanes);
                }
                for (; i < x.elements; ++i) to[i] = widen_element<To>(from[i]);
            } else {
                for (index_t i = 0; i < x.elements; ++i) to[i] = widen_element<To>(from[i * x.element_step]);
            }
            for (index_t i = x.elements; i < x.padded_elements; ++i) to[i] = To{0};
        }
        for (index_t line = x.lines; line < x.padded_lines; ++line) {
            To* to = x.target + line * x.pitch;
            for (index_t i = 0; i < x.padded_elements; ++i) to[i] = To{0};
        }
    }
};

/// Rows of B, contiguous in memory, cut into strips of `strip` columns: each row is read once from end to end, which the
/// prefetchers follow, where one strip at a time walks down 128-byte pieces of rows (1024^3: 111 instead of 108 GFLOP/s).
template <class From, class To>
struct cut_arguments {
    const From* source;
    index_t row_step;      // elements between rows
    index_t rows;
    index_t strips;        // full ones
    index_t strip;         // columns of one
    To* target;            // (strips, rows of the panel, strip)
    index_t panel;         // elements between strips of the target
};

template <class From, class To>
struct cut_rows {
    template <class Isa>
    TENFOLD_BODY static void run(const cut_arguments<From, To>* arguments) noexcept {
        TENFOLD_STRICT
        constexpr int L = vec<To, Isa::bytes>::lanes;
        const cut_arguments<From, To>& x = *arguments;
        for (index_t row = 0; row < x.rows; ++row) {
            const From* TENFOLD_RESTRICT from = x.source + row * x.row_step;
            To* TENFOLD_RESTRICT to = x.target + row * x.strip;
            for (index_t s = 0; s < x.strips; ++s, to += x.panel) {
                for (index_t j = 0; j < x.strip; j += L, from += L) {
                    typename vec<To, Isa::bytes>::type lanes;
                    load_widened<Isa::bytes, To>(from, lanes);
                    store_vector(to + j, lanes);
                }
            }
        }
    }
};

/// The result of pack_lines from a source whose neighbours within a line are `element_step` apart, but whose *lines* are neighbours
/// in memory (line_step 1): reads along memory, tiles transposed in registers where nothing is converted.
template <class From, class To>
struct pack_transposed {
    static constexpr bool written_in_vectors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const pack_arguments<From, To>* arguments) noexcept {
        TENFOLD_STRICT
        const pack_arguments<From, To>& x = *arguments;
        index_t lines = 0;     // done in tiles, and so are
        index_t elements = 0;
        if constexpr (std::is_same_v<From, To> && sizeof(To) >= 4) {
            constexpr int L = transpose_lanes<Isa, static_cast<int>(sizeof(To))>;
            lines = x.lines / L * L;
            elements = lines > 0 ? x.elements / L * L : 0;
            constexpr index_t line_bytes = 64, size = sizeof(From);
            for (index_t i = 0; i < elements; i += L) {
                for (index_t line = 0; line < lines; line += L) {
                    const From* const from = x.source + line + i * x.element_step;
                    // bf16 256 x 3072 x 768, b stored (n, k): +6 %; the stride is none that prefetchers follow
                    if (line * size % line_bytes == 0) fetch_next_lines<L>(from, x.element_step);
                    transpose_tile<L>(from, x.element_step, x.target + line * x.pitch + i, x.pitch);
                }
            }
        }
        scatter(x, 0, lines, elements);
        scatter(x, lines, x.lines, 0);
        for (index_t line = 0; line < x.padded_lines; ++line) {
            To* to = x.target + line * x.pitch;
            for (index_t i = line < x.lines ? x.elements : 0; i < x.padded_elements; ++i) to[i] = To{0};
        }
    }

private:
    /// Elements from `element` on of lines [begin, end), blocks of 16 lines so that the scattered stores stay in L1.
    TENFOLD_BODY static void scatter(const pack_arguments<From, To>& x, index_t begin, index_t end, index_t element) noexcept {
        TENFOLD_STRICT
        constexpr index_t block = 16;
        for (index_t first = begin; first < end; first += block) {
            const index_t count = end - first < block ? end - first : block;
            for (index_t i = element; i < x.elements; ++i) {
                const From* TENFOLD_RESTRICT from = x.source + first + i * x.element_step;
                To* TENFOLD_RESTRICT to = x.target + first * x.pitch + i;
                if (count == block) {
                    TENFOLD_UNROLL
                    for (index_t line = 0; line < block; ++line) to[line * x.pitch] = widen_element<To>(from[line]);
                } else {
                    for (index_t line = 0; line < count; ++line) to[line * x.pitch] = widen_element<To>(from[line]);
                }
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
