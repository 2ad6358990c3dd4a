// SPDX-License-Identifier: Apache-2.0
// direct_conv: convolution as matrix products over filter taps, on the tile of matmul. No tensors, no epilogue. [floor 4]
//
//   pack w into panels                                        items: groups x panels
//   for images, groups, blocks of output rows and columns     items, any thread
//     copy the input rows they meet to lines, channels last
//     for panels: for channel blocks: for output rows: for tiles of pixels: for calls: tile
//
// A line is [column][channel], with columns of zeros where there is padding; a tile's A rows are pixels of one output row,
// `stride` columns of the line apart. Where windows are far apart, each tap has a row of columns of its own. Taps along w that are
// neighbours in a line form one run of k = taps * channels, so that 3 input channels still make a loop; a call sums the runs of several
// filter rows (the batch-reduce form). No operand is copied once per tap; of windows of one tap on neighbouring channels, none at all [Georganas et al. 2020; Zhang, Franchetti & Low 2018].
//
// Each output sums its products in one order (channel block, kd, kh, kw, channel), in calls whose bounds are filter taps
// and never depend on where padding is, on blocks of pixels or on threads.
#pragma once

#include <tenfold/exec/explain.hpp>
#include <tenfold/kernel/cpu/conv_filters.hpp>

#include <cstring>

TENFOLD_BEGIN
template <class X, class W>
struct conv_problem : conv_filters<W> {
    spatial_view<const X> x;
    window_geometry<3> windows;
    const void* packed = nullptr;  // the weights as the kernel reads them; then w is not read

    [[nodiscard]] index_t batch() const noexcept { return x.extent[spatial_view<const X>::n]; }
    [[nodiscard]] index_t multiply_adds() const noexcept {
        return batch() * this->outputs() * element_count(windows.output) * this->taps() * this->in_per_group();
    }
};

/// Neighbouring outputs along w, channels [channel, channel + channels).
struct output_run {
    index_t n, d, h, w;
    index_t pixels;
    index_t channel, channels;
};

/// What becomes of finished sums, [pixel][channel] with `pitch` elements between pixels: finish is called once per output, any thread.
/// Where `in_place` has data, a kernel may write sums there, pixels of neighbouring channels. If they are `final`, that is all;
/// otherwise finish is called with the sums where they are.
template <class Sum>
struct conv_target {
    void (*finish)(const void* context, const Sum* sums, index_t pitch, const output_run& run);
    const void* context;
    spatial_view<Sum> in_place;
    bool final;

    [[nodiscard]] Sum* at(index_t n, index_t channel, index_t d, index_t h, index_t w) const noexcept {
        using view = spatial_view<Sum>;
        const auto& step = in_place.stride;
        return in_place.data + n * step[view::n] + channel * step[view::c] + d * step[view::d] + h * step[view::h] + w * step[view::w];
    }
    [[nodiscard]] index_t row_step() const noexcept { return in_place.stride[spatial_view<Sum>::h]; }
    [[nodiscard]] index_t pixel_step() const noexcept { return in_place.stride[spatial_view<Sum>::w]; }
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
          filters_(isa, problem),
          tiles_(tiles_of<Tile>(isa)),
          shape_(tiles_.full) {
        plan_depth(false);
        if (!plan_pixels() && line_columns_ > columns_ * g_.window[2]) {
            plan_depth(true);
            plan_pixels();
        }
        plan_items();
        plan_copies();
        plan_scratch();
    }

    direct_conv(const direct_conv&) = delete;
    direct_conv& operator=(const direct_conv&) = delete;

    [[nodiscard]] index_t scratch_bytes() const noexcept { return driver_bytes(w_bytes_, workers_, worker_bytes_); }
    /// One worker, in the scratch of as many as were planned.
    void run_serially() noexcept { workers_ = 1; }
    void explain(explanation& e) const noexcept {
        e.kernel = filter_panels<W>::kernel_name;
        e.tile_rows = shape_.rows;
        e.tile_columns = shape_.columns;
        e.block_depth = taps_h_ * taps_w_ * filters_.channels();
    }

