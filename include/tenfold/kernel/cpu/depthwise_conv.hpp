// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution, one input channel and one output per group: vectors over channels, or over columns. [floor 4]
//
// Sums run over taps in the order kd, kh, kw in both; taps on padding are left out, or multiply zeros.
#pragma once

#include <tenfold/kernel/cpu/body/depthwise_tile.hpp>
#include <tenfold/kernel/cpu/direct_conv.hpp>  // conv_problem, conv_target, fill_line

#include <numeric>

TENFOLD_BEGIN
struct vector_bytes_of {
    template <class Isa>
    static constexpr int of() noexcept {
        return Isa::bytes;
    }
};

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

/// For channels last: lanes are channels, tiles are pixels of one output row. x is read in place where its channels are
/// neighbours of the tile's type, else from a copy of the rows that a block of output rows meets.
template <class X, class W>
class depthwise_over_channels {
public:
    using Tile = tile_type<X>;
    using Sum = block_sum_type<X>;

    depthwise_over_channels(const cpu& where, int isa, int workers, const conv_problem<X, W>& problem,
                            const conv_target<Sum>& target) noexcept
        : where_(where), isa_(isa), workers_(workers), p_(problem), g_(p_.windows), target_(target) {
        using view = spatial_view<const X>;
        const index_t lanes = isa_constant<vector_bytes_of>(isa) / tile_bytes;
        channels_ = p_.groups;
        pitch_ = round_up(channels_, lanes);
        lanes_ = (std::max)(channels_, lanes);
        read_in_place_ = std::is_same_v<X, Tile> && channels_ >= lanes && p_.x.stride[view::c] == 1;
        write_in_place_ = std::is_same_v<Tile, Sum> && channels_ >= lanes && target_.in_place.data != nullptr;
        columns_ = (std::min)(g_.output[2], std::max<index_t>(tallest, sums_budget / (pitch_ * tile_bytes)));
        rows_ = 1;
        const auto work = [&](index_t rows) { return rows * g_.output[2] * channels_ * p_.taps(); };
        while (rows_ < g_.output[1] && work(rows_) < multiply_adds_per_item && buffer_elements(rows_ + 1) * tile_bytes <= buffer_budget)
            ++rows_;
        row_blocks_ = ceil_divide(g_.output[1], rows_);
        w_bytes_ = round_up(p_.taps() * pitch_ * tile_bytes, 64);
        buffer_bytes_ = read_in_place_ ? 0 : round_up(buffer_elements(rows_) * tile_bytes, 64);
        sums_bytes_ = write_in_place_ ? 0 : columns_ * pitch_ * static_cast<index_t>(sizeof(Tile) + sizeof(Sum));
        worker_bytes_ = buffer_bytes_ + sums_bytes_ + round_up(p_.taps() * static_cast<index_t>(sizeof(depthwise_tap)), 64);
    }
    depthwise_over_channels(const depthwise_over_channels&) = delete;
    depthwise_over_channels& operator=(const depthwise_over_channels&) = delete;

    [[nodiscard]] index_t scratch_bytes() const noexcept { return w_bytes_ + workers_ * worker_bytes_; }

    void run(unsigned char* scratch) const {
        pack_weights(reinterpret_cast<Tile*>(scratch));
        parallel_for_items(where_, workers_, p_.batch() * g_.output[0] * row_blocks_, [&](int worker, index_t item) {
            compute(reinterpret_cast<const Tile*>(scratch), item, scratch + w_bytes_ + worker * worker_bytes_);
        });
    }

private:
    static constexpr index_t tile_bytes = static_cast<index_t>(sizeof(Tile));
    static constexpr index_t tallest = 8;                      // pixels of a tile
    static constexpr index_t sums_budget = 64 * 1024;          // bytes of a stretch of a row of outputs
    static constexpr index_t buffer_budget = 256 * 1024;       // of copied input rows
    static constexpr index_t multiply_adds_per_item = 200'000;

    /// Where a block's input is, elements.
    struct source_rows {
        const Tile* data;
        index_t plane, row, column;  // steps
        index_t first_plane, first_row;
    };

    [[nodiscard]] index_t input_rows(index_t rows) const noexcept {
        return (std::min)(g_.input[1], (rows - 1) * g_.stride[1] + (g_.window[1] - 1) * g_.dilation[1] + 1);
    }
    [[nodiscard]] index_t buffer_elements(index_t rows) const noexcept {
        return read_in_place_ ? 0 : g_.window[0] * input_rows(rows) * g_.input[2] * pitch_;
    }

