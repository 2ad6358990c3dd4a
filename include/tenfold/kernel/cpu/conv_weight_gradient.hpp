// SPDX-License-Identifier: Apache-2.0
// weight_gradient: the gradient of convolution by its weights as matrix products over output pixels.        [floor 4]
//
//   grad_w(oc, tap, c) = sum over pixels of grad_output(oc, pixel) x(pixel moved by tap, c)
//
//   for parts of the pixels, groups, blocks of oc and of c          items, any thread; each has sums of its own
//     for blocks of output rows of the part
//       copy grad_output to rows [oc][pixel], and the input rows they meet to lines [column][c]
//       for c panels: for taps: for tiles of oc: tile, k = the pixels of a row, one block of k per row
//   add the parts in order, convert, store                          parallel over groups x oc
//
// A tap only moves where the tile reads its lines, so nothing is copied once per tap. Few channels (an image's) lie side by side in a
// line: then the taps of a filter row are neighbouring columns of one product. Depthwise convolution has no product of matrices:
// there c are the lanes of all groups, and the tile of depthwise sums pixels where it has taps, with taps for its pixels.
// Parts are a function of the shape alone, and so is the order of every sum.
#pragma once

#include <tenfold/kernel/cpu/depthwise_conv.hpp>  // fill_line; pack, tiles; depthwise_tile
#include <tenfold/kernel/reference/element.hpp>  // narrow

TENFOLD_BEGIN
template <class X, class Out>
struct weight_gradient_problem {
    spatial_view<const X> x;
    spatial_view<const X> grad_output;
    spatial_view<Out> grad_w;
    window_geometry<3> windows;
    index_t groups;
};

template <class X, class Out>
class weight_gradient {
public:
    using Tile = tile_type<X>;

    weight_gradient(const cpu& where, int isa, const weight_gradient_problem<X, Out>& problem) noexcept
        : where_(where), isa_(isa), p_(problem), g_(p_.windows), tiles_(tiles_of<Tile>(isa)), shape_(tiles_.full) {
        plan_channels();
        plan_pixels();
        plan_items();
    }
    weight_gradient(const weight_gradient&) = delete;
    weight_gradient& operator=(const weight_gradient&) = delete;

    [[nodiscard]] index_t scratch_bytes() const noexcept { return sums_bytes_ + workers_ * worker_bytes_; }

    /// `scratch`: scratch_bytes(), 64-byte aligned. Every extent of the problem is at least 1.
    void run(unsigned char* scratch) const {
        Tile* const sums = reinterpret_cast<Tile*>(scratch);
        parallel_for_items(where_, workers_, parts_ * items_per_part_,
                           [&](int worker, index_t item) { compute(sums, item, scratch + sums_bytes_ + worker * worker_bytes_); });
        parallel_for_items(where_, workers_, groups_ * outputs_, [&](int, index_t row) { finish(sums, row); });
    }

private:
    using x_view = spatial_view<const X>;
    using w_view = spatial_view<Out>;
    static constexpr index_t tile_bytes = static_cast<index_t>(sizeof(Tile));
    static constexpr index_t block_budget = 256 * 1024;        // of an item's sums: half of an L2 of 512 KiB
    static constexpr index_t line_budget = 256 * 1024;         // of input lines
    static constexpr index_t parts_budget = 16 * 1024 * 1024;  // of the sums of all parts
    static constexpr index_t tile_taps = 4;                    // of a depthwise tile
    static constexpr index_t enough_items = 32;                // for any number of threads that shares them evenly

