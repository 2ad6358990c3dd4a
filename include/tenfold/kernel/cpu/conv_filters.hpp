// SPDX-License-Identifier: Apache-2.0
// The weights of convolution as its kernels read them: panels for direct_conv, lanes for depthwise_conv.    [floor 4]
//
//   panels: [group][panel][channel block][kd][kh][kw][channel][NR outputs]; the last panel of a group is as narrow as a tile for it
//   lanes:  [kd][kh][kw][channel of a group][output, of all groups, padded to a vector]
//
// Both are functions of the weights and the instruction set alone: what was packed once serves images of any extents.
#pragma once

#include <tenfold/kernel/cpu/gemm.hpp>     // pack, tiles; blocking
#include <tenfold/kernel/cpu/scratch.hpp>  // scratch_failure
#include <tenfold/op/spatial.hpp>

#include <algorithm>
#include <limits>

TENFOLD_BEGIN
template <class W>
struct conv_filters {
    spatial_view<const W> w;
    index_t groups;
    index_t w_group;  // elements between the weights of neighbouring groups

    [[nodiscard]] index_t outputs() const noexcept { return w.extent[spatial_view<const W>::n]; }
    [[nodiscard]] index_t in_per_group() const noexcept { return w.extent[spatial_view<const W>::c]; }
    [[nodiscard]] index_t out_per_group() const noexcept { return outputs() / groups; }
    [[nodiscard]] index_t window(std::size_t axis) const noexcept { return w.extent[2 + axis]; }
    [[nodiscard]] index_t taps() const noexcept { return window(0) * window(1) * window(2); }
    [[nodiscard]] const W* tap(index_t kd, index_t kh, index_t kw) const noexcept {
        using view = spatial_view<const W>;
        return w.data + kd * w.stride[view::d] + kh * w.stride[view::h] + kw * w.stride[view::w];
    }
};

/// Groups so small that a tile of direct_conv, which is of one group, would be mostly empty. Integer sums of all products must be exact
/// in one tile.
template <class W>
TENFOLD_INLINE bool has_small_groups(const conv_filters<W>& f) noexcept {
    constexpr index_t few = 8;
    return f.groups > 1 && f.in_per_group() <= few && f.out_per_group() < few &&
           (is_floating_v<W> || f.taps() * f.in_per_group() <= block_depth<W>);
}

/// Weights repeated by stride 0 can be more than any memory holds once they are packed. A driver or a format is built for weights that
/// passed this alone: none of its products of taps, channels and outputs then overflows.
template <class W, std::size_t Rank>
status check_weight_count(const char* op, const index_array<Rank>& extents) noexcept {
    constexpr index_t most = index_t{1} << 44;
    index_t count = 1;
    for (const index_t extent : extents) count = saturated_multiply(count, std::max<index_t>(extent, 1));
    if (count > most) [[unlikely]]
        return scratch_failure(op, saturated_multiply(count, static_cast<index_t>(sizeof(W))));
    return {};
}

/// a b c elements of Tile in bytes, at most what an allocation surely refuses.
inline constexpr index_t most_scratch_bytes = (std::numeric_limits<index_t>::max)() / 4;
template <class Tile>
TENFOLD_INLINE index_t packed_bytes(index_t a, index_t b, index_t c) noexcept {
    return (std::min)(most_scratch_bytes,
                      saturated_multiply(saturated_multiply(a, b), saturated_multiply(c, static_cast<index_t>(sizeof(Tile)))));
}
/// Scratch of a driver: packed weights, then that of each worker.
TENFOLD_INLINE index_t driver_bytes(index_t weights, int workers, index_t worker_bytes) noexcept {
    return weights + (std::min)(most_scratch_bytes, saturated_multiply(workers, worker_bytes));
}

/// The packed weights of a call: those that came with it, or else packed now, at the start of the scratch.
template <class Filters>
const typename Filters::Tile* given_or_packed(const cpu& where, int workers, const Filters& filters, const void* given,
                                              unsigned char* scratch) {
    using Tile = typename Filters::Tile;
    if (given != nullptr) return static_cast<const Tile*>(given);
    filters.pack_into(where, workers, reinterpret_cast<Tile*>(scratch));
    return reinterpret_cast<const Tile*>(scratch);
}

/// Panels of the tile's width, of the outputs of one group; channels in blocks whose weights stay in the nearest caches.
template <class W>
class filter_panels {
public:
    using Tile = tile_type<W>;
    static constexpr const char* kernel_name = "direct";

    filter_panels(int isa, const conv_filters<W>& filters) noexcept
        : isa_(isa), tiles_(tiles_of<Tile>(isa)), columns_(tiles_.full.columns), f_(filters) {
        const index_t c = f_.in_per_group();
        const index_t limit = std::clamp<index_t>(panel_budget / (f_.taps() * columns_ * tile_bytes), 16, block_depth<W>);
        channels_ = c <= limit ? c : round_up(ceil_divide(c, ceil_divide(c, limit)), 8);
        panels_ = ceil_divide(f_.out_per_group(), columns_);
    }

    [[nodiscard]] index_t columns() const noexcept { return columns_; }  // of a panel
    [[nodiscard]] index_t panels() const noexcept { return panels_; }  // of a group
    [[nodiscard]] index_t outputs_at(index_t panel) const noexcept { return (std::min)(columns_, f_.out_per_group() - panel * columns_); }
    [[nodiscard]] const tile_strip<Tile>& strip_at(index_t panel) const noexcept { return tiles_.for_columns(outputs_at(panel)); }
    [[nodiscard]] index_t channels() const noexcept { return channels_; }  // of a block, but for the last
    [[nodiscard]] index_t channel_blocks() const noexcept { return ceil_divide(f_.in_per_group(), channels_); }
    [[nodiscard]] index_t channels_at(index_t block) const noexcept { return (std::min)(channels_, f_.in_per_group() - block * channels_); }
    [[nodiscard]] index_t panel_elements() const noexcept { return f_.taps() * f_.in_per_group() * columns_; }
    [[nodiscard]] index_t bytes() const noexcept {
        return packed_bytes<Tile>(f_.groups * panels_, f_.taps() * f_.in_per_group(), columns_);
    }

