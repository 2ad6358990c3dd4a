// SPDX-License-Identifier: Apache-2.0
// winograd_conv: 3x3 convolution of stride 1 with fewer multiplications, F(2,3) or F(4,3). No tensors, no epilogue. [floor 4]
//
//   transform w: U = G w G^T                                       items: panels
//   for images, blocks of tiles of m x m outputs                   items, any thread
//     for rows of tiles: copy m + 2 input rows to lines; V = B^T d B
//     for panels: for (m + 2)^2 places: M = V U on the tile of matmul; y = A^T M A; finish
//
// A tile of m x m outputs takes (m + 2)^2 products per channel instead of 9 m^2: 2.25 times fewer for m = 2, 4 times for m = 4
// [Lavin & Gray 2016]. Transforms along h run over whole lines, those along w over the channels of a tile.
//
// m is a function of the weights alone: 4, or 2 where few channels would spend their time in transforms.
#pragma once

#include <tenfold/kernel/cpu/body/combine_rows.hpp>
#include <tenfold/kernel/cpu/direct_conv.hpp>

TENFOLD_BEGIN
/// The matrices of F(m x m, 3 x 3), row-major. Sums of factors grow with m, and rounding errors with them.
template <class T>
struct winograd_matrices {
    int outputs, inputs;      // m, m + 2
    const T *input, *output;  // B^T (m + 2, m + 2), A^T (m, m + 2)
    const double* filter;     // G (m + 2, 3)
};
template <class T>
TENFOLD_INLINE const winograd_matrices<T>& winograd_of(int outputs) noexcept {
    static constexpr T input_2[] = {1, 0, -1, 0, 0, 1, 1, 0, 0, -1, 1, 0, 0, 1, 0, -1};
    static constexpr T output_2[] = {1, 1, 1, 0, 0, 1, -1, -1};
    static constexpr double filter_2[] = {1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1};
    static constexpr T input_4[] = {4, 0,  -5, 0, 1, 0, 0, -4, -4, 1,  1, 0, 0, 4, -4, -1, 1, 0,
                                    0, -2, -1, 2, 1, 0, 0, 2,  -1, -2, 1, 0, 0, 4, 0,  -5, 0, 1};
    static constexpr T output_4[] = {1, 1, 1, 1, 1, 0, 0, 1, -1, 2, -2, 0, 0, 1, 1, 4, 4, 0, 0, 1, -1, 8, -8, 1};
    static constexpr double filter_4[] = {1. / 4,  0,       0,      -1. / 6, -1. / 6,  -1. / 6, -1. / 6, 1. / 6, -1. / 6,
                                          1. / 24, 1. / 12, 1. / 6, 1. / 24, -1. / 12, 1. / 6,  0,       0,      1};
    static constexpr winograd_matrices<T> two{2, 4, input_2, output_2, filter_2};
    static constexpr winograd_matrices<T> four{4, 6, input_4, output_4, filter_4};
    return outputs == 2 ? two : four;
}

/// Transformed weights: [panel][place][channel][NR outputs].
template <class W>
class filter_winograd {
public:
    using Tile = tile_type<W>;
    static constexpr const char* kernel_name = "winograd";

    filter_winograd(int isa, const conv_filters<W>& filters) noexcept
        : isa_(isa),
          columns_(tiles_of<Tile>(isa).full.columns),
          f_(filters),
          matrices_(&winograd_of<Tile>(f_.in_per_group() >= enough_channels && f_.outputs() >= enough_channels ? 4 : 2)) {}

    [[nodiscard]] const winograd_matrices<Tile>& matrices() const noexcept { return *matrices_; }
    [[nodiscard]] index_t columns() const noexcept { return columns_; }
    [[nodiscard]] index_t channels() const noexcept { return f_.in_per_group(); }
    [[nodiscard]] index_t places() const noexcept { return matrices_->inputs * matrices_->inputs; }
    [[nodiscard]] index_t panels() const noexcept { return ceil_divide(f_.outputs(), columns_); }
    [[nodiscard]] index_t panel_elements() const noexcept { return places() * channels() * columns_; }
    [[nodiscard]] index_t bytes() const noexcept { return packed_bytes<Tile>(panels() * places(), channels(), columns_); }