    void plan_channels() noexcept {
        const auto& w = p_.grad_w;
        depthwise_ = p_.groups > 1 && w.extent[w_view::n] == p_.groups && w.extent[w_view::c] == 1;
        groups_ = depthwise_ ? 1 : p_.groups;
        outputs_ = depthwise_ ? 1 : w.extent[w_view::n] / p_.groups;
        channels_ = w.extent[depthwise_ ? w_view::n : w_view::c];
        vector_ = isa_constant<vector_bytes_of>(isa_) / tile_bytes;
        columns_ = g_.output[2];
        if (columns_ > block_depth<X>) columns_ = ceil_divide(columns_, ceil_divide(columns_, block_depth<X>));
        const index_t span = (columns_ - 1) * g_.stride[2] + (g_.window[2] - 1) * g_.dilation[2] + 1;
        shared_columns_ = span <= columns_ * g_.window[2];
        line_columns_ = shared_columns_ ? span : columns_ * g_.window[2];
        runs_ = !depthwise_ && shared_columns_ && g_.dilation[2] == 1 && g_.window[2] > 1 && channels_ < shape_.columns;
        taps_w_ = runs_ ? 1 : g_.window[2];
        lanes_ = runs_ ? g_.window[2] * channels_ : channels_;
        sums_pitch_ = round_up(lanes_, shape_.columns);
        taps_ = g_.window[0] * g_.window[1] * taps_w_;
        index_t side = shape_.columns;
        while (!depthwise_ && 4 * side * side * taps_ * tile_bytes <= block_budget) side *= 2;
        if (depthwise_) side *= 2;
        block_outputs_ = ceil_divide(outputs_, ceil_divide(outputs_, side));
        block_lanes_ = runs_ ? lanes_ : (std::min)(lanes_, side);
        // Rows of a panel a multiple of 1 KiB apart would fight for the ways of few L1 sets: an odd number of cache lines.
        pitch_ = runs_ ? channels_ : round_up(block_lanes_, shape_.columns) + 64 / tile_bytes;
    }

    [[nodiscard]] index_t lines_for(index_t rows) const noexcept {
        return (std::min)((rows - 1) * g_.stride[1] + (g_.window[1] - 1) * g_.dilation[1] + 1, rows * g_.window[1]);
    }

    void plan_pixels() noexcept {
        line_elements_ = line_columns_ * pitch_;
        const auto affordable = [&](index_t rows) {
            return rows * columns_ <= block_depth<X> && g_.window[0] * lines_for(rows) * line_elements_ * tile_bytes <= line_budget;
        };
        rows_ = 1;
        while (rows_ < g_.output[1] && affordable(rows_ + 1)) ++rows_;
        rows_ = ceil_divide(g_.output[1], ceil_divide(g_.output[1], rows_));
        lines_ = lines_for(rows_);
        shared_lines_ = lines_ < rows_ * g_.window[1];
        gradient_pitch_ = round_up(rows_ * columns_, 64 / tile_bytes) + 64 / tile_bytes;
        row_blocks_ = ceil_divide(g_.output[1], rows_);
        column_blocks_ = ceil_divide(g_.output[2], columns_);
        pixel_blocks_ = p_.x.extent[x_view::n] * g_.output[0] * row_blocks_ * column_blocks_;
    }

    void plan_items() noexcept {
        output_blocks_ = ceil_divide(outputs_, block_outputs_);
        lane_blocks_ = ceil_divide(lanes_, block_lanes_);
        items_per_part_ = groups_ * output_blocks_ * lane_blocks_;
        part_elements_ = groups_ * taps_ * outputs_ * sums_pitch_;
        const index_t most = std::max<index_t>(1, parts_budget / (part_elements_ * tile_bytes));
        parts_ = std::clamp<index_t>(ceil_divide(enough_items, items_per_part_), 1, (std::min)(most, pixel_blocks_));
        const auto whole_lines = [](index_t bytes) { return round_up(bytes, 64); };
        sums_bytes_ = whole_lines(parts_ * part_elements_ * tile_bytes);
        lines_elements_ = g_.window[0] * lines_ * line_elements_ + shape_.columns;  // a panel of the last line may read beyond its lanes
        if (depthwise_) lines_elements_ += tap_columns() * pitch_;  // and a tile beyond the last tap
        lines_bytes_ = whole_lines(lines_elements_ * tile_bytes);
        gradient_bytes_ =
            whole_lines((depthwise_ ? (rows_ * columns_ + tile_taps) * pitch_ : block_outputs_ * gradient_pitch_) * tile_bytes);
        const index_t offsets_bytes =
            depthwise_ ? rows_ * static_cast<index_t>(sizeof(depthwise_taps)) : rows_ * static_cast<index_t>(sizeof(index_t));
        worker_bytes_ = lines_bytes_ + gradient_bytes_ + whole_lines(offsets_bytes);
        const index_t pixels = p_.x.extent[x_view::n] * element_count(g_.output);
        workers_ = workers_for(where_, pixels * groups_ * taps_ * outputs_ * lanes_, multiply_adds_per_worker);
    }

    /// A block of output pixels: [rows, columns) from (n, d, h, w).
    struct pixel_block {
        index_t n, d, h, w, rows, columns;
    };
    [[nodiscard]] pixel_block block_at(index_t number) const noexcept {
        pixel_block at{};
        at.w = number % column_blocks_ * columns_;
        number /= column_blocks_;
        at.h = number % row_blocks_ * rows_;
        number /= row_blocks_;
        at.d = number % g_.output[0];
        at.n = number / g_.output[0];
        at.rows = (std::min)(rows_, g_.output[1] - at.h);
        at.columns = (std::min)(columns_, g_.output[2] - at.w);
        return at;
    }

