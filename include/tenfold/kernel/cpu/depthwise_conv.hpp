// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution and groups of few channels: vectors over output channels, whatever group they are in. [floor 4]
//
// Channels last in both layouts: x is read in place where its channels are neighbours of the tile's type, else the rows that
// a block of outputs meets are copied so, which for channels first transposes tiles in registers. Vectors over columns were
// 1.2 (rows of 112) to 4.5 times (of 7) slower than that: their rows leave remainders, and strides need gathers.
//
// In groups of several channels each lane needs the inputs of its own group: the copy is [column][c][output], an input for
// each output that reads it as channel c, and (tap, c) takes the part of a tap.
//
// Sums run over taps in the order kd, kh, c, kw: rows of taps, whose inputs neighbouring outputs share; taps on padding are left out.
#pragma once

#include <tenfold/kernel/cpu/body/depthwise_tile.hpp>
#include <tenfold/kernel/cpu/direct_conv.hpp>  // conv_problem, conv_target, fill_line

TENFOLD_BEGIN
/// Sums of one row of outputs: the tile's own type, or converted where blocks are added in integers.
template <class Tile, class Sum>
TENFOLD_INLINE const Sum* converted_sums(const Tile* tile, Sum* sums, index_t pitch, index_t rows, index_t columns) noexcept {
    if constexpr (std::is_same_v<Tile, Sum>) {
        return tile;
    } else {
        add_block(tile, pitch, sums, pitch, rows, columns, false);
        return sums;
    }
}

