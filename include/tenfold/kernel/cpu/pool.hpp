// SPDX-License-Identifier: Apache-2.0
// max_pool and average_pool on the CPU: runs of outputs along channels where those are contiguous, along rows else. [floor 4]
#pragma once

#include <tenfold/exec/cpu.hpp>
#include <tenfold/kernel/cpu/body/pool_run.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>
#include <tenfold/op/pool.hpp>

TENFOLD_BEGIN
/// One pooling on views of rank 5; compiled once for all ranks and layouts.
template <class X, class Y, class Pooling>
struct pool_problem {
    spatial_view<const X> x;
    spatial_view<Y> y;
    window_geometry<3> g;
    bool count_padding;
    bool ignore_nan;
    int isa;

    void run(const cpu& where) const {
        enum : std::size_t { n, c, d, h, w };
        const bool by_channel = y.stride[c] == 1 && y.stride[w] != 1;
        const index_t channels = by_channel ? 1 : y.extent[c];
        const index_t rows = y.extent[n] * channels * y.extent[d] * y.extent[h];
        const index_t row_elements = y.extent[w] * (by_channel ? y.extent[c] : 1);
        const index_t taps = element_count(g.window);
        const int workers = workers_for(where, rows * row_elements * taps, 128 * 1024);
        const index_t together = ceil_divide(8192, row_elements * taps);
        parallel_for_items(where, workers, ceil_divide(rows, together), [&](int, index_t task) {
            const index_t last = (task + 1) * together < rows ? (task + 1) * together : rows;
            for (index_t row = task * together; row < last; ++row) {
                index_t rest = row;
                const index_t at_h = rest % y.extent[h];
                rest /= y.extent[h];
                const index_t at_d = rest % y.extent[d];
                rest /= y.extent[d];
                const index_t at_c = rest % channels;
                const index_t at_n = rest / channels;
                pool_row(at_n * x.stride[n] + at_c * x.stride[c],
                         at_n * y.stride[n] + at_c * y.stride[c] + at_d * y.stride[d] + at_h * y.stride[h], at_d, at_h, by_channel);
            }
        });
    }

private:
    /// One row of windows along the width.
    void pool_row(index_t x_offset, index_t y_offset, index_t at_d, index_t at_h, bool by_channel) const {
        enum : std::size_t { n, c, d, h, w };
        const tap_range planes = taps_inside(g, 0, at_d);
        const tap_range lines = taps_inside(g, 1, at_h);
        for (index_t at_w = 0; at_w < g.output[2];) {
            const tap_range columns = taps_inside(g, 2, at_w);
            index_t length = 1;  // outputs along the width with the same taps
            if (!by_channel && columns.first == 0 && columns.last == g.window[2]) {
                const index_t reach = (g.window[2] - 1) * g.dilation[2] - g.begin[2];  // of the last tap of output 0
                const index_t whole = (g.input[2] - 1 - reach) / g.stride[2] + 1;      // outputs before one leaves the input
                length = (whole < g.output[2] ? whole : g.output[2]) - at_w;
            }
            const tap_range ranges[3] = {planes, lines, columns};
            const index_t outputs[3] = {at_d, at_h, at_w};
            pool_run_arguments<X, Y> run{};
            index_t first = x_offset;
            index_t inside = 1;
            for (std::size_t i = 0; i < 3; ++i) {
                run.taps[i] = ranges[i].last - ranges[i].first;
                run.tap_step[i] = g.dilation[i] * x.stride[d + i];
                inside *= run.taps[i];
                if (run.taps[i] > 0) first += (outputs[i] * g.stride[i] + ranges[i].first * g.dilation[i] - g.begin[i]) * x.stride[d + i];
            }
            run.x = inside > 0 ? x.data + first : x.data;
            run.y = y.data + y_offset + at_w * y.stride[w];
            run.x_step = by_channel ? x.stride[c] : g.stride[2] * x.stride[w];
            run.y_step = by_channel ? y.stride[c] : y.stride[w];
            run.count = by_channel ? y.extent[c] : length;
            run.divisor = count_padding ? element_count(g.window) : inside;
            run.ignore_nan = ignore_nan;
            dispatch<pool_run<X, Y, Pooling>>(isa, static_cast<const pool_run_arguments<X, Y>*>(&run));
            at_w += length;
        }
    }
};

template <>
struct kernel<max_pool_op, cpu> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const cpu& where, const pool_arguments<X, Y, Rank, Space, max_pool_options<Rank - 2>>& a) {
        int isa = 0;
        if (status s = choose_isa(max_pool_op::name, where, isa); !s.ok()) return s;
        if (a.y.empty()) return {};
        const pool_problem<X, Y, maximum_pooling<X>> problem{in_channel_order(a.x, a.options.layout),
                                                             in_channel_order(a.y, a.options.layout),
                                                             on_three_axes(a.windows),
                                                             true,
                                                             a.options.nan == nan::ignore,
                                                             isa};
        problem.run(where);
        return {};
    }
};
template <>
struct kernel<average_pool_op, cpu> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const cpu& where, const pool_arguments<X, Y, Rank, Space, average_pool_options<Rank - 2>>& a) {
        int isa = 0;
        if (status s = choose_isa(average_pool_op::name, where, isa); !s.ok()) return s;
        if (a.y.empty()) return {};
        const pool_problem<X, Y, mean_pooling<X, Y>> problem{in_channel_order(a.x, a.options.layout),
                                                             in_channel_order(a.y, a.options.layout),
                                                             on_three_axes(a.windows),
                                                             a.options.count_padding,
                                                             false,
                                                             isa};
        problem.run(where);
        return {};
    }
};
TENFOLD_END
