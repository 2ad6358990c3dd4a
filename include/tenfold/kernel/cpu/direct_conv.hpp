// SPDX-License-Identifier: Apache-2.0
// direct_conv: convolution as matrix products over filter taps, on the tile of matmul. No tensors, no epilogue. [floor 4]
//
//   pack w into panels                                        items: groups x panels
//   for images, groups, blocks of output rows and columns     items, any thread
//     copy the input rows they meet to lines, channels last
//     for panels: for channel blocks: for output rows: for tiles of pixels: for calls: tile
//
// A line is [column][channel], with columns of zeros where there is padding; a tile's A rows are pixels of one output row,
// `stride` columns of the line apart. Taps along w that are neighbours in a line form one run of k = taps * channels, so
// that 3 input channels still make a loop; a call sums the runs of several filter rows (the batch-reduce form). No operand
// is copied once per tap [Georganas et al. 2020; Zhang, Franchetti & Low 2018].
//
// Each output sums its products in one order (channel block, kd, kh, kw, channel), in calls whose bounds are filter taps
// and never depend on where padding is, on blocks of pixels or on threads.
#pragma once

#include <tenfold/kernel/cpu/gemm.hpp>  // run_tile, pack, add_block; blocking
#include <tenfold/op/spatial.hpp>

#include <algorithm>
#include <cstring>

TENFOLD_BEGIN
template <class X, class W>
struct conv_problem {
    spatial_view<const X> x;
    spatial_view<const W> w;
    window_geometry<3> windows;
    index_t groups;
    index_t w_group;  // elements between the weights of neighbouring groups

    [[nodiscard]] index_t batch() const noexcept { return x.extent[spatial_view<const X>::n]; }
    [[nodiscard]] index_t in_per_group() const noexcept { return w.extent[spatial_view<const W>::c]; }
    [[nodiscard]] index_t out_per_group() const noexcept { return w.extent[spatial_view<const W>::n] / groups; }
    [[nodiscard]] index_t taps() const noexcept { return element_count(windows.window); }
    [[nodiscard]] index_t multiply_adds() const noexcept {
        return batch() * w.extent[spatial_view<const W>::n] * element_count(windows.output) * taps() * in_per_group();
    }
};

/// Neighbouring outputs along w, channels [channel, channel + channels).
struct output_run {
    index_t n, d, h, w;
    index_t pixels;
    index_t channel, channels;
};

/// What becomes of finished sums, [pixel][channel] with `pitch` elements between pixels: called once per output, any thread.
/// Where `in_place` has data, sums are the outputs, and a kernel may write them there instead, pixels of neighbouring channels.
template <class Sum>
struct conv_target {
    void (*finish)(const void* context, const Sum* sums, index_t pitch, const output_run& run);
    const void* context;
    spatial_view<Sum> in_place;
};

/// Input columns origin, origin + step, ... of one row, as `columns` pixels of `channels` each; zeros outside [0, width).
template <class From, class To>
struct line_source {
    const From* row;
    index_t column_step, channel_step;  // of memory, elements
    index_t width, channels;
};
template <class From, class To>
void fill_line(int isa, const line_source<From, To>& source, index_t origin, index_t step, To* line, index_t columns,
               index_t pitch) noexcept {
    const index_t begin = (std::min)(columns, origin >= 0 ? 0 : ceil_divide(-origin, step));
    const index_t end = (std::max)(begin, (std::min)(columns, source.width <= origin ? 0 : ceil_divide(source.width - origin, step)));
    const auto zero = [&](index_t from, index_t to) {
        if (to > from) std::memset(line + from * pitch, 0, static_cast<std::size_t>((to - from) * pitch) * sizeof(To));
    };
    zero(0, begin);
    zero(end, columns);
    const index_t count = end - begin;
    if (count == 0) return;
    const From* const first = source.row + (origin + begin * step) * source.column_step;
    const index_t column_step = source.column_step * step;
    pack_arguments<From, To> x{first, column_step, source.channel_step, count, source.channels, line + begin * pitch,
                               pitch, count,       source.channels};
    if (pitch == source.channels && (source.channels == 1 || (source.channel_step == 1 && column_step == pitch))) {  // one long line
        x.element_step = source.channels == 1 ? column_step : 1;
        x.lines = x.padded_lines = 1;
        x.elements = x.padded_elements = count * source.channels;
    }
    pack(isa, x);
}