    [[nodiscard]] Tile* sums_of(Tile* sums, index_t part, index_t group, index_t tap, index_t output) const noexcept {
        return sums + part * part_elements_ + ((group * taps_ + tap) * outputs_ + output) * sums_pitch_;
    }

    void compute(Tile* sums, index_t item, unsigned char* scratch) const {
        Tile* const lines = reinterpret_cast<Tile*>(scratch);
        Tile* const gradient = reinterpret_cast<Tile*>(scratch + lines_bytes_);
        unsigned char* const offsets = scratch + lines_bytes_ + gradient_bytes_;
        const index_t first_lane = item % lane_blocks_ * block_lanes_;
        item /= lane_blocks_;
        const index_t first_output = item % output_blocks_ * block_outputs_;
        item /= output_blocks_;
        const index_t group = item % groups_;
        const index_t part = item / groups_;
        const index_t lanes = (std::min)(block_lanes_, lanes_ - first_lane);
        const index_t outputs = (std::min)(block_outputs_, outputs_ - first_output);
        const index_t padded = tiles_.padded(lanes);
        for (index_t tap = 0; tap < taps_; ++tap) {
            for (index_t i = 0; i < outputs; ++i)
                std::fill_n(sums_of(sums, part, group, tap, first_output + i) + first_lane, padded, Tile{0});
        }
        std::fill_n(lines, lines_elements_, Tile{0});  // also what panels read beyond the lanes
        const auto sums_at = [=, this](index_t tap, index_t output) {
            return sums_of(sums, part, group, tap, first_output + output) + first_lane;
        };
        index_t* const row_offsets = reinterpret_cast<index_t*>(offsets);
        if (!depthwise_) {
            for (index_t i = 0; i < rows_; ++i) row_offsets[i] = i * columns_;
        }
        const index_t end = pixel_blocks_ * (part + 1) / parts_;
        for (index_t number = pixel_blocks_ * part / parts_; number < end; ++number) {
            const pixel_block at = block_at(number);
            fill_lines(at, group * channels_ + (runs_ ? 0 : first_lane), runs_ ? channels_ : lanes, lines);
            if (depthwise_) {
                fill_gradient_pixels(at, first_lane, lanes, gradient);
                multiply_lanes(at, lanes, lines, gradient, reinterpret_cast<depthwise_taps*>(offsets), sums_at);
            } else {
                fill_gradient(at, group * outputs_ + first_output, outputs, gradient);
                multiply(at, lanes, outputs, lines, gradient, row_offsets, sums_at);
            }
        }
    }

    void fill_gradient(const pixel_block& at, index_t output, index_t outputs, Tile* to) const noexcept {
        const auto& y = p_.grad_output;
        const X* const first = y.data + at.n * y.stride[x_view::n] + output * y.stride[x_view::c] + at.d * y.stride[x_view::d] +
                               at.h * y.stride[x_view::h] + at.w * y.stride[x_view::w];
        const bool one_run = at.columns == columns_ && y.stride[x_view::h] == columns_ * y.stride[x_view::w];  // rows follow each other
        const index_t step = one_run ? at.rows : 1;
        for (index_t row = 0; row < at.rows; row += step) {
            pack(isa_, pack_arguments<X, Tile>{first + row * y.stride[x_view::h], y.stride[x_view::c], y.stride[x_view::w], outputs,
                                               at.columns * step, to + row * columns_, gradient_pitch_, outputs, at.columns * step});
        }
    }

    /// [pixel][channel], lanes up to a whole vector zero.
    void fill_gradient_pixels(const pixel_block& at, index_t channel, index_t channels, Tile* to) const noexcept {
        const auto& y = p_.grad_output;
        const X* const first = y.data + at.n * y.stride[x_view::n] + channel * y.stride[x_view::c] + at.d * y.stride[x_view::d] +
                               at.h * y.stride[x_view::h] + at.w * y.stride[x_view::w];
        for (index_t row = 0; row < at.rows; ++row) {
            pack(isa_, pack_arguments<X, Tile>{first + row * y.stride[x_view::h], y.stride[x_view::w], y.stride[x_view::c], at.columns,
                                               channels, to + row * at.columns * pitch_, pitch_, at.columns, round_up(channels, vector_)});
        }
    }