    /// [tap][channel]
    void pack_weights(Tile* packed) const noexcept {
        using view = spatial_view<const W>;
        const auto& w = p_.w;
        for (index_t kd = 0; kd < g_.window[0]; ++kd) {
            for (index_t kh = 0; kh < g_.window[1]; ++kh) {
                for (index_t kw = 0; kw < g_.window[2]; ++kw, packed += pitch_) {
                    const W* const tap = w.data + kd * w.stride[view::d] + kh * w.stride[view::h] + kw * w.stride[view::w];
                    pack(isa_, pack_arguments<W, Tile>{tap, 0, w.stride[view::n], 1, channels_, packed, pitch_, 1, pitch_});
                }
            }
        }
    }

    [[nodiscard]] source_rows source_of(index_t n, index_t d, index_t first_output, index_t rows, Tile* buffer) const noexcept {
        using view = spatial_view<const X>;
        const auto& x = p_.x;
        const X* const image = x.data + n * x.stride[view::n];
        if constexpr (std::is_same_v<X, Tile>) {
            if (read_in_place_) return {image, x.stride[view::d] * g_.dilation[0], x.stride[view::h], x.stride[view::w], 0, 0};
        }
        const index_t origin = first_output * g_.stride[1] - g_.begin[1];
        const index_t begin = std::clamp<index_t>(origin, 0, g_.input[1]);
        const index_t end =
            std::clamp<index_t>(origin + (rows - 1) * g_.stride[1] + (g_.window[1] - 1) * g_.dilation[1] + 1, begin, g_.input[1]);
        const index_t row = g_.input[2] * pitch_;
        const index_t plane = input_rows(rows_) * row;
        const tap_range planes = taps_inside(g_, 0, d);
        for (index_t kd = planes.first; kd < planes.last; ++kd) {
            const X* const from = image + (d * g_.stride[0] + kd * g_.dilation[0] - g_.begin[0]) * x.stride[view::d];
            for (index_t h = begin; h < end; ++h) {
                pack(isa_, pack_arguments<X, Tile>{from + h * x.stride[view::h], x.stride[view::w], x.stride[view::c], g_.input[2],
                                                   channels_, buffer + kd * plane + (h - begin) * row, pitch_, g_.input[2], pitch_});
            }
        }
        return {buffer, plane, row, pitch_, -1, begin};
    }

    void compute(const Tile* weights, index_t item, unsigned char* scratch) const {
        const index_t block = item % row_blocks_;
        const index_t d = item / row_blocks_ % g_.output[0];
        const index_t n = item / row_blocks_ / g_.output[0];
        const index_t first = block * rows_;
        const index_t rows = (std::min)(rows_, g_.output[1] - first);
        const source_rows source = source_of(n, d, first, rows, reinterpret_cast<Tile*>(scratch));
        Tile* const tile = reinterpret_cast<Tile*>(scratch + buffer_bytes_);
        Sum* const sums = reinterpret_cast<Sum*>(scratch + buffer_bytes_ + columns_ * pitch_ * tile_bytes);
        depthwise_tap* const taps = reinterpret_cast<depthwise_tap*>(scratch + buffer_bytes_ + sums_bytes_);
        for (index_t h = first; h < first + rows; ++h) {
            for (index_t begin = 0; begin < g_.output[2]; begin += columns_) {
                const index_t end = (std::min)(g_.output[2], begin + columns_);
                if constexpr (std::is_same_v<Tile, Sum>) {
                    if (write_in_place_) {
                        using view = spatial_view<Sum>;
                        const auto& y = target_.in_place;
                        compute_stretch(
                            source, weights, d, h, begin, end, taps,
                            y.data + n * y.stride[view::n] + d * y.stride[view::d] + h * y.stride[view::h] + begin * y.stride[view::w],
                            y.stride[view::w]);
                        continue;
                    }
                }
                compute_stretch(source, weights, d, h, begin, end, taps, tile, pitch_);
                target_.finish(target_.context, converted_sums(tile, sums, pitch_, end - begin, channels_), pitch_,
                               {n, d, h, begin, end - begin, 0, channels_});
            }
        }
    }