    void pack_into(const cpu& where, int workers, Tile* packed) const {
        parallel_for_items(where, workers, panels(), [&](int, index_t panel) {
            Tile* const to = packed + panel * panel_elements();
            for (index_t c = 0; c < channels(); ++c) {
                for (index_t j = 0; j < columns_; j += together)
                    transform(panel * columns_ + j, (std::min)(together, columns_ - j), c, to + c * columns_ + j);
            }
        });
    }

private:
    static constexpr index_t enough_channels = 32;

    static constexpr index_t together = 8;  // filters

    /// G w G^T of neighbouring filters in double, rounded once; zeros beyond the outputs. A kernel body does the sums: their bits are
    /// those of the instruction set, whatever a caller is compiled with.
    void transform(index_t output, index_t count, index_t c, Tile* to) const noexcept {
        using view = spatial_view<const W>;
        const index_t n = matrices_->inputs;
        const double* const g = matrices_->filter;
        double w[3][3][together] = {};  // (kh, kw, filter)
        const index_t filters = (std::min)(count, f_.outputs() - output);
        for (index_t h = 0; h < 3; ++h) {
            for (index_t k = 0; k < 3; ++k) {
                const W* const first = f_.tap(0, h, k) + c * f_.w.stride[view::c];
                for (index_t j = 0; j < filters; ++j)
                    w[h][k][j] = static_cast<double>(widen_element<Tile>(first[(output + j) * f_.w.stride[view::n]]));
            }
        }
        double rows[6][3][together];
        combine(w[0][0], 3 * together, g, rows[0][0], n);
        for (index_t i = 0; i < n; ++i) {
            double places[6][together];
            combine(rows[i][0], together, g, places[0], n);
            for (index_t k = 0; k < n; ++k) {
                Tile* const row = to + (i * n + k) * channels() * columns_;
                for (index_t j = 0; j < count; ++j) row[j] = static_cast<Tile>(places[k][j]);
            }
        }
    }
    /// y = factors x, with three rows of x as long as those of y.
    void combine(const double* x, index_t row, const double* factors, double* y, index_t rows) const noexcept {
        const combine_arguments<double> a{x, row, factors, y, row, rows, row};
        dispatch<combine_rows<double, 3>>(isa_, &a);
    }

    int isa_;
    index_t columns_;
    conv_filters<W> f_;
    const winograd_matrices<Tile>* matrices_;
};

template <class X, class W>
class winograd_conv {
public:
    using Tile = tile_type<X>;
    using Sum = block_sum_type<X>;
    static_assert(std::is_same_v<Tile, Sum>, "transforms are of floating-point types");

    winograd_conv(const cpu& where, int isa, int workers, const conv_problem<X, W>& problem, const conv_target<Sum>& target) noexcept
        : where_(where),
          isa_(isa),
          workers_(workers),
          p_(problem),
          g_(p_.windows),
          target_(target),
          filters_(isa, problem),
          f_(filters_.matrices()),
          tiles_(tiles_of<Tile>(isa)) {
        const index_t m = f_.outputs;
        channels_ = p_.in_per_group();
        pitch_ = round_up(channels_, 16) + 16;  // an odd number of cache lines: rows of a tile do not share an L1 set
        const index_t across = ceil_divide(g_.output[2], m), down = ceil_divide(g_.output[1], m);
        const index_t fit = (std::max)(most_bytes / (filters_.places() * pitch_ * tile_bytes), fewest_tiles);
        across_ = ceil_divide(across, ceil_divide(across, fit));
        down_ = std::clamp<index_t>(fit / across_, 1, down);
        if (workers_ > 1)
            down_ = (std::min)(down_, ceil_divide(down, ceil_divide(4 * workers_, p_.batch() * ceil_divide(across, across_))));
        column_blocks_ = ceil_divide(across, across_);
        row_blocks_ = ceil_divide(down, down_);
        line_ = (across_ * m + 2) * pitch_;
        const index_t tiles = across_ * down_, width = tiles_.full.columns;
        const auto place = [&](index_t& offset, index_t elements) {
            offset = worker_bytes_;
            worker_bytes_ += round_up(elements * tile_bytes, 64);
        };
        place(lines_at_, f_.inputs * line_);
        place(mixed_at_, f_.inputs * line_);
        place(inputs_at_, filters_.places() * tiles * pitch_);
        place(products_at_, filters_.places() * tiles * width);
        place(halves_at_, m * f_.inputs * tiles * width);
        place(sums_at_, m * across_ * m * width);
        w_bytes_ = p_.packed != nullptr ? 0 : round_up(filters_.bytes(), 64);
    }
    winograd_conv(const winograd_conv&) = delete;
    winograd_conv& operator=(const winograd_conv&) = delete;