template <class X, class W>
class direct_conv {
public:
    using Tile = tile_type<X>;
    using Sum = block_sum_type<X>;

    direct_conv(const cpu& where, int isa, int workers, const conv_problem<X, W>& problem, const conv_target<Sum>& target) noexcept
        : where_(where),
          isa_(isa),
          workers_(workers),
          p_(problem),
          g_(p_.windows),
          target_(target),
          tiles_(tiles_of<Tile>(isa)),
          shape_(tiles_.full) {
        plan_depth();
        plan_pixels();
        plan_items();
        plan_scratch();
    }

    direct_conv(const direct_conv&) = delete;
    direct_conv& operator=(const direct_conv&) = delete;

    [[nodiscard]] index_t scratch_bytes() const noexcept { return w_bytes_ + workers_ * worker_bytes_; }

    /// `scratch`: scratch_bytes(), 64-byte aligned. Every extent of the problem is at least 1.
    void run(unsigned char* scratch) const {
        Tile* const packed = reinterpret_cast<Tile*>(scratch);
        parallel_for_items(where_, workers_, p_.groups * panels_, [&](int, index_t item) { pack_panel(packed, item); });
        parallel_for_items(where_, workers_, blocks_ * panel_groups_, [&](int worker, index_t item) {
            compute(packed, item / panel_groups_, item % panel_groups_, scratch + w_bytes_ + worker * worker_bytes_);
        });
    }

private:
    static constexpr index_t tile_bytes = static_cast<index_t>(sizeof(Tile));
    static constexpr index_t panel_budget = 384 * 1024;  // of weights of a channel block: they are read again for each tile of pixels
    static constexpr index_t line_budget = 256 * 1024;   // of lines: with the weights they share an L2 of 1 MiB
    static constexpr index_t sums_budget = 512;          // pixels of a block: 64 KiB of sums
    static constexpr index_t paying_pixels = 56;         // fewer do not pay for streaming a panel of weights from L3

    /// One call of the tile: taps of one kd and channel block.
    struct tile_call {
        index_t k, blocks;
        index_t first_offset;  // into the list of offsets
        index_t weights;       // elements from the start of the panel
    };
    /// Position of a block of outputs, and of its lines.
    struct block_position {
        index_t n, group, d, h, w;  // first output
        index_t rows, columns;      // outputs
        index_t first_line;         // input row of line 0, where lines are shared
    };

    [[nodiscard]] index_t channels_at(index_t block) const noexcept { return (std::min)(channels_, p_.in_per_group() - block * channels_); }
    [[nodiscard]] index_t pitch_at(index_t block) const noexcept { return runs_ ? channels_at(block) : pitch_; }

    void plan_depth() noexcept {
        constexpr index_t depth = block_depth<X>;
        const index_t c = p_.in_per_group();
        const index_t limit = std::clamp<index_t>(panel_budget / (p_.taps() * shape_.columns * tile_bytes), 16, depth);
        channels_ = c <= limit ? c : round_up(ceil_divide(c, ceil_divide(c, limit)), 8);
        channel_blocks_ = ceil_divide(c, channels_);
        taps_w_ = std::clamp<index_t>(depth / channels_, 1, g_.window[2]);
        taps_h_ = taps_w_ == g_.window[2] ? std::clamp<index_t>(depth / (taps_w_ * channels_), 1, g_.window[1]) : 1;
        runs_ = g_.dilation[2] == 1 && taps_w_ > 1;
        // Rows of a tile that are a multiple of 1 KiB apart fight for the ways of few L1 sets: an odd number of cache lines.
        pitch_ = runs_ || channels_ < 32 ? channels_ : round_up(channels_, 16) + 16;
        column_step_ = g_.window[2] == 1 ? g_.stride[2] : 1;
    }