    void pack_into(const cpu& where, int workers, Tile* packed) const {
        parallel_for_items(where, workers, f_.groups * panels_, [&](int, index_t item) { pack_panel(packed, item); });
    }

private:
    static constexpr index_t tile_bytes = static_cast<index_t>(sizeof(Tile));
    static constexpr index_t panel_budget = 384 * 1024;  // of weights of a channel block: they are read again for each tile of pixels

    /// Columns beyond the group's outputs are zero.
    void pack_panel(Tile* packed, index_t item) const {
        using view = spatial_view<const W>;
        const auto& step = f_.w.stride;
        const index_t panel = item % panels_;
        const index_t first_out = item / panels_ * f_.w_group + panel * columns_ * step[view::n];
        const index_t outputs = outputs_at(panel);
        const index_t width = strip_at(panel).columns;
        Tile* target = packed + item * panel_elements();
        for (index_t block = 0; block < channel_blocks(); ++block) {
            const index_t channels = channels_at(block);
            const index_t first = first_out + block * channels_ * step[view::c];
            if (taps_are_neighbours()) {  // read along memory: taps of one channel become lines of their panels
                for (index_t c = 0; c < channels; ++c) {
                    pack(isa_, pack_arguments<W, Tile>{f_.w.data + first + c * step[view::c], 1, step[view::n], f_.taps(), outputs,
                                                       target + c * width, channels * width, f_.taps(), width});
                }
                target += f_.taps() * channels * width;
                continue;
            }
            for (index_t kd = 0; kd < f_.window(0); ++kd) {
                for (index_t kh = 0; kh < f_.window(1); ++kh) {
                    for (index_t kw = 0; kw < f_.window(2); ++kw) {
                        pack(isa_, pack_arguments<W, Tile>{f_.tap(kd, kh, kw) + first, step[view::c], step[view::n], channels, outputs,
                                                           target, width, channels, width});
                        target += channels * width;
                    }
                }
            }
        }
    }
    /// Weights as (out, channel, kd, kh, kw) without gaps between taps, and not so between channels.
    [[nodiscard]] bool taps_are_neighbours() const noexcept {
        using view = spatial_view<const W>;
        const auto& step = f_.w.stride;
        const index_t row = f_.window(2);
        return step[view::w] == 1 && (f_.window(1) == 1 || step[view::h] == row) &&
               (f_.window(0) == 1 || step[view::d] == f_.window(1) * row) && step[view::c] != 1;
    }

    int isa_;
    const tile_set<Tile>& tiles_;
    index_t columns_;
    conv_filters<W> f_;
    index_t channels_, panels_;
};

struct vector_bytes_of {
    template <class Isa>
    static constexpr int of() noexcept {
        return Isa::bytes;
    }
};

/// Lanes are outputs, whatever group they are in.
template <class W>
class filter_lanes {
public:
    using Tile = tile_type<W>;
    static constexpr const char* kernel_name = "lanes";

    filter_lanes(int isa, const conv_filters<W>& filters) noexcept
        : isa_(isa),
          lanes_(isa_constant<vector_bytes_of>(isa) / static_cast<index_t>(sizeof(Tile))),
          pitch_(round_up(filters.outputs(), lanes_)),
          f_(filters) {}

    [[nodiscard]] index_t columns() const noexcept { return lanes_; }  // of a vector
    [[nodiscard]] index_t channels() const noexcept { return f_.in_per_group(); }
    [[nodiscard]] index_t pitch() const noexcept { return pitch_; }  // outputs, padded
    [[nodiscard]] index_t bytes() const noexcept { return packed_bytes<Tile>(f_.taps(), f_.in_per_group(), pitch_); }

    void pack_into(const cpu&, int, Tile* packed) const noexcept {
        using view = spatial_view<const W>;
        const auto& w = f_.w;
        const index_t spread = f_.out_per_group();
        const index_t step = spread == 1 ? f_.w_group : w.stride[view::n];
        const bool even = f_.w_group == spread * step;  // outputs are equally far apart, across groups too
        const index_t line = even ? f_.outputs() : spread;
        const fp_environment ieee;  // weights are widened here, by the caller
        for (index_t kd = 0; kd < f_.window(0); ++kd) {
            for (index_t kh = 0; kh < f_.window(1); ++kh) {
                for (index_t kw = 0; kw < f_.window(2); ++kw) {
                    for (index_t c = 0; c < f_.in_per_group(); ++c, packed += pitch_) {
                        const W* const tap = f_.tap(kd, kh, kw) + c * w.stride[view::c];
                        for (index_t group = 0; group * line < f_.outputs(); ++group) {
                            const index_t first = group * line;
                            const index_t padded = first + line < f_.outputs() ? line : pitch_ - first;
                            pack(isa_,
                                 pack_arguments<W, Tile>{tap + group * f_.w_group, 0, step, 1, line, packed + first, pitch_, 1, padded});
                        }
                    }
                }
            }
        }
    }

private:
    int isa_;
    index_t lanes_, pitch_;
    conv_filters<W> f_;
};
TENFOLD_END