    /// Columns of a line from one tap along w to the next.
    [[nodiscard]] index_t tap_columns() const noexcept { return shared_columns_ ? g_.dilation[2] : columns_; }
    [[nodiscard]] index_t line_of(index_t kd, index_t row, index_t kh) const noexcept {
        return kd * lines_ + (shared_lines_ ? row * g_.stride[1] + kh * g_.dilation[1] : kh * rows_ + row);
    }

    void fill_lines(const pixel_block& at, index_t channel, index_t channels, Tile* lines) const noexcept {
        const auto& x = p_.x;
        const X* const image = x.data + at.n * x.stride[x_view::n] + channel * x.stride[x_view::c];
        const tap_range planes = taps_inside(g_, 0, at.d);
        for (index_t kd = planes.first; kd < planes.last; ++kd) {
            const X* const plane = image + (at.d * g_.stride[0] + kd * g_.dilation[0] - g_.begin[0]) * x.stride[x_view::d];
            const auto fill = [&](index_t line, index_t input_row) {
                Tile* const to = lines + line * line_elements_;
                if (input_row < 0 || input_row >= g_.input[1]) {
                    std::fill_n(to, line_elements_, Tile{0});
                    return;
                }
                const line_source<X, Tile> source{plane + input_row * x.stride[x_view::h], x.stride[x_view::w], x.stride[x_view::c],
                                                  g_.input[2], channels};
                const index_t origin = at.w * g_.stride[2] - g_.begin[2];
                if (shared_columns_) {
                    fill_line(isa_, source, origin, 1, to, line_columns_, pitch_);
                } else {
                    for (index_t kw = 0; kw < g_.window[2]; ++kw)
                        fill_line(isa_, source, origin + kw * g_.dilation[2], g_.stride[2], to + kw * columns_ * pitch_, columns_, pitch_);
                }
            };
            const index_t first_row = at.h * g_.stride[1] - g_.begin[1];
            if (shared_lines_) {
                const index_t count = (at.rows - 1) * g_.stride[1] + (g_.window[1] - 1) * g_.dilation[1] + 1;
                for (index_t line = 0; line < count; ++line) fill(kd * lines_ + line, first_row + line);
            } else {
                for (index_t kh = 0; kh < g_.window[1]; ++kh) {
                    for (index_t row = 0; row < at.rows; ++row)
                        fill(line_of(kd, row, kh), first_row + row * g_.stride[1] + kh * g_.dilation[1]);
                }
            }
        }
    }

    /// sums_at(tap, output) += the products of one block of pixels.
    template <class SumsAt>
    void multiply(const pixel_block& at, index_t lanes, index_t outputs, const Tile* lines, const Tile* gradient,
                  const index_t* row_offsets, const SumsAt& sums_at) const noexcept {
        const tap_range planes = taps_inside(g_, 0, at.d);
        gemm_tile_arguments<Tile> t{};
        t.k = at.columns;
        t.blocks = at.rows;
        t.a_offset = row_offsets;
        t.a_row = gradient_pitch_;
        t.b_step = (shared_columns_ ? g_.stride[2] : 1) * pitch_;
        t.b_block = (shared_lines_ ? g_.stride[1] : 1) * line_elements_;
        t.c_row = sums_pitch_;
        t.accumulate = true;
        index_t width = 0;
        for (index_t lane = 0; lane < lanes; lane += width) {
            const auto& strip = tiles_.for_columns(lanes - lane);
            width = strip.columns;
            t.last = strip.last;
            for (index_t kd = planes.first; kd < planes.last; ++kd) {
                for (index_t kh = 0; kh < g_.window[1]; ++kh) {
                    for (index_t kw = 0; kw < taps_w_; ++kw) {
                        const index_t tap = (kd * g_.window[1] + kh) * taps_w_ + kw;
                        t.b = lines + line_of(kd, 0, kh) * line_elements_ + kw * tap_columns() * pitch_ + lane;
                        index_t height = 0;
                        for (index_t i = 0; i < outputs; i += height) {
                            height = panel_height(outputs - i, shape_.rows);
                            t.a = gradient + i * gradient_pitch_;
                            t.c = sums_at(tap, i) + lane;
                            strip.run(height, t);
                        }
                    }
                }
            }
        }
    }