    [[nodiscard]] index_t line_columns(index_t outputs) const noexcept {
        return (outputs - 1) * (g_.stride[2] / column_step_) + (g_.window[2] - 1) * g_.dilation[2] + 1;
    }
    /// Lines of one kd for `rows` output rows: those they share, or kh for each where they are far apart.
    [[nodiscard]] index_t lines_for(index_t rows) const noexcept {
        return (std::min)((rows - 1) * g_.stride[1] + (g_.window[1] - 1) * g_.dilation[1] + 1, rows * g_.window[1]);
    }

    void plan_pixels() noexcept {
        const index_t column_bytes = channel_blocks_ * pitch_ * tile_bytes;
        columns_ = g_.output[2];
        const index_t affordable = line_budget / (g_.window[0] * g_.window[1] * column_bytes);
        if (line_columns(columns_) > affordable) {
            const index_t span = line_columns(1);
            const index_t fit = affordable <= span ? 1 : (affordable - span) / (g_.stride[2] / column_step_) + 1;
            columns_ = (std::min)(columns_, round_up(std::max<index_t>(fit, 2 * shape_.rows), shape_.rows));
        }
        columns_ = (std::min)(columns_, round_up(ceil_divide(g_.output[2], ceil_divide(g_.output[2], columns_)), shape_.rows));
        line_columns_ = line_columns(columns_);
        const auto affordable_rows = [&](index_t rows) {
            return rows * columns_ <= sums_budget && g_.window[0] * lines_for(rows) * line_columns_ * column_bytes <= line_budget;
        };
        rows_ = 1;
        while (rows_ < g_.output[1] && affordable_rows(rows_ + 1)) ++rows_;
        column_blocks_ = ceil_divide(g_.output[2], columns_);
        if (workers_ > 1) {
            const index_t others = p_.batch() * p_.groups * g_.output[0] * column_blocks_;
            const index_t wanted = ceil_divide(g_.output[1], ceil_divide(4 * workers_, others));
            rows_ = (std::min)(rows_, (std::max)(wanted, ceil_divide(paying_pixels, columns_)));
        }
        rows_ = ceil_divide(g_.output[1], ceil_divide(g_.output[1], rows_));
        lines_ = lines_for(rows_);
        shared_lines_ = lines_ < rows_ * g_.window[1];
    }

    void plan_items() noexcept {
        panels_ = ceil_divide(p_.out_per_group(), shape_.columns);
        row_blocks_ = ceil_divide(g_.output[1], rows_);
        blocks_ = p_.batch() * p_.groups * g_.output[0] * row_blocks_ * column_blocks_;
        panel_groups_ = blocks_ >= 4 * workers_ || workers_ == 1 ? 1 : (std::min)(panels_, ceil_divide(4 * workers_, blocks_));
        group_panels_ = ceil_divide(panels_, panel_groups_);
        panel_groups_ = ceil_divide(panels_, group_panels_);
    }

    void plan_scratch() noexcept {
        const auto whole_lines = [](index_t bytes) { return round_up(bytes, 64); };
        panel_elements_ = p_.taps() * p_.in_per_group() * shape_.columns;
        w_bytes_ = whole_lines(p_.groups * panels_ * panel_elements_ * tile_bytes);
        line_elements_ = line_columns_ * pitch_;
        region_elements_ = g_.window[0] * lines_ * line_elements_;  // lines of one channel block
        const index_t calls = g_.window[0] * ceil_divide(g_.window[1], taps_h_) * ceil_divide(g_.window[2], taps_w_);
        lines_bytes_ = whole_lines(channel_blocks_ * region_elements_ * tile_bytes) + 64;
        sums_bytes_ = whole_lines(rows_ * columns_ * shape_.columns * static_cast<index_t>(sizeof(Sum)));
        one_tile_bytes_ = shape_.rows * shape_.columns * tile_bytes;
        calls_bytes_ = whole_lines(calls * static_cast<index_t>(sizeof(tile_call)));
        worker_bytes_ =
            lines_bytes_ + sums_bytes_ + one_tile_bytes_ + calls_bytes_ + whole_lines(p_.taps() * static_cast<index_t>(sizeof(index_t)));
    }

