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
    static constexpr int together = 64;  // lines that lie side by side
    static constexpr int together_strided = 4;  // a power-of-two stride puts 4 of x and 4 of y into one set of 8 ways

    template <class Isa>
    TENFOLD_BODY static void run(const arguments_type* arguments) noexcept {
        const arguments_type& a = *arguments;
        const bool side_by_side = a.x_line == 1 && (a.y == nullptr || a.y_line == 1);
        index_t line = 0;
        if (side_by_side) {
            for (; line + together <= a.lines; line += together) scan<together>(a, line, 1, 1);
        }
        for (; line + together_strided <= a.lines; line += together_strided) scan<together_strided>(a, line, a.x_line, a.y_line);
        for (; line < a.lines; ++line) scan<1>(a, line, a.x_line, a.y_line);
    }

private:
    template <int Lines>
    TENFOLD_BODY static void scan(const arguments_type& a, index_t line, index_t x_line, index_t y_line) noexcept {
        TENFOLD_STRICT
        constexpr Lane identity = static_cast<Lane>(is_floating_v<T> ? -0.0 : 0.0);  // -0 + x is x for every x
        alignas(64) Lane before[static_cast<std::size_t>(Lines)];
        alignas(64) Lane running[static_cast<std::size_t>(Lines)] = {};
        for (int l = 0; l < Lines; ++l) before[l] = a.before != nullptr ? a.before[line + l] : identity;
        for (index_t begin = 0; begin < a.count; begin += a.chunk) {
            const index_t end = a.count - begin < a.chunk ? a.count : begin + a.chunk;
            for (int l = 0; l < Lines; ++l) running[l] = identity;
            const T* x = a.x + begin * a.x_step + line * a.x_line;
            if (a.y == nullptr) {
                for (index_t i = begin; i < end; ++i, x += a.x_step) {
                    for (int l = 0; l < Lines; ++l) running[l] += widen_element<Lane>(x[l * x_line]);
                }
            } else {
                Y* y = a.y + begin * a.y_step + line * a.y_line;
                for (index_t i = begin; i < end; ++i, x += a.x_step, y += a.y_step) {
                    for (int l = 0; l < Lines; ++l) {
                        running[l] += widen_element<Lane>(x[l * x_line]);
                        store(before[l] + running[l], y[l * y_line]);
                    }
                }
            }
            for (int l = 0; l < Lines; ++l) before[l] += running[l];
        }
        if (a.total != nullptr) {
            for (int l = 0; l < Lines; ++l) a.total[line + l] = running[l];
        }
    }

    TENFOLD_BODY static void store(Lane value, Y& y) noexcept {
        if constexpr (sizeof(Y) == 2 && is_floating_v<Y>) {
            y = convert_element<Y>(value);
        } else {
            y = static_cast<Y>(value);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