    /// The same for depthwise: four taps of a filter row are the pixels of a tile, which sums over the pixels of the block.
    template <class SumsAt>
    void multiply_lanes(const pixel_block& at, index_t lanes, const Tile* lines, Tile* gradient, depthwise_taps* pixels,
                        const SumsAt& sums_at) const noexcept {
        const tap_range planes = taps_inside(g_, 0, at.d);
        const index_t column = (shared_columns_ ? g_.stride[2] : 1) * pitch_;
        const index_t row = (shared_lines_ ? g_.stride[1] : 1) * line_elements_;
        for (index_t r = 0; r < at.rows; ++r) pixels[r] = {r * row, r * at.columns * pitch_};
        Tile* const block = gradient + rows_ * columns_ * pitch_;  // sums of a tile
        depthwise_tile_arguments<Tile> t;
        t.pixel = tap_columns() * pitch_;
        t.x_step = column;
        t.weights = gradient;
        t.w_step = pitch_;
        t.rows = pixels;
        t.row_count = at.rows;
        t.width = at.columns;
        t.y = block;
        t.y_pixel = pitch_;
        t.lanes = round_up(lanes, vector_);
        for (index_t kd = planes.first; kd < planes.last; ++kd) {
            for (index_t kh = 0; kh < g_.window[1]; ++kh) {
                index_t taps = 0;
                for (index_t kw = 0; kw < taps_w_; kw += taps) {
                    t.x = lines + line_of(kd, 0, kh) * line_elements_ + kw * tap_columns() * pitch_;
                    if (taps_w_ - kw + 1 >= tile_taps) {  // three taps are a tile of four, one of which is dropped
                        dispatch<depthwise_tile<Tile, tile_taps>>(isa_, &t);
                        taps = (std::min)(tile_taps, taps_w_ - kw);
                    } else {
                        dispatch<depthwise_tile<Tile, 1>>(isa_, &t);
                        taps = 1;
                    }
                    for (index_t tap = 0; tap < taps; ++tap)
                        add_block(block + tap * pitch_, pitch_, sums_at((kd * g_.window[1] + kh) * taps_w_ + kw + tap, 0), sums_pitch_, 1,
                                  lanes, true);
                }
            }
        }
    }

    /// Adds the parts of one output's weights and stores them.
    void finish(Tile* sums, index_t row) const noexcept {
        const index_t group = row / outputs_;
        const auto& w = p_.grad_w;
        Out* const to = w.data + row * w.stride[w_view::n];
        const index_t step = w.stride[depthwise_ ? w_view::n : w_view::c];
        for (index_t tap = 0; tap < taps_; ++tap) {
            Tile* const total = sums_of(sums, 0, group, tap, row % outputs_);
            for (index_t part = 1; part < parts_; ++part) {
                const Tile* const more = total + part * part_elements_;
                for (index_t i = 0; i < lanes_; ++i) total[i] += more[i];
            }
            const index_t kd = tap / (g_.window[1] * taps_w_);
            const index_t kh = tap / taps_w_ % g_.window[1];
            Out* const filter_row = to + kd * w.stride[w_view::d] + kh * w.stride[w_view::h];
            for (index_t first = 0; first < lanes_; first += channels_) {
                Out* const at = filter_row + (runs_ ? first / channels_ : tap % taps_w_) * w.stride[w_view::w];
                for (index_t c = 0; c < channels_; ++c) at[c * step] = narrow<Out>(total[first + c]);
            }
        }
    }

    const cpu& where_;
    int isa_;
    int workers_ = 1;
    weight_gradient_problem<X, Out> p_;
    const window_geometry<3>& g_;
    const tile_set<Tile>& tiles_;
    tile_shape shape_;
    bool depthwise_;                     // lanes are the channels of all groups
    index_t groups_;                     // of products
    index_t outputs_, channels_;         // of a group
    index_t vector_;                     // lanes of a vector
    bool runs_;                          // lanes are taps of a filter row and channels; otherwise channels
    index_t taps_w_, taps_, lanes_;      // taps along w, and in all, that are products of their own
    index_t block_outputs_, block_lanes_, output_blocks_, lane_blocks_;  // of an item
    bool shared_columns_, shared_lines_;  // taps read the same columns and lines; otherwise each has its own
    index_t columns_, rows_;             // of a block of pixels
    index_t row_blocks_, column_blocks_, pixel_blocks_;
    index_t pitch_, line_columns_, line_elements_, lines_, lines_elements_, gradient_pitch_;
    index_t parts_, items_per_part_, part_elements_, sums_pitch_;
    index_t sums_bytes_, lines_bytes_, gradient_bytes_, worker_bytes_;
};
TENFOLD_END