    /// [channel block][kd][kh][kw][channel][NR]; columns beyond the group's outputs are zero.
    void pack_panel(Tile* packed, index_t item) const {
        using view = spatial_view<const W>;
        const auto& w = p_.w;
        const index_t panel = item % panels_;
        const W* const first_out = w.data + item / panels_ * p_.w_group + panel * shape_.columns * w.stride[view::n];
        const index_t outputs = std::min<index_t>(shape_.columns, p_.out_per_group() - panel * shape_.columns);
        Tile* target = packed + item * panel_elements_;
        for (index_t block = 0; block < channel_blocks_; ++block) {
            const index_t channels = channels_at(block);
            const W* const source = first_out + block * channels_ * w.stride[view::c];
            if (taps_are_neighbours()) {  // read along memory: taps of one channel become lines of their panels
                for (index_t c = 0; c < channels; ++c) {
                    pack(isa_, pack_arguments<W, Tile>{source + c * w.stride[view::c], 1, w.stride[view::n], p_.taps(), outputs,
                                                       target + c * shape_.columns, channels * shape_.columns, p_.taps(), shape_.columns});
                }
                target += p_.taps() * channels * shape_.columns;
                continue;
            }
            for (index_t kd = 0; kd < g_.window[0]; ++kd) {
                for (index_t kh = 0; kh < g_.window[1]; ++kh) {
                    for (index_t kw = 0; kw < g_.window[2]; ++kw) {
                        const W* const tap = source + kd * w.stride[view::d] + kh * w.stride[view::h] + kw * w.stride[view::w];
                        pack(isa_, pack_arguments<W, Tile>{tap, w.stride[view::c], w.stride[view::n], channels, outputs, target,
                                                           shape_.columns, channels, shape_.columns});
                        target += channels * shape_.columns;
                    }
                }
            }
        }
    }
    /// Weights as (out, channel, kd, kh, kw) without gaps between taps, and not so between channels.
    [[nodiscard]] bool taps_are_neighbours() const noexcept {
        using view = spatial_view<const W>;
        const auto& k = g_.window;
        const auto& step = p_.w.stride;
        return step[view::w] == 1 && (k[1] == 1 || step[view::h] == k[2]) && (k[0] == 1 || step[view::d] == k[1] * k[2]) &&
               step[view::c] != 1;
    }

    void compute(const Tile* packed, index_t block, index_t panel_group, unsigned char* scratch) const {
        Tile* const lines = reinterpret_cast<Tile*>(scratch);
        Sum* const sums = reinterpret_cast<Sum*>(scratch + lines_bytes_);
        Tile* const one_tile = reinterpret_cast<Tile*>(scratch + lines_bytes_ + sums_bytes_);
        tile_call* const calls = reinterpret_cast<tile_call*>(scratch + lines_bytes_ + sums_bytes_ + one_tile_bytes_);
        index_t* const offsets = reinterpret_cast<index_t*>(scratch + lines_bytes_ + sums_bytes_ + one_tile_bytes_ + calls_bytes_);

        const block_position at = position_of(block);
        fill_lines(at, lines);
        const index_t panel_end = (std::min)(panels_, (panel_group + 1) * group_panels_);
        for (index_t panel = panel_group * group_panels_; panel < panel_end; ++panel) {
            const Tile* weights = packed + (at.group * panels_ + panel) * panel_elements_;
            for (index_t c = 0; c < channel_blocks_; ++c) {
                for (index_t row = 0; row < at.rows; ++row) {
                    const index_t count = list_calls(at, row, c, calls, offsets);
                    compute_row(lines + c * region_elements_, weights, calls, count, offsets, pitch_at(c), at.columns,
                                sums + row * columns_ * shape_.columns, one_tile, c > 0);
                }
                weights += p_.taps() * channels_at(c) * shape_.columns;
            }
            const index_t channel = panel * shape_.columns;
            const index_t channels = std::min<index_t>(shape_.columns, p_.out_per_group() - channel);
            for (index_t row = 0; row < at.rows; ++row) {
                target_.finish(target_.context, sums + row * columns_ * shape_.columns, shape_.columns,
                               {at.n, at.d, at.h + row, at.w, at.columns, at.group * p_.out_per_group() + channel, channels});
            }
        }
    }