    /// `scratch`: scratch_bytes(), 64-byte aligned. Every extent of the problem is at least 1.
    void run(unsigned char* scratch) const {
        const Tile* const packed = given_or_packed(where_, workers_, filters_, p_.packed, scratch);
        parallel_for_items(where_, workers_, blocks_ * panel_groups_, [&](int worker, index_t item) {
            compute(packed, item / panel_groups_, item % panel_groups_, scratch + w_bytes_ + worker * worker_bytes_);
        });
    }

private:
    static constexpr index_t tile_bytes = static_cast<index_t>(sizeof(Tile));
    static constexpr index_t line_budget = 256 * 1024;  // of lines: with the weights they share an L2 of 1 MiB
    static constexpr index_t sums_budget = 512;  // pixels of a block: 64 KiB of sums
    static constexpr index_t paying_pixels = 56;  // fewer do not pay for streaming a panel of weights from L3

    /// One call of the tile: taps of one kd and channel block.
    struct tile_call {
        index_t k, blocks;
        index_t first_offset;  // into the list of offsets
        index_t weights;  // rows from the start of the panel
    };
    /// Pixels of an output row in a line.
    struct row_source {
        const Tile* lines;
        index_t pixel;  // elements from one to the next
        index_t columns;
    };
    struct row_target {
        Sum* sums;
        index_t pitch;
    };
    /// Position of a block of outputs, and of its lines.
    struct block_position {
        index_t n, group, d, h, w;  // first output
        index_t rows, columns;  // outputs
        index_t first_line;  // input row of line 0, where lines are shared
    };

    [[nodiscard]] index_t pitch_at(index_t block) const noexcept { return runs_ ? filters_.channels_at(block) : pitch_; }

    void plan_depth(bool separate_taps) noexcept {
        constexpr index_t depth = block_depth<X>;
        const index_t channels = filters_.channels();
        taps_w_ = std::clamp<index_t>(depth / channels, 1, g_.window[2]);
        taps_h_ = taps_w_ == g_.window[2] ? std::clamp<index_t>(depth / (taps_w_ * channels), 1, g_.window[1]) : 1;
        separate_taps_ = separate_taps;
        runs_ = !separate_taps && g_.dilation[2] == 1 && taps_w_ > 1;
        // Rows of a tile that are a multiple of 1 KiB apart fight for the ways of few L1 sets: an odd number of cache lines.
        pitch_ = runs_ || channels < 32 ? channels : round_up(channels, 16) + 16;
        column_step_ = g_.window[2] == 1 || separate_taps ? g_.stride[2] : 1;
    }

    /// Columns of a line that meets `outputs` neighbours: those they share, or for each tap those of its own.
    [[nodiscard]] index_t line_columns(index_t outputs) const noexcept {
        if (separate_taps_) return outputs * g_.window[2];
        return (outputs - 1) * pixel_columns() + (g_.window[2] - 1) * g_.dilation[2] + 1;
    }
    [[nodiscard]] index_t pixel_columns() const noexcept { return g_.stride[2] / column_step_; }  // from an output to the next
    [[nodiscard]] index_t tap_columns() const noexcept { return separate_taps_ ? columns_ : g_.dilation[2]; }
    /// Lines of one kd for `rows` output rows: those they share, or kh for each where they are far apart.
    [[nodiscard]] index_t lines_for(index_t rows) const noexcept {
        return (std::min)((rows - 1) * g_.stride[1] + (g_.window[1] - 1) * g_.dilation[1] + 1, rows * g_.window[1]);
    }