    [[nodiscard]] index_t scratch_bytes() const noexcept { return driver_bytes(w_bytes_, workers_, worker_bytes_); }
    /// One worker, in the scratch of as many as were planned.
    void run_serially() noexcept { workers_ = 1; }
    void explain(explanation& e) const noexcept {
        e.kernel = filter_winograd<W>::kernel_name;
        e.tile_rows = f_.outputs;
        e.tile_columns = f_.outputs;
        e.block_depth = (std::min)(channels_, block_depth<X>);
    }

    /// `scratch`: scratch_bytes(), 64-byte aligned. Every extent of the problem is at least 1.
    void run(unsigned char* scratch) const {
        const Tile* const packed = given_or_packed(where_, workers_, filters_, p_.packed, scratch);
        parallel_for_items(where_, workers_, p_.batch() * row_blocks_ * column_blocks_,
                           [&](int worker, index_t item) { compute(packed, item, scratch + w_bytes_ + worker * worker_bytes_); });
    }

private:
    static constexpr index_t tile_bytes = static_cast<index_t>(sizeof(Tile));
    static constexpr index_t most_bytes = 640 * 1024;  // of transformed inputs of a block: they are read again for each panel
    static constexpr index_t fewest_tiles = 14;        // of a block: panels are read again for each

    /// A block of tiles: the first output, and how many there are.
    struct block {
        index_t n, h, w, down, across;
    };

    void compute(const Tile* packed, index_t item, unsigned char* scratch) const {
        const auto memory = [&](index_t offset) { return reinterpret_cast<Tile*>(scratch + offset); };
        const index_t m = f_.outputs;
        block at{};
        at.w = item % column_blocks_ * across_ * m;
        item /= column_blocks_;
        at.h = item % row_blocks_ * down_ * m;
        at.n = item / row_blocks_;
        at.across = (std::min)(across_, ceil_divide(g_.output[2] - at.w, m));
        at.down = (std::min)(down_, ceil_divide(g_.output[1] - at.h, m));
        for (index_t row = 0; row < at.down; ++row) transform_inputs(at, row, memory(lines_at_), memory(mixed_at_), memory(inputs_at_));
        for (index_t panel = 0; panel < filters_.panels(); ++panel) {
            multiply(at, memory(inputs_at_), packed + panel * filters_.panel_elements(), memory(products_at_));
            transform_outputs(at, panel, memory(products_at_), memory(halves_at_), memory(sums_at_));
        }
    }

    /// y = factors x; rows of y and x are `elements` long.
    void combine(const Tile* x, index_t x_row, const Tile* factors, Tile* y, index_t y_row, index_t rows, index_t elements) const noexcept {
        const combine_arguments<Tile> a{x, x_row, factors, y, y_row, rows, elements};
        if (f_.inputs == 4) {
            dispatch<combine_rows<Tile, 4>>(isa_, &a);
        } else {
            dispatch<combine_rows<Tile, 6>>(isa_, &a);
        }
    }