    [[nodiscard]] block_position position_of(index_t block) const noexcept {
        block_position at{};
        at.w = block % column_blocks_ * columns_;
        block /= column_blocks_;
        at.h = block % row_blocks_ * rows_;
        block /= row_blocks_;
        at.d = block % g_.output[0];
        block /= g_.output[0];
        at.group = block % p_.groups;
        at.n = block / p_.groups;
        at.rows = (std::min)(rows_, g_.output[1] - at.h);
        at.columns = (std::min)(columns_, g_.output[2] - at.w);
        at.first_line = at.h * g_.stride[1] - g_.begin[1];
        return at;
    }

    /// Line of the kd-th plane that output row `row` of the block meets with tap kh.
    [[nodiscard]] index_t line_of(index_t kd, index_t row, index_t kh) const noexcept {
        return kd * lines_ + (shared_lines_ ? row * g_.stride[1] + kh * g_.dilation[1] : row * g_.window[1] + kh);
    }

    void fill_lines(const block_position& at, Tile* lines) const noexcept {
        using view = spatial_view<const X>;
        const auto& x = p_.x;
        const tap_range planes = taps_inside(g_, 0, at.d);
        for (index_t c = 0; c < channel_blocks_; ++c, lines += region_elements_) {
            const X* const channels =
                x.data + at.n * x.stride[view::n] + (at.group * p_.in_per_group() + c * channels_) * x.stride[view::c];
            for (index_t kd = planes.first; kd < planes.last; ++kd) {
                const X* const plane = channels + (at.d * g_.stride[0] + kd * g_.dilation[0] - g_.begin[0]) * x.stride[view::d];
                const auto fill = [&](index_t line, index_t input_row) {
                    if (input_row < 0 || input_row >= g_.input[1]) return;
                    const line_source<X, Tile> source{plane + input_row * x.stride[view::h], x.stride[view::w], x.stride[view::c],
                                                      g_.input[2], channels_at(c)};
                    fill_line(isa_, source, at.w * g_.stride[2] - g_.begin[2], column_step_, lines + line * line_elements_, line_columns_,
                              pitch_at(c));
                };
                if (shared_lines_) {
                    const index_t count = (at.rows - 1) * g_.stride[1] + (g_.window[1] - 1) * g_.dilation[1] + 1;
                    for (index_t line = 0; line < count; ++line) fill(kd * lines_ + line, at.first_line + line);
                } else {
                    for (index_t row = 0; row < at.rows; ++row) {
                        for (index_t kh = 0; kh < g_.window[1]; ++kh)
                            fill(line_of(kd, row, kh), at.first_line + row * g_.stride[1] + kh * g_.dilation[1]);
                    }
                }
            }
        }
    }