    /// False: the lines of one row of outputs exceed their budget.
    bool plan_pixels() noexcept {
        const index_t column_bytes = filters_.channel_blocks() * pitch_ * tile_bytes;
        columns_ = g_.output[2];
        const index_t affordable = line_budget / (g_.window[0] * g_.window[1] * column_bytes);
        if (line_columns(columns_) > affordable) {
            const index_t span = line_columns(1);
            const index_t more = separate_taps_ ? g_.window[2] : pixel_columns();
            const index_t fit = affordable <= span ? 1 : (affordable - span) / more + 1;
            columns_ = (std::min)(columns_, round_up(std::max<index_t>(fit, 2 * shape_.rows), shape_.rows));
        }
        columns_ = (std::min)(columns_, round_up(ceil_divide(g_.output[2], ceil_divide(g_.output[2], columns_)), shape_.rows));
        line_columns_ = line_columns(columns_);
        const auto affordable_rows = [&](index_t rows) {
            return rows * columns_ <= sums_budget && lines_for(rows) <= line_budget / (g_.window[0] * column_bytes) / line_columns_;
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
        return line_columns_ <= affordable;
    }

    void plan_items() noexcept {
        panels_ = filters_.panels();
        row_blocks_ = ceil_divide(g_.output[1], rows_);
        blocks_ = p_.batch() * p_.groups * g_.output[0] * row_blocks_ * column_blocks_;
        panel_groups_ = blocks_ >= 4 * workers_ || workers_ == 1 ? 1 : (std::min)(panels_, ceil_divide(4 * workers_, blocks_));
        group_panels_ = ceil_divide(panels_, panel_groups_);
        panel_groups_ = ceil_divide(panels_, group_panels_);
    }

    /// What stays where it is: input pixels as rows of tiles, unless these fight for the ways of few L1 sets; sums that one call of a
    /// tile computes. Output rows become one where windows are of one tap and nothing lies between the rows.
    void plan_copies() noexcept {
        using view = spatial_view<const X>;
        const auto& step = p_.x.stride;
        bool pixels_only = p_.taps() == 1;  // no window meets padding either
        for (std::size_t i = 0; i < 3; ++i)
            pixels_only = pixels_only && g_.begin[i] == 0 && (g_.output[i] - 1) * g_.stride[i] < g_.input[i];
        const auto neighbours_apart = [&](index_t stride, index_t element_step) {  // what overflows is apart from no neighbour
            index_t distance = 0, bytes = 0;
            const bool fits = checked_multiply(stride, element_step, distance) && checked_multiply(distance, 2 * tile_bytes, bytes);
            return fits ? distance : 0;
        };
        const index_t pixel = neighbours_apart(g_.stride[2], step[view::w]);
        const index_t apart = (pixel < 0 ? -pixel : pixel) * tile_bytes;
        const bool fights = apart >= 128 && collides(apart);
        // Few panels do not pay for a copy; then 8 rows at a time are read where they are.
        reads_in_place_ = std::is_same_v<X, Tile> && pixels_only && step[view::c] == 1 && (!fights || panels_ < 8);
        tile_rows_ = reads_in_place_ && fights ? std::min<index_t>(8, shape_.rows) : shape_.rows;
        pixel_ = reads_in_place_ ? pixel : pixel_columns() * pitch_;
        line_elements_ = reads_in_place_ ? neighbours_apart(g_.stride[1], step[view::h]) : line_columns_ * pitch_;
        const bool one_call = filters_.channel_blocks() == 1 && taps_w_ == g_.window[2] && taps_h_ == g_.window[1] && g_.window[0] == 1;
        writes_in_place_ = std::is_same_v<Tile, Sum> && one_call && target_.in_place.data != nullptr;
        joins_rows_ = pixels_only && column_blocks_ == 1 && line_elements_ == columns_ * pixel_ &&
                      (!writes_in_place_ || target_.row_step() == columns_ * target_.pixel_step());
    }

    void plan_scratch() noexcept {
        const auto whole_lines = [](index_t bytes) { return round_up(bytes, 64); };
        w_bytes_ = p_.packed != nullptr ? 0 : whole_lines(filters_.bytes());
        region_elements_ = reads_in_place_ ? filters_.channels() : g_.window[0] * lines_ * line_elements_;  // lines of one channel block
        const index_t calls = g_.window[0] * ceil_divide(g_.window[1], taps_h_) * ceil_divide(g_.window[2], taps_w_);
        lines_bytes_ = reads_in_place_ ? 0 : whole_lines(filters_.channel_blocks() * region_elements_ * tile_bytes) + 64;
        sums_bytes_ = whole_lines(rows_ * columns_ * shape_.columns * static_cast<index_t>(sizeof(Sum)));
        one_tile_bytes_ = shape_.rows * shape_.columns * tile_bytes;
        calls_bytes_ = whole_lines(calls * static_cast<index_t>(sizeof(tile_call)));
        worker_bytes_ =
            lines_bytes_ + sums_bytes_ + one_tile_bytes_ + calls_bytes_ + whole_lines(p_.taps() * static_cast<index_t>(sizeof(index_t)));
    }

    void compute(const Tile* packed, index_t block, index_t panel_group, unsigned char* scratch) const {
        Tile* const copies = reinterpret_cast<Tile*>(scratch);
        Sum* const sums = reinterpret_cast<Sum*>(scratch + lines_bytes_);
        Tile* const one_tile = reinterpret_cast<Tile*>(scratch + lines_bytes_ + sums_bytes_);
        tile_call* const calls = reinterpret_cast<tile_call*>(scratch + lines_bytes_ + sums_bytes_ + one_tile_bytes_);
        index_t* const offsets = reinterpret_cast<index_t*>(scratch + lines_bytes_ + sums_bytes_ + one_tile_bytes_ + calls_bytes_);

        const block_position at = position_of(block);
        const Tile* const lines = lines_of(at, copies);
        const index_t rows = joins_rows_ ? 1 : at.rows;  // that are computed one by one
        const index_t columns = joins_rows_ ? at.rows * at.columns : at.columns;
        const index_t panel_end = (std::min)(panels_, (panel_group + 1) * group_panels_);
        for (index_t panel = panel_group * group_panels_; panel < panel_end; ++panel) {
            const tile_strip<Tile>& strip = filters_.strip_at(panel);
            const index_t first = at.group * p_.out_per_group() + panel * shape_.columns;
            const index_t channels = filters_.outputs_at(panel);
            const bool in_place = writes_in_place_ && channels == strip.columns;
            const auto target = [&](index_t row) -> row_target {
                if (in_place) return {target_.at(at.n, first, at.d, at.h + row, at.w), target_.pixel_step()};
                return {sums + row * columns_ * shape_.columns, shape_.columns};
            };
            const Tile* weights = packed + (at.group * panels_ + panel) * filters_.panel_elements();
            for (index_t c = 0; c < filters_.channel_blocks(); ++c) {
                for (index_t row = 0; row < rows; ++row) {
                    const index_t count = list_calls(at, row, c, calls, offsets);
                    const index_t pixel = runs_ ? pixel_columns() * filters_.channels_at(c) : pixel_;
                    compute_row({lines + c * region_elements_, pixel, columns}, strip, weights, calls, count, offsets, target(row),
                                one_tile, c > 0);
                }
                weights += p_.taps() * filters_.channels_at(c) * strip.columns;
            }
            if (in_place && target_.final) continue;
            for (index_t row = 0; row < at.rows; ++row) {
                const row_target done = target(row);
                target_.finish(target_.context, done.sums, done.pitch, {at.n, at.d, at.h + row, at.w, at.columns, first, channels});
            }
        }
    }

    /// The lines of a block: copies, or the input itself.
    [[nodiscard]] const Tile* lines_of(const block_position& at, Tile* copies) const noexcept {
        if constexpr (std::is_same_v<X, Tile>) {
            if (reads_in_place_) {
                using view = spatial_view<const X>;
                const auto& step = p_.x.stride;
                return p_.x.data + at.n * step[view::n] + at.group * p_.in_per_group() + at.d * g_.stride[0] * step[view::d] +
                       at.h * g_.stride[1] * step[view::h] + at.w * g_.stride[2] * step[view::w];
            }
        }
        fill_lines(at, copies);
        return copies;
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
        for (index_t c = 0; c < filters_.channel_blocks(); ++c, lines += region_elements_) {
            const X* const channels =
                x.data + at.n * x.stride[view::n] + (at.group * p_.in_per_group() + c * filters_.channels()) * x.stride[view::c];
            for (index_t kd = planes.first; kd < planes.last; ++kd) {
                const X* const plane = channels + (at.d * g_.stride[0] + kd * g_.dilation[0] - g_.begin[0]) * x.stride[view::d];
                const auto fill = [&](index_t line, index_t input_row) {
                    if (input_row < 0 || input_row >= g_.input[1]) return;
                    const line_source<X, Tile> source{plane + input_row * x.stride[view::h], x.stride[view::w], x.stride[view::c],
                                                      g_.input[2], filters_.channels_at(c)};
                    const index_t origin = at.w * g_.stride[2] - g_.begin[2];
                    Tile* const to = lines + line * line_elements_;
                    if (!separate_taps_) return fill_line(isa_, source, origin, column_step_, to, line_columns_, pitch_at(c));
                    for (index_t kw = 0; kw < g_.window[2]; ++kw)
                        fill_line(isa_, source, origin + kw * g_.dilation[2], column_step_, to + kw * columns_ * pitch_, columns_, pitch_);
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
        const index_t channels = filters_.channels_at(c);
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
                    call = {per_block * channels, 0, used, ((kd * g_.window[1] + kh) * g_.window[2] + kw) * channels};
                    for (index_t h = kh; h < kh_end; ++h) {
                        for (index_t w = kw; w < kw + taps; w += per_block)
                            offsets[used++] = line_of(kd, row, h) * line_elements_ + w * tap_columns() * pitch;
                    }
                    call.blocks = used - call.first_offset;
                }
                kh = kh_end;
            }
        }
        return count;
    }

    void compute_row(const row_source& from, const tile_strip<Tile>& strip, const Tile* weights, const tile_call* calls, index_t count,
                     const index_t* offsets, const row_target& to, Tile* one_tile, bool accumulate) const noexcept {
        if (count == 0 && !accumulate) {
            for (index_t i = 0; i < from.columns; ++i)
                std::memset(to.sums + i * to.pitch, 0, static_cast<std::size_t>(strip.columns) * sizeof(Sum));
        }
        for (index_t i = 0, rows = 0; i < from.columns; i += rows) {
            rows = panel_height(from.columns - i, tile_rows_);
            gemm_tile_arguments<Tile> t{};
            t.a = from.lines + i * from.pixel;
            t.a_row = from.pixel;
            t.b_step = strip.columns;
            t.last = strip.last;
            Sum* const target = to.sums + i * to.pitch;
            bool add = accumulate;
            for (const tile_call* call = calls; call != calls + count; ++call) {
                t.k = call->k;
                t.blocks = call->blocks;
                t.a_offset = offsets + call->first_offset;
                t.b = weights + call->weights * strip.columns;
                t.b_block = call->k * strip.columns;
                if constexpr (std::is_same_v<Tile, Sum>) {
                    t.c = target;
                    t.c_row = to.pitch;
                    t.accumulate = add;
                    strip.run(rows, t);
                } else {
                    t.c = one_tile;
                    t.c_row = strip.columns;
                    t.accumulate = false;
                    strip.run(rows, t);
                    add_block(one_tile, strip.columns, target, to.pitch, rows, strip.columns, add);
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
    filter_panels<W> filters_;
    const tile_set<Tile>& tiles_;
    tile_shape shape_;
    index_t taps_w_, taps_h_;  // of a call: taps along w, rows of taps
    bool separate_taps_;  // each tap along w has columns of its own in a line
    bool runs_;  // taps of a call along w lie side by side in a line
    index_t pitch_, column_step_;  // of a line: elements per column, input columns per column
    index_t rows_, columns_;  // of a block of outputs
    index_t row_blocks_, column_blocks_, blocks_;
    index_t line_columns_, lines_, line_elements_, region_elements_;
    bool shared_lines_;
    bool reads_in_place_, writes_in_place_;
    bool joins_rows_;  // rows of a block are one row
    index_t tile_rows_;  // of a tile, at most
    index_t pixel_;  // elements of a line from one output to the next, where these are not runs of taps
    index_t panels_, panel_groups_, group_panels_;
    index_t w_bytes_, lines_bytes_, sums_bytes_, one_tile_bytes_, calls_bytes_, worker_bytes_;
};
TENFOLD_END
