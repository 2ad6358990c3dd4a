// SPDX-License-Identifier: Apache-2.0
// cumulative_sum on the cpu: many lines side by side, or one long line as many chunks.                      [floor 4]
//
// Always y_i = (sum of the chunks before) + (sum within the chunk of 1024), in this order: whichever way a tensor is
// walked, its bits are the same.
#pragma once

#include <tenfold/kernel/cpu/body/scan_lines.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>
#include <tenfold/kernel/cpu/parallel.hpp>
#include <tenfold/kernel/cpu/reduction_form.hpp>
#include <tenfold/kernel/cpu/scratch.hpp>
#include <tenfold/op/scan.hpp>

TENFOLD_BEGIN
/// In which running sums are kept: float for 16-bit floats, 64 bits for integers.
template <class T>
using scan_lane_t = std::conditional_t<is_floating_v<T>, sum_type_t<T>, std::uint64_t>;

/// The lines of a scan: the kept axes in canonical form, and the axis of the sums.
struct scan_walk {
    static constexpr index_t chunk = 1024;
    form_axes outer;
    form_axis inner = single_element;  ///< lines that are taken side by side
    form_axis along = single_element;

    [[nodiscard]] TENFOLD_INLINE index_t lines() const noexcept { return outer.elements() * inner.extent; }
};

/// Lines are many or short: items are blocks of them.
template <class T, class Y>
void scan_many_lines(const cpu& where, int isa, const scan_walk& w, const T* x, Y* y) {
    using lane = scan_lane_t<T>;
    constexpr index_t elements_per_worker = 65536;
    const int workers = workers_for(where, w.lines() * w.along.extent, elements_per_worker);
    constexpr index_t item_elements = 65536;
    index_t block = item_elements / w.along.extent / 64 * 64;
    if (block < 64) block = 64;
    const index_t blocks = ceil_divide(w.inner.extent, block);
    parallel_for_items(where, workers, w.outer.elements() * blocks, [&](int, index_t item) {
        const index_t begin = item % blocks * block;
        index_t x_offset = 0;
        index_t y_offset = 0;
        w.outer.offsets(item / blocks, x_offset, y_offset);
        const scan_lines_arguments<T, Y, lane> a{x + x_offset + begin * w.inner.x,
                                                 w.along.x,
                                                 w.inner.x,
                                                 y + y_offset + begin * w.inner.y,
                                                 w.along.y,
                                                 w.inner.y,
                                                 w.inner.extent - begin < block ? w.inner.extent - begin : block,
                                                 w.along.extent,
                                                 scan_walk::chunk,
                                                 nullptr,
                                                 nullptr};
        dispatch<scan_lines<T, Y, lane>>(isa, &a);
    });
}

/// One long line: its chunks side by side. Their totals, the sums before each, then the running sums.
template <class T, class Y>
void scan_long_line(const cpu& where, int isa, const form_axis& along, const T* x, Y* y, scan_lane_t<T>* total) {
    using lane = scan_lane_t<T>;
    constexpr index_t chunk = scan_walk::chunk;
    constexpr index_t chunks_per_item = 64;
    const index_t chunks = ceil_divide(along.extent, chunk);
    const int workers = workers_for(where, chunks, chunks_per_item);
    const auto run = [&](index_t first, index_t lines, index_t count, Y* to, const lane* before, lane* sums) {
        const scan_lines_arguments<T, Y, lane> a{x + first * chunk * along.x,
                                                 along.x,
                                                 chunk * along.x,
                                                 to == nullptr ? nullptr : to + first * chunk * along.y,
                                                 along.y,
                                                 chunk * along.y,
                                                 lines,
                                                 count,
                                                 chunk,
                                                 before,
                                                 sums};
        dispatch<scan_lines<T, Y, lane>>(isa, &a);
    };
    const auto each_chunk = [&](Y* to) {
        parallel_for_items(where, workers, ceil_divide(chunks, chunks_per_item), [&](int, index_t item) {
            const index_t first = item * chunks_per_item;
            const index_t end = first + chunks_per_item < chunks ? first + chunks_per_item : chunks;
            const index_t whole = along.extent / chunk < end ? along.extent / chunk : end;  // all but a shorter last one
            lane* const at = total + first;
            if (whole > first) run(first, whole - first, chunk, to, to == nullptr ? nullptr : at, to == nullptr ? at : nullptr);
            if (end > whole)
                run(whole, 1, along.extent - whole * chunk, to, to == nullptr ? nullptr : total + whole,
                    to == nullptr ? total + whole : nullptr);
        });
    };
    each_chunk(nullptr);
    const fp_environment ieee;
    lane before = static_cast<lane>(is_floating_v<T> ? -0.0 : 0.0);
    for (index_t c = 0; c < chunks; ++c) {
        const lane own = total[c];
        total[c] = before;
        before += own;
    }
    each_chunk(y);
}

template <>
struct kernel<scan_op, cpu> {
    template <class T, class Y, std::size_t Rank, class Space>
    static status run(const cpu& where, const scan_arguments<T, Y, Rank, Space>& a) {
        if (a.x.empty()) return {};
        int isa = -1;
        if (status s = choose_isa(scan_op::name, where, isa); !s.ok()) return s;
        reduced_axes axis;
        axis.mask = 1u << a.axis;
        auto lines = a.x.extents();
        lines[a.axis] = 1;
        reduction_form form = canonical_form(lines, a.x.strides(), a.y.strides(), axis);
        scan_walk w;
        const index_t n = a.x.extent(a.axis);
        if (n > 1) w.along = {n, a.x.stride(a.axis), a.y.stride(a.axis)};
        if (form.kept.count > 0) w.inner = form.kept.take(form.kept.count - 1);
        w.outer = form.kept;
        const T* const x = a.x.data() + form.x_first;
        Y* const y = a.y.data() + form.y_first;

        constexpr index_t enough_lines = 8;
        if (n <= scan_walk::chunk || w.inner.extent >= enough_lines) {
            scan_many_lines(where, isa, w, x, y);
            return {};
        }
        const index_t bytes = ceil_divide(n, scan_walk::chunk) * static_cast<index_t>(sizeof(scan_lane_t<T>));
        const scratch_buffer scratch(bytes);
        if (!scratch) return scratch_failure(scan_op::name, bytes);
        for (index_t line = 0; line < w.lines(); ++line) {
            index_t x_offset = 0;
            index_t y_offset = 0;
            w.outer.offsets(line / w.inner.extent, x_offset, y_offset);
            const index_t inner = line % w.inner.extent;
            scan_long_line(where, isa, w.along, x + x_offset + inner * w.inner.x, y + y_offset + inner * w.inner.y,
                           scratch.at<scan_lane_t<T>>(0));
        }
        return {};
    }
};
TENFOLD_END