    /// The calls that sum channel block `c` of an output row. Filter rows on padding are left out; where calls begin and end
    /// stays as it is for rows inside.
    index_t list_calls(const block_position& at, index_t row, index_t c, tile_call* calls, index_t* offsets) const noexcept {
        const index_t channels = channels_at(c);
        const index_t pitch = pitch_at(c);
        const tap_range planes = taps_inside(g_, 0, at.d);
        const tap_range rows = taps_inside(g_, 1, at.h + row);
        index_t count = 0;
        index_t used = 0;
        for (index_t kd = planes.first; kd < planes.last; ++kd) {
            for (index_t kh = rows.first; kh < rows.last;) {
                const index_t kh_end = (std::min)(rows.last, (kh / taps_h_ + 1) * taps_h_);
                for (index_t kw = 0; kw < g_.window[2]; kw += taps_w_) {
                    const index_t taps = (std::min)(taps_w_, g_.window[2] - kw);
                    const index_t per_block = runs_ ? taps : 1;
                    tile_call& call = calls[count++];
                    call = {per_block * channels, 0, used, ((kd * g_.window[1] + kh) * g_.window[2] + kw) * channels * shape_.columns};
                    for (index_t h = kh; h < kh_end; ++h) {
                        for (index_t w = kw; w < kw + taps; w += per_block)
                            offsets[used++] = line_of(kd, row, h) * line_elements_ + w * g_.dilation[2] * pitch;
                    }
                    call.blocks = used - call.first_offset;
                }
                kh = kh_end;
            }
        }
        return count;
    }

    void compute_row(const Tile* lines, const Tile* weights, const tile_call* calls, index_t count, const index_t* offsets, index_t pitch,
                     index_t columns, Sum* sums, Tile* one_tile, bool accumulate) const noexcept {
        if (count == 0 && !accumulate) std::memset(sums, 0, static_cast<std::size_t>(columns_ * shape_.columns) * sizeof(Sum));
        const index_t pixel = g_.stride[2] / column_step_ * pitch;
        for (index_t i = 0; i < columns; i += shape_.rows) {
            const index_t rows = std::min<index_t>(shape_.rows, columns - i);
            gemm_tile_arguments<Tile> t{};
            t.a = lines + i * pixel;
            t.a_row = pixel;
            t.b_step = shape_.columns;
            t.last = tiles_.strips[0].last;
            Sum* const target = sums + i * shape_.columns;
            bool add = accumulate;
            for (const tile_call* call = calls; call != calls + count; ++call) {
                t.k = call->k;
                t.blocks = call->blocks;
                t.a_offset = offsets + call->first_offset;
                t.b = weights + call->weights;
                t.b_block = call->k * shape_.columns;
                if constexpr (std::is_same_v<Tile, Sum>) {
                    t.c = target;
                    t.c_row = shape_.columns;
                    t.accumulate = add;
                    tiles_.strips[0].run(rows, t);
                } else {
                    t.c = one_tile;
                    t.c_row = shape_.columns;
                    t.accumulate = false;
                    tiles_.strips[0].run(rows, t);
                    add_block(one_tile, shape_.columns, target, shape_.columns, rows, shape_.columns, add);
                }
                add = true;
            }
        }
    }

    const cpu& where_;
    int isa_;
    int workers_;
    conv_problem<X, W> p_;
    const window_geometry<3>& g_;
    conv_target<Sum> target_;
    const tile_set<Tile>& tiles_;
    tile_shape shape_;
    index_t channels_, channel_blocks_;  // of input channels
    index_t taps_w_, taps_h_;            // of a call: taps along w, rows of taps
    bool runs_;                          // taps of a call along w lie side by side in a line
    index_t pitch_, column_step_;        // of a line: elements per column, input columns per column
    index_t rows_, columns_;    // of a block of outputs
    index_t row_blocks_, column_blocks_, blocks_;
    index_t line_columns_, lines_, line_elements_, region_elements_;
    bool shared_lines_;
    index_t panels_, panel_groups_, group_panels_, panel_elements_;
    index_t w_bytes_, lines_bytes_, sums_bytes_, one_tile_bytes_, calls_bytes_, worker_bytes_;
};
TENFOLD_END
