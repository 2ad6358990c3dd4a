// SPDX-License-Identifier: Apache-2.0
// Sums of the elements of rows or columns of bytes, exact: what zero points of 8-bit products are made of.   [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class From>
struct byte_sum_arguments {
    const From* source;
    index_t line_step;     // elements between lines
    index_t element_step;  // elements between neighbours within a line
    index_t lines;
    index_t elements;      // of a line
    std::uint32_t* terms;  // [line] <- constant + factor * sum of the line, modulo 2^32
    std::uint32_t factor, constant;
};

template <class From>
struct byte_sums {
    template <class Isa>
    TENFOLD_BODY static void run(const byte_sum_arguments<From>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<std::uint32_t, Isa::bytes>::type;
        constexpr int L = vec<std::uint32_t, Isa::bytes>::lanes;
        constexpr int Nv = 4;  // vectors of neighbouring lines: 64 bytes of memory at a time
        const byte_sum_arguments<From>& x = *arguments;
        index_t line = 0;
        if (x.line_step == 1 && x.element_step != 1) {
            for (; line + Nv * L <= x.lines; line += Nv * L) {
                V sums[std::size_t{Nv}] = {};
                for (index_t i = 0; i < x.elements; ++i) {
                    TENFOLD_UNROLL
                    for (int v = 0; v < Nv; ++v) {
                        V lanes;
                        widen(x.source + line + v * L + i * x.element_step, lanes);
                        sums[v] += lanes;
                    }
                }
                TENFOLD_UNROLL
                for (int v = 0; v < Nv; ++v) {
                    const V terms = sums[v] * x.factor + x.constant;
                    store_vector(x.terms + line + v * L, terms);
                }
            }
        }
        for (; line < x.lines; ++line) {
            const From* const from = x.source + line * x.line_step;
            std::uint32_t sum = 0;
            index_t i = 0;
            if (x.element_step == 1) {
                V sums = {};
                for (; i + L <= x.elements; i += L) {
                    V lanes;
                    widen(from + i, lanes);
                    sums += lanes;
                }
                std::uint32_t lane[std::size_t{L}];
                store_vector(lane, sums);
                for (int l = 0; l < L; ++l) sum += lane[l];
            }
            for (; i < x.elements; ++i) sum += static_cast<std::uint32_t>(static_cast<std::int32_t>(from[i * x.element_step]));
            x.terms[line] = x.factor * sum + x.constant;
        }
    }

private:
    template <class V>
    TENFOLD_BODY static void widen(const From* p, V& out) noexcept {
        TENFOLD_STRICT
        typename vec<std::int32_t, static_cast<int>(sizeof(V))>::type lanes;
        load_widened<static_cast<int>(sizeof(V)), std::int32_t>(p, lanes);
        out = reinterpret_cast<V>(lanes);
    }
};
TENFOLD_END
TENFOLD_BODIES_END