    /// The taps of an output row whose column taps lie in `columns`, relative to input column `origin`.
    index_t list_taps(const source_rows& source, index_t d, index_t h, tap_range columns, index_t origin,
                      depthwise_tap* taps) const noexcept {
        const tap_range planes = taps_inside(g_, 0, d);
        const tap_range rows = taps_inside(g_, 1, h);
        index_t count = 0;
        for (index_t kd = planes.first; kd < planes.last; ++kd) {
            // A buffer has one plane per kd; in place the first tap's plane is an offset of the input.
            const index_t plane = source.first_plane < 0
                                      ? kd * source.plane
                                      : (d * g_.stride[0] - g_.begin[0]) * p_.x.stride[spatial_view<const X>::d] + kd * source.plane;
            for (index_t kh = rows.first; kh < rows.last; ++kh) {
                const index_t row = (h * g_.stride[1] + kh * g_.dilation[1] - g_.begin[1] - source.first_row) * source.row;
                for (index_t kw = columns.first; kw < columns.last; ++kw) {
                    taps[count++] = {plane + row + (origin + kw * g_.dilation[2]) * source.column,
                                     ((kd * g_.window[1] + kh) * g_.window[2] + kw) * pitch_};
                }
            }
        }
        return count;
    }

    /// Outputs [begin, end) of one row; those whose window meets padding one by one, the others as tiles.
    void compute_stretch(const source_rows& source, const Tile* weights, index_t d, index_t h, index_t begin, index_t end,
                         depthwise_tap* taps, Tile* y, index_t y_pixel) const noexcept {
        depthwise_tile_arguments<Tile> t{source.data, g_.stride[2] * source.column, weights, taps, 0, y, y_pixel, lanes_};
        const auto single = [&](index_t w) {
            t.x = source.data;
            t.tap_count = list_taps(source, d, h, taps_inside(g_, 2, w), w * g_.stride[2] - g_.begin[2], taps);
            t.y = y + (w - begin) * y_pixel;
            dispatch<depthwise_tile<Tile, 1, depthwise_weights::per_lane>>(isa_, &t);
        };
        const index_t reach = g_.input[2] - 1 + g_.begin[2] - (g_.window[2] - 1) * g_.dilation[2];  // of the last window inside
        const index_t inside = std::clamp(ceil_divide(g_.begin[2], g_.stride[2]), begin, end);
        const index_t inside_end = std::clamp(reach < 0 ? 0 : reach / g_.stride[2] + 1, inside, end);
        for (index_t w = begin; w < inside; ++w) single(w);
        if (inside < inside_end) {
            t.tap_count = list_taps(source, d, h, {0, g_.window[2]}, -g_.begin[2], taps);
            const auto place = [&](index_t w) {
                t.x = source.data + w * g_.stride[2] * source.column;
                t.y = y + (w - begin) * y_pixel;
            };
            index_t w = inside;
            for (; w + 8 <= inside_end; w += 8) {
                place(w);
                dispatch<depthwise_tile<Tile, 8, depthwise_weights::per_lane>>(isa_, &t);
            }
            while (w < inside_end) {  // the last tile overlaps the one before: the same sums again
                if (inside_end - inside >= 4) {
                    w = (std::min)(w, inside_end - 4);
                    place(w);
                    dispatch<depthwise_tile<Tile, 4, depthwise_weights::per_lane>>(isa_, &t);
                    w += 4;
                } else {
                    place(w);
                    dispatch<depthwise_tile<Tile, 1, depthwise_weights::per_lane>>(isa_, &t);
                    ++w;
                }
            }
        }
        for (index_t w = inside_end; w < end; ++w) single(w);
    }

    const cpu& where_;
    int isa_;
    int workers_;
    conv_problem<X, W> p_;
    const window_geometry<3>& g_;
    conv_target<Sum> target_;
    index_t channels_, pitch_, lanes_;  // lanes that a tile computes
    bool read_in_place_, write_in_place_;
    index_t rows_, columns_, row_blocks_;
    index_t w_bytes_, buffer_bytes_, sums_bytes_, worker_bytes_;
};

/// For rows of neighbouring columns: lanes are the outputs of a block of rows as one line. Input rows are copied to planes
/// by phase, the inputs that are a multiple of the stride apart, with zeros for padding; a tap is then a shift of a plane.
template <class X, class W>
class depthwise_over_columns {
public:
    using Tile = tile_type<X>;
    using Sum = block_sum_type<X>;