/// Modulo 2^64: for offsets that may lie anywhere, since they are not used then.
TENFOLD_INLINE index_t wrapping_multiply(index_t a, index_t b) noexcept {
    return static_cast<index_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
TENFOLD_INLINE index_t wrapping_add(index_t a, index_t b) noexcept {
    return static_cast<index_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

template <class X, class W>
class depthwise_conv {
public:
    using Tile = tile_type<X>;
    using Sum = block_sum_type<X>;

    depthwise_conv(const cpu& where, int isa, int workers, const conv_problem<X, W>& problem, const conv_target<Sum>& target) noexcept
        : where_(where), isa_(isa), workers_(workers), p_(problem), g_(p_.windows), target_(target), filters_(isa, problem) {
        using view = spatial_view<const X>;
        const index_t lanes = filters_.columns();
        outputs_ = p_.outputs();
        depth_ = p_.in_per_group();
        spread_ = p_.out_per_group();
        pitch_ = filters_.pitch();
        lanes_ = (std::max)(outputs_, lanes);
        read_in_place_ = std::is_same_v<X, Tile> && !spreads() && outputs_ >= lanes && p_.x.stride[view::c] == 1;
        write_in_place_ = std::is_same_v<Tile, Sum> && outputs_ >= lanes && target_.in_place.data != nullptr;
        columns_ = g_.output[2];
        if (!write_in_place_) columns_ = (std::min)(columns_, (std::max)(tallest, sums_budget / (pitch_ * tile_bytes)));
        if (!read_in_place_) {
            const index_t span = (g_.window[2] - 1) * g_.dilation[2] + 1;
            const index_t rows = inputs_for(1, (std::min)(g_.output[1], spreads() ? rows_worth_spreading : 1));
            const index_t fit = buffer_budget / packed_bytes<Tile>(g_.window[0] * depth_, rows, pitch_);
            columns_ = (std::min)(columns_, (std::max)(tallest, fit <= span ? 1 : (fit - span) / g_.stride[2] + 1));
        }
        rows_ = 1;
        const auto work = [&](index_t rows) { return rows * columns_ * outputs_ * p_.taps() * depth_; };
        while (rows_ < g_.output[1] && work(rows_) < (spreads() ? 4 : 1) * multiply_adds_per_item &&
               row_buffer_bytes(rows_ + 1) <= buffer_budget)
            ++rows_;
        row_blocks_ = ceil_divide(g_.output[1], rows_);
        column_blocks_ = ceil_divide(g_.output[2], columns_);
        w_bytes_ = p_.packed != nullptr ? 0 : round_up(filters_.bytes(), 64);
        buffer_bytes_ = read_in_place_ ? 0 : round_up(row_buffer_bytes(rows_), 64);
        sums_bytes_ = write_in_place_ ? 0 : columns_ * pitch_ * static_cast<index_t>(sizeof(Tile) + sizeof(Sum));
        worker_bytes_ =
            buffer_bytes_ + sums_bytes_ + round_up(g_.window[0] * g_.window[1] * depth_ * static_cast<index_t>(sizeof(depthwise_taps)), 64);
    }
    depthwise_conv(const depthwise_conv&) = delete;
    depthwise_conv& operator=(const depthwise_conv&) = delete;

    [[nodiscard]] index_t scratch_bytes() const noexcept { return driver_bytes(w_bytes_, workers_, worker_bytes_); }

    /// One worker, in the scratch of as many as were planned.
    void run_serially() noexcept { workers_ = 1; }
    void explain(explanation& e) const noexcept {
        e.kernel = filter_lanes<W>::kernel_name;
        e.tile_rows = tallest;
        e.tile_columns = filters_.columns();
    }

    void run(unsigned char* scratch) const {
        const Tile* const packed = given_or_packed(where_, workers_, filters_, p_.packed, scratch);
        parallel_for_items(where_, workers_, p_.batch() * g_.output[0] * row_blocks_ * column_blocks_,
                           [&](int worker, index_t item) { compute(packed, item, scratch + w_bytes_ + worker * worker_bytes_); });
    }

private:
    static constexpr index_t tile_bytes = static_cast<index_t>(sizeof(Tile));
    static constexpr index_t tallest = 8;                      // pixels of a tile
    static constexpr index_t sums_budget = 64 * 1024;          // bytes of a stretch of a row of outputs
    static constexpr index_t buffer_budget = 256 * 1024;       // of copied input rows
    static constexpr index_t rows_worth_spreading = 8;         // outputs that share spread rows, where columns can be fewer
    static constexpr index_t multiply_adds_per_item = 200'000;
    static constexpr index_t weight_budget = 16 * 1024;        // of the weights of a block of lanes, read again for each tile of a row

    /// Where a block's input is, elements.
    struct source_rows {
        const Tile* data;
        index_t plane, row, column;  // steps
        index_t first_row, first_column;
        bool whole;  // in place: planes are those of the input, not one per kd
    };

    [[nodiscard]] bool spreads() const noexcept { return depth_ > 1 || spread_ > 1; }
    /// Inputs along an axis that `outputs` neighbours meet.
    [[nodiscard]] index_t inputs_for(std::size_t axis, index_t outputs) const noexcept {
        return (std::min)(g_.input[axis], (outputs - 1) * g_.stride[axis] + (g_.window[axis] - 1) * g_.dilation[axis] + 1);
    }
    [[nodiscard]] index_t row_buffer_bytes(index_t rows) const noexcept {
        if (read_in_place_) return 0;
        return packed_bytes<Tile>(inputs_for(1, rows), inputs_for(2, columns_), g_.window[0] * depth_ * pitch_);
    }
    struct input_range {
        index_t begin, end;
    };
    [[nodiscard]] input_range inputs_of(std::size_t axis, index_t first, index_t outputs) const noexcept {
        const index_t origin = first * g_.stride[axis] - g_.begin[axis];
        const index_t begin = std::clamp<index_t>(origin, 0, g_.input[axis]);
        return {begin, std::clamp(origin + (outputs - 1) * g_.stride[axis] + (g_.window[axis] - 1) * g_.dilation[axis] + 1, begin,
                                  g_.input[axis])};
    }

    /// Columns of one input row as [column][c][output]. `Spread`: outputs per group where it is constant, else 0.
    template <index_t Spread>
    void spread_row(const X* row, index_t columns, Tile* to) const noexcept {
        using view = spatial_view<const X>;
        const index_t spread = Spread > 0 ? Spread : spread_;
        for (index_t i = 0; i < columns; ++i) {
            const X* const pixel = row + i * p_.x.stride[view::w];
            for (index_t c = 0; c < depth_; ++c) {
                const X* const from = pixel + c * p_.x.stride[view::c];
                Tile* const lanes = to + (i * depth_ + c) * pitch_;
                for (index_t group = 0; group < p_.groups; ++group) {
                    const auto value = widen_element<Tile>(from[group * depth_ * p_.x.stride[view::c]]);
                    for (index_t j = 0; j < spread; ++j) lanes[group * spread + j] = value;
                }
            }
        }
        for (index_t line = 0; line < columns * depth_; ++line) std::fill(to + line * pitch_ + outputs_, to + (line + 1) * pitch_, Tile{0});
    }

    [[nodiscard]] source_rows source_of(index_t n, index_t d, input_range rows, input_range columns, Tile* buffer) const noexcept {
        using view = spatial_view<const X>;
        const auto& x = p_.x;
        const X* const image = x.data + n * x.stride[view::n];
        if constexpr (std::is_same_v<X, Tile>) {
            if (read_in_place_) return {image, x.stride[view::d], x.stride[view::h], x.stride[view::w], 0, 0, true};
        }
        const index_t row = inputs_for(2, columns_) * depth_ * pitch_;
        const index_t plane = inputs_for(1, rows_) * row;
        const index_t count = columns.end - columns.begin;
        const bool plain = !spreads();
        const bool one_line = plain && count * pitch_ == row && x.stride[view::h] == count * x.stride[view::w];  // rows follow each other
        const index_t step = one_line ? (std::max)(index_t{1}, rows.end - rows.begin) : 1;
        const tap_range planes = taps_inside(g_, 0, d);
        for (index_t kd = planes.first; kd < planes.last; ++kd) {
            const X* const from = image + input_plane(d, kd) * x.stride[view::d] + columns.begin * x.stride[view::w];
            Tile* const to = buffer + kd * plane;
            for (index_t h = rows.begin; h < rows.end; h += step) {
                const X* const first = from + h * x.stride[view::h];
                Tile* const line = to + (h - rows.begin) * row;
                if (plain) {
                    pack(isa_, pack_arguments<X, Tile>{first, x.stride[view::w], x.stride[view::c], count * step, outputs_, line, pitch_,
                                                       count * step, pitch_});
                } else {
                    switch (spread_) {
                        case 2: spread_row<2>(first, count, line); break;
                        case 4: spread_row<4>(first, count, line); break;
                        default: spread_row<0>(first, count, line);
                    }
                }
            }
        }
        return {buffer, plane, row, depth_ * pitch_, rows.begin, columns.begin, false};
    }
    [[nodiscard]] index_t input_plane(index_t d, index_t kd) const noexcept { return d * g_.stride[0] + kd * g_.dilation[0] - g_.begin[0]; }

    void compute(const Tile* weights, index_t item, unsigned char* scratch) const {
        const index_t begin = item % column_blocks_ * columns_;
        item /= column_blocks_;
        const index_t first = item % row_blocks_ * rows_;
        item /= row_blocks_;
        const index_t d = item % g_.output[0];
        const index_t n = item / g_.output[0];
        const index_t end = (std::min)(g_.output[2], begin + columns_);
        const index_t last = (std::min)(g_.output[1], first + rows_);
        Tile* const tile = reinterpret_cast<Tile*>(scratch + buffer_bytes_);
        Sum* const sums = reinterpret_cast<Sum*>(scratch + buffer_bytes_ + columns_ * pitch_ * tile_bytes);
        depthwise_taps* const taps = reinterpret_cast<depthwise_taps*>(scratch + buffer_bytes_ + sums_bytes_);
        const source_rows source =
            source_of(n, d, inputs_of(1, first, last - first), inputs_of(2, begin, end - begin), reinterpret_cast<Tile*>(scratch));
        for (index_t h = first; h < last; ++h) {
            if constexpr (std::is_same_v<Tile, Sum>) {
                if (write_in_place_) {
                    Sum* const row = target_.at(n, 0, d, h, begin);
                    compute_stretch(source, weights, d, h, begin, end, taps, row, target_.pixel_step());
                    if (!target_.final)
                        target_.finish(target_.context, row, target_.pixel_step(), {n, d, h, begin, end - begin, 0, outputs_});
                    continue;
                }
            }
            compute_stretch(source, weights, d, h, begin, end, taps, tile, pitch_);
            target_.finish(target_.context, converted_sums(tile, sums, pitch_, end - begin, outputs_), pitch_,
                           {n, d, h, begin, end - begin, 0, outputs_});
        }
    }

    /// The rows of taps of an output row that lie on no padding above or below, for tap 0 of the output in column 0: their number.
    index_t list_taps(const source_rows& source, index_t d, index_t h, depthwise_taps* taps) const noexcept {
        const tap_range planes = taps_inside(g_, 0, d);
        const tap_range rows = taps_inside(g_, 1, h);
        const index_t column = wrapping_multiply(-g_.begin[2] - source.first_column, source.column);
        index_t count = 0;
        for (index_t kd = planes.first; kd < planes.last; ++kd) {
            const index_t plane = (source.whole ? input_plane(d, kd) : kd) * source.plane;
            for (index_t kh = rows.first; kh < rows.last; ++kh) {
                const index_t row = (h * g_.stride[1] + kh * g_.dilation[1] - g_.begin[1] - source.first_row) * source.row;
                const index_t w = (kd * g_.window[1] + kh) * g_.window[2] * depth_ * pitch_;
                for (index_t c = 0; c < depth_; ++c) taps[count++] = {wrapping_add(column, plane + row + c * pitch_), w + c * pitch_};
            }
        }
        return count;
    }

    /// Outputs [begin, end) of one row, in blocks of lanes whose weights stay in the nearest cache.
    void compute_stretch(const source_rows& source, const Tile* weights, index_t d, index_t h, index_t begin, index_t end,
                         depthwise_taps* taps, Tile* y, index_t y_pixel) const noexcept {
        const index_t tap_rows = list_taps(source, d, h, taps);
        const index_t vector = filters_.columns();
        const index_t fit = weight_budget / (p_.taps() * depth_ * tile_bytes) / vector * vector;
        const index_t block = fit < vector ? vector : fit;
        for (index_t lane = 0, lanes = 0; lane < lanes_; lane += lanes) {
            lanes = lanes_ - lane < block + vector ? lanes_ - lane : block;  // never less than a vector
            compute_lanes(source.data + lane, source.column, weights + lane, begin, end, taps, tap_rows, y + lane, y_pixel, lanes);
        }
    }
    /// Those whose window meets padding one by one, the others as tiles.
    void compute_lanes(const Tile* x, index_t column, const Tile* weights, index_t begin, index_t end, const depthwise_taps* taps,
                       index_t tap_rows, Tile* y, index_t y_pixel, index_t lanes) const noexcept {
        const index_t pixel = wrapping_multiply(g_.stride[2], column);  // of one output, whose neighbours are nowhere, any value
        depthwise_tile_arguments<Tile> t;
        t.x = x;
        t.pixel = pixel;
        t.x_step = wrapping_multiply(g_.dilation[2], column);
        t.w_step = depth_ * pitch_;
        t.rows = taps;
        t.row_count = tap_rows;
        t.y_pixel = y_pixel;
        t.lanes = lanes;
        const auto place = [&](index_t w, tap_range columns) {
            t.x_first = wrapping_add(wrapping_multiply(w, pixel), wrapping_multiply(columns.first, t.x_step));
            t.weights = weights + columns.first * t.w_step;
            t.width = columns.last - columns.first;
            t.y = y + (w - begin) * y_pixel;
        };
        const auto single = [&](index_t w) {
            place(w, taps_inside(g_, 2, w));
            dispatch<depthwise_tile<Tile, 1>>(isa_, &t);
        };
        const index_t reach = g_.input[2] - 1 + g_.begin[2] - (g_.window[2] - 1) * g_.dilation[2];  // of the last window inside
        const index_t inside = std::clamp(ceil_divide(g_.begin[2], g_.stride[2]), begin, end);
        const index_t inside_end = std::clamp(reach < 0 ? 0 : reach / g_.stride[2] + 1, inside, end);
        const tap_range all{0, g_.window[2]};
        index_t w = begin;
        for (; w < inside; ++w) single(w);
        for (; w + 8 <= inside_end; w += 8) {
            place(w, all);
            compute_eight(t);
        }
        while (w < inside_end) {  // a last tile of three overlaps the one before: the same sums again
            if (inside_end - inside >= 4 && inside_end - w >= 3) {
                w = (std::min)(w, inside_end - 4);
                place(w, all);
                dispatch<depthwise_tile<Tile, 4>>(isa_, &t);
                w += 4;
            } else {
                single(w);
                ++w;
            }
        }
        for (; w < end; ++w) single(w);
    }

    void compute_eight(const depthwise_tile_arguments<Tile>& t) const noexcept {
        if (t.pixel == t.x_step && t.width == 3) return dispatch<depthwise_tile<Tile, 8, 3>>(isa_, &t);
        if (t.pixel == t.x_step && t.width == 5) return dispatch<depthwise_tile<Tile, 8, 5>>(isa_, &t);
        if (t.pixel == t.x_step && t.width == 7) return dispatch<depthwise_tile<Tile, 8, 7>>(isa_, &t);
        dispatch<depthwise_tile<Tile, 8>>(isa_, &t);
    }

    const cpu& where_;
    int isa_;
    int workers_;
    conv_problem<X, W> p_;
    const window_geometry<3>& g_;
    conv_target<Sum> target_;
    filter_lanes<W> filters_;
    index_t outputs_, pitch_, lanes_;  // channels of y; padded to vectors; lanes that a tile computes
    index_t depth_, spread_;  // channels in and out per group
    bool read_in_place_, write_in_place_;
    index_t rows_, columns_, row_blocks_, column_blocks_;
    index_t w_bytes_, buffer_bytes_, sums_bytes_, worker_bytes_;
};
TENFOLD_END
