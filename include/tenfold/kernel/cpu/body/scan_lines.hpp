// SPDX-License-Identifier: Apache-2.0
// Running sums of several lines side by side: each lane is a line of its own, so no sum waits for another.  [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T, class Y, class Lane>
struct scan_lines_arguments {
    const T* x;
    index_t x_step, x_line;  // elements between neighbours of a line, and between lines
    Y* y;                    // null: totals only
    index_t y_step, y_line;
    index_t lines;
    index_t count;           // elements of each line
    index_t chunk;           // elements after which a line's sum is added to what came before, and starts afresh
    const Lane* before;      // one per line: what came before it; null: nothing
    Lane* total;             // one per line: the sum of its last chunk alone; or null
};

template <class T, class Y, class Lane>
struct scan_lines {
    using arguments_type = scan_lines_arguments<T, Y, Lane>;
    static constexpr index_t together = 64;  // lines that lie side by side; strided ones: few, so that their cache lines stay
    static constexpr index_t together_strided = 8;

    template <class Isa>
    TENFOLD_BODY static void run(const arguments_type* arguments) noexcept {
        const arguments_type& a = *arguments;
        const bool side_by_side = a.x_line == 1 && (a.y == nullptr || a.y_line == 1);
        const index_t width = side_by_side ? together : together_strided;
        for (index_t line = 0; line < a.lines; line += width) {
            const index_t lanes = a.lines - line < width ? a.lines - line : width;
            if (side_by_side) {
                scan(a, line, lanes, 1, 1);
            } else {
                scan(a, line, lanes, a.x_line, a.y_line);
            }
        }
    }

private:
    TENFOLD_BODY static void scan(const arguments_type& a, index_t line, index_t lanes, index_t x_line, index_t y_line) noexcept {
        TENFOLD_STRICT
        constexpr Lane identity = static_cast<Lane>(is_floating_v<T> ? -0.0 : 0.0);  // -0 + x is x for every x
        alignas(64) Lane before[static_cast<std::size_t>(together)];
        alignas(64) Lane sum[static_cast<std::size_t>(together)];
        for (index_t l = 0; l < lanes; ++l) before[l] = a.before != nullptr ? a.before[line + l] : identity;
        for (index_t begin = 0; begin < a.count; begin += a.chunk) {
            const index_t end = a.count - begin < a.chunk ? a.count : begin + a.chunk;
            for (index_t l = 0; l < lanes; ++l) sum[l] = identity;
            for (index_t i = begin; i < end; ++i) {
                const T* const x = a.x + i * a.x_step + line * a.x_line;
                if (a.y == nullptr) {
                    for (index_t l = 0; l < lanes; ++l) sum[l] += widen_element<Lane>(x[l * x_line]);
                } else {
                    Y* const y = a.y + i * a.y_step + line * a.y_line;
                    for (index_t l = 0; l < lanes; ++l) {
                        sum[l] += widen_element<Lane>(x[l * x_line]);
                        const Lane value = before[l] + sum[l];
                        if constexpr (sizeof(Y) == 2 && is_floating_v<Y>) {
                            y[l * y_line] = convert_element<Y>(value);
                        } else {
                            y[l * y_line] = static_cast<Y>(value);
                        }
                    }
                }
            }
            for (index_t l = 0; l < lanes; ++l) before[l] += sum[l];
        }
        if (a.total != nullptr) {
            for (index_t l = 0; l < lanes; ++l) a.total[line + l] = sum[l];
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