    depthwise_over_columns(const cpu& where, int isa, int workers, const conv_problem<X, W>& problem,
                           const conv_target<Sum>& target) noexcept
        : where_(where), isa_(isa), workers_(workers), p_(problem), g_(p_.windows), target_(target) {
        vector_ = isa_constant<vector_bytes_of>(isa) / tile_bytes;
        for (std::size_t i = 0; i < 2; ++i) {
            phases_[i] = (std::min)(g_.window[i + 1], g_.stride[i + 1] / std::gcd(g_.stride[i + 1], g_.dilation[i + 1]));
            shift_[i] = (g_.window[i + 1] - 1) * g_.dilation[i + 1] / g_.stride[i + 1];
        }
        columns_ = (std::min)(g_.output[2], longest);
        pitch_ = columns_ + shift_[1];
        rows_ = 1;
        while (rows_ < g_.output[1] &&
               (plane_elements(rows_ + 1) * g_.window[0] * phases_[0] * phases_[1] + (rows_ + 1) * pitch_) * tile_bytes <= budget)
            ++rows_;
        row_blocks_ = ceil_divide(g_.output[1], rows_);
        column_blocks_ = ceil_divide(g_.output[2], columns_);
        plane_ = plane_elements(rows_);
        lanes_ = round_up(rows_ * pitch_, vector_);
        taps_bytes_ = round_up(p_.taps() * static_cast<index_t>(sizeof(depthwise_tap)), 64);
        weights_bytes_ = round_up(p_.taps() * vector_ * tile_bytes, 64);
        planes_bytes_ = round_up((g_.window[0] * phases_[0] * phases_[1] * plane_ + vector_) * tile_bytes, 64);
        worker_bytes_ = weights_bytes_ + planes_bytes_ + lanes_ * static_cast<index_t>(sizeof(Tile) + sizeof(Sum));
        worker_bytes_ = round_up(worker_bytes_, 64);
    }
    depthwise_over_columns(const depthwise_over_columns&) = delete;
    depthwise_over_columns& operator=(const depthwise_over_columns&) = delete;

    [[nodiscard]] index_t scratch_bytes() const noexcept { return taps_bytes_ + workers_ * worker_bytes_; }

    void run(unsigned char* scratch) const {
        depthwise_tap* const taps = reinterpret_cast<depthwise_tap*>(scratch);
        list_taps(taps);
        parallel_for_items(where_, workers_, p_.batch() * p_.groups * g_.output[0] * row_blocks_ * column_blocks_,
                           [&](int worker, index_t item) { compute(taps, item, scratch + taps_bytes_ + worker * worker_bytes_); });
    }

private:
    static constexpr index_t tile_bytes = static_cast<index_t>(sizeof(Tile));
    static constexpr index_t longest = 2048;      // columns of a block
    static constexpr index_t budget = 40 * 1024;  // bytes of planes and sums: about L1

    [[nodiscard]] index_t plane_elements(index_t rows) const noexcept { return (rows + shift_[0]) * pitch_; }

    void list_taps(depthwise_tap* taps) const noexcept {
        index_t at = 0;
        for (index_t kd = 0; kd < g_.window[0]; ++kd) {
            for (index_t kh = 0; kh < g_.window[1]; ++kh) {
                for (index_t kw = 0; kw < g_.window[2]; ++kw, ++at) {
                    const index_t plane = (kd * phases_[0] + kh % phases_[0]) * phases_[1] + kw % phases_[1];
                    const index_t shift = kh * g_.dilation[1] / g_.stride[1] * pitch_ + kw * g_.dilation[2] / g_.stride[2];
                    taps[at] = {plane * plane_ + shift, at * vector_};
                }
            }
        }
    }