    /// One row of tiles: input (place, tile, channel).
    void transform_inputs(const block& at, index_t row, Tile* lines, Tile* mixed, Tile* inputs) const noexcept {
        using view = spatial_view<const X>;
        const index_t m = f_.outputs, n = f_.inputs;
        const index_t columns = at.across * m + 2;
        const auto& step = p_.x.stride;
        for (index_t i = 0; i < n; ++i) {
            const index_t h = at.h + row * m + i - g_.begin[1];
            const bool inside = h >= 0 && h < g_.input[1];
            const line_source<X, Tile> source{p_.x.data + at.n * step[view::n] + (inside ? h : 0) * step[view::h], step[view::w],
                                              step[view::c], inside ? g_.input[2] : 0, channels_};
            fill_line(isa_, source, at.w - g_.begin[2], 1, lines + i * line_, columns, pitch_);
        }
        combine(lines, line_, f_.input, mixed, line_, n, columns * pitch_);
        const index_t tiles = at.across * at.down;
        for (index_t i = 0; i < n; ++i) {
            for (index_t tile = 0; tile < at.across; ++tile)
                combine(mixed + i * line_ + tile * m * pitch_, pitch_, f_.input, inputs + (i * n * tiles + row * at.across + tile) * pitch_,
                        tiles * pitch_, n, channels_);
        }
    }

    /// products (place, tile, NR) = inputs (place, tile, channel) times a panel (place, channel, NR).
    void multiply(const block& at, const Tile* inputs, const Tile* panel, Tile* products) const noexcept {
        const index_t tiles = at.across * at.down, width = tiles_.full.columns;
        const auto& strip = tiles_.strips[0];
        for (index_t place = 0; place < filters_.places(); ++place) {
            for (index_t first = 0; first < channels_; first += block_depth<X>) {
                for (index_t i = 0, rows = 0; i < tiles; i += rows) {
                    rows = panel_height(tiles - i, tiles_.full.rows);
                    gemm_tile_arguments<Tile> t{};
                    t.k = (std::min)(block_depth<X>, channels_ - first);
                    t.a = inputs + (place * tiles + i) * pitch_ + first;
                    t.a_row = pitch_;
                    t.b = panel + (place * channels_ + first) * width;
                    t.b_step = width;
                    t.last = strip.last;
                    t.c = products + (place * tiles + i) * width;
                    t.c_row = width;
                    t.accumulate = first > 0;
                    strip.run(rows, t);
                }
            }
        }
    }

    void transform_outputs(const block& at, index_t panel, const Tile* products, Tile* halves, Tile* sums) const {
        const index_t m = f_.outputs, n = f_.inputs, tiles = at.across * at.down, width = tiles_.full.columns;
        const index_t plane = n * tiles * width;  // of one row of places
        combine(products, plane, f_.output, halves, plane, m, plane);
        const index_t channels = (std::min)(width, p_.outputs() - panel * width);
        const index_t pixels = (std::min)(at.across * m, g_.output[2] - at.w);
        for (index_t row = 0; row < at.down; ++row) {
            for (index_t i = 0; i < m && at.h + row * m + i < g_.output[1]; ++i) {
                for (index_t tile = 0; tile < at.across; ++tile)
                    combine(halves + i * plane + (row * at.across + tile) * width, tiles * width, f_.output, sums + tile * m * width, width,
                            m, width);
                target_.finish(target_.context, sums, width, {at.n, 0, at.h + row * m + i, at.w, pixels, panel * width, channels});
            }
        }
    }

    const cpu& where_;
    int isa_;
    int workers_;
    conv_problem<X, W> p_;
    const window_geometry<3>& g_;
    conv_target<Sum> target_;
    filter_winograd<W> filters_;
    const winograd_matrices<Tile>& f_;
    const tile_set<Tile>& tiles_;
    index_t channels_, pitch_;
    index_t across_, down_;  // tiles of a block
    index_t column_blocks_, row_blocks_, line_;
    index_t lines_at_, mixed_at_, inputs_at_, products_at_, halves_at_, sums_at_, w_bytes_;
    index_t worker_bytes_ = 0;
};
TENFOLD_END