    void compute(const depthwise_tap* taps, index_t item, unsigned char* scratch) const {
        Tile* const weights = reinterpret_cast<Tile*>(scratch);
        Tile* const planes = reinterpret_cast<Tile*>(scratch + weights_bytes_);
        Tile* const tile = reinterpret_cast<Tile*>(scratch + weights_bytes_ + planes_bytes_);
        Sum* const sums = reinterpret_cast<Sum*>(tile + lanes_);
        const index_t w = item % column_blocks_ * columns_;
        item /= column_blocks_;
        const index_t h = item % row_blocks_ * rows_;
        item /= row_blocks_;
        const index_t d = item % g_.output[0];
        item /= g_.output[0];
        const index_t channel = item % p_.groups;
        const index_t n = item / p_.groups;
        const index_t rows = (std::min)(rows_, g_.output[1] - h);
        const index_t columns = (std::min)(columns_, g_.output[2] - w);

        spread_weights(channel, weights);
        const tap_range depth = taps_inside(g_, 0, d);
        fill_planes(n, channel, d, depth, h, w, rows, planes);
        const index_t taps_of_plane = g_.window[1] * g_.window[2];
        const depthwise_tile_arguments<Tile> t{planes,
                                               0,
                                               weights,
                                               taps + depth.first * taps_of_plane,
                                               (depth.last - depth.first) * taps_of_plane,
                                               tile,
                                               0,
                                               round_up(rows * pitch_, vector_)};
        dispatch<depthwise_tile<Tile, 1, depthwise_weights::shared>>(isa_, &t);
        for (index_t row = 0; row < rows; ++row) {
            const Sum* const finished = converted_sums(tile + row * pitch_, sums, 1, columns, 1);
            target_.finish(target_.context, finished, 1, {n, d, h + row, w, columns, channel, 1});
        }
    }

    /// [tap][vector]: each weight of the channel, once per lane.
    void spread_weights(index_t channel, Tile* weights) const noexcept {
        using view = spatial_view<const W>;
        const auto& w = p_.w;
        for (index_t kd = 0; kd < g_.window[0]; ++kd) {
            for (index_t kh = 0; kh < g_.window[1]; ++kh) {
                for (index_t kw = 0; kw < g_.window[2]; ++kw, weights += vector_) {
                    const W value =
                        w.data[channel * w.stride[view::n] + kd * w.stride[view::d] + kh * w.stride[view::h] + kw * w.stride[view::w]];
                    std::fill_n(weights, vector_, widen_element<Tile>(value));
                }
            }
        }
    }

    void fill_planes(index_t n, index_t channel, index_t d, tap_range depth, index_t h, index_t w, index_t rows,
                     Tile* planes) const noexcept {
        using view = spatial_view<const X>;
        const auto& x = p_.x;
        const X* const image = x.data + n * x.stride[view::n] + channel * x.stride[view::c];
        for (index_t kd = depth.first; kd < depth.last; ++kd) {
            const X* const from = image + (d * g_.stride[0] + kd * g_.dilation[0] - g_.begin[0]) * x.stride[view::d];
            for (index_t phase_h = 0; phase_h < phases_[0]; ++phase_h) {
                for (index_t phase_w = 0; phase_w < phases_[1]; ++phase_w) {
                    Tile* line = planes + ((kd * phases_[0] + phase_h) * phases_[1] + phase_w) * plane_;
                    const index_t first_row = h * g_.stride[1] - g_.begin[1] + phase_h * g_.dilation[1] % g_.stride[1];
                    const index_t first_column = w * g_.stride[2] - g_.begin[2] + phase_w * g_.dilation[2] % g_.stride[2];
                    for (index_t i = 0; i < rows + shift_[0]; ++i, line += pitch_) {
                        const index_t row = first_row + i * g_.stride[1];
                        if (row < 0 || row >= g_.input[1]) {
                            std::memset(line, 0, static_cast<std::size_t>(pitch_) * sizeof(Tile));
                        } else {
                            const line_source<X, Tile> source{from + row * x.stride[view::h], x.stride[view::w], 0, g_.input[2], 1};
                            fill_line(isa_, source, first_column, g_.stride[2], line, pitch_, 1);
                        }
                    }
                    // The last vector reads on: lanes that are dropped, but they are read.
                    if (kd + 1 == depth.last && phase_h + 1 == phases_[0] && phase_w + 1 == phases_[1])
                        std::memset(line, 0, static_cast<std::size_t>(vector_) * sizeof(Tile));
                }
            }
        }
    }

    const cpu& where_;
    int isa_;
    int workers_;
    conv_problem<X, W> p_;
    const window_geometry<3>& g_;
    conv_target<Sum> target_;
    index_t vector_;              // lanes
    index_t phases_[2];           // of rows and columns
    index_t shift_[2];            // of the last tap
    index_t rows_, columns_, pitch_, row_blocks_, column_blocks_;
    index_t plane_, lanes_;
    index_t taps_bytes_, weights_bytes_, planes_bytes_, worker_bytes_;
};
TENFOLD_END
