// SPDX-License-Identifier: Apache-2.0
// conv_transpose on the CPU: one convolution of stride 1 per residue of the output's position modulo stride. [floor 4]
//
// Output i meets input o with tap t where i + begin = o stride + t dilation. Outputs of one residue of i modulo stride (a phase)
// meet every (stride / gcd(stride, dilation))-th tap, and their inputs move on by one with them: a plain convolution whose taps
// run backwards, on the kernels of conv, which stores its outputs `stride` apart. No zeros are inserted.
//
// Taps of one phase, stride 2 and window 3, of one axis:  even i: taps 2, 0      odd i: tap 1
#pragma once

#include <tenfold/kernel/cpu/conv.hpp>
#include <tenfold/kernel/reference/conv_transpose.hpp>  // depth 0: nothing to multiply

#include <numeric>  // gcd

TENFOLD_BEGIN
/// Windows over mostly padding, whose lines would be long and full of zeros.
template <std::size_t Spatial>
TENFOLD_INLINE bool far_apart(const window_geometry<Spatial>& g) noexcept {
    constexpr index_t most = index_t{1} << 30;
    for (std::size_t i = 0; i < Spatial; ++i) {
        if (g.begin[i] > most || g.end[i] > most || g.stride[i] > most || g.dilation[i] > most) return true;
    }
    return false;
}

/// One axis of one phase.
struct phase_axis {
    index_t outputs;      // first output, first + stride, ...
    index_t taps;         // 0: no tap reaches these outputs
    index_t tap, step;    // last tap, and taps from one to the one before
    index_t first_input, inputs;
    index_t begin, dilation;  // of the plain convolution
};
template <std::size_t Spatial>
TENFOLD_INLINE phase_axis phase_of(const window_geometry<Spatial>& g, std::size_t axis, index_t first) noexcept {
    const index_t stride = g.stride[axis];
    const index_t dilation = g.dilation[axis];
    const index_t common = std::gcd(stride, dilation);
    const index_t position = first + g.begin[axis];
    phase_axis p{ceil_divide(g.input[axis] - first, stride), 0, 0, stride / common, 0, 0, 0, dilation / common};
    const index_t candidates = (std::min)(g.window[axis], p.step);
    index_t tap = 0;
    while (tap < candidates && (position - tap * dilation) % stride != 0) ++tap;
    if (tap == candidates) return p;
    const index_t taps = ceil_divide(g.window[axis] - tap, p.step);
    const index_t begin = (taps - 1) * p.dilation - (position - tap * dilation) / stride;
    p.first_input = begin < 0 ? -begin : 0;
    p.begin = begin < 0 ? 0 : begin;
    p.inputs = g.output[axis] - p.first_input;
    if (p.inputs <= 0) return p;  // all outputs lie behind the last input
    p.taps = taps;
    p.tap = tap + (taps - 1) * p.step;
    return p;
}

template <layout Order, class X, class W, class Y, std::size_t Rank, class Epilogue>
class conv_transpose_driver {
public:
    template <class Space>
    conv_transpose_driver(const cpu& where, int isa, const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) noexcept
        : where_(where),
          g_(on_three_axes(a.windows)),
          x_(in_channel_order(a.x, Order)),
          w_(in_channel_order(a.w, Order)),
          store_{in_channel_order(a.y, Order), &a.epilogue, isa},
          groups_(a.options.groups),
          in_per_group_(a.in_per_group()) {}

    [[nodiscard]] status run(const char* op) {
        index_t bytes = zeros_bytes();
        for_each_phase([&](const auto& phase) {
            if (phase.reached()) with_driver(phase, [&](const auto& driver) { bytes = (std::max)(bytes, driver.scratch_bytes()); });
        });
        const scratch_buffer scratch(bytes);
        if (!scratch) return scratch_failure(op, bytes);
        for_each_phase([&](const auto& phase) {
            if (phase.reached()) {
                with_driver(phase, [&](const auto& driver) { driver.run(scratch.template at<unsigned char>(0)); });
            } else {
                finish_zeros(phase, scratch.template at<Sum>(0));
            }
        });
        return {};
    }

private:
    using Sum = block_sum_type<X>;
    using x_view = spatial_view<const X>;
    using w_view = spatial_view<const W>;

    struct phase_position {
        index_array<3> first;
        phase_axis axes[3];
        [[nodiscard]] bool reached() const noexcept { return axes[0].taps > 0 && axes[1].taps > 0 && axes[2].taps > 0; }
    };

    template <class Use>
    void for_each_phase(const Use& use) {
        index_array<3> phases{};
        for (std::size_t i = 0; i < 3; ++i) phases[i] = (std::min)(g_.stride[i], g_.input[i]);
        for_each_index(phases, [&](const index_array<3>& first) {
            store_.first = first;
            store_.step = g_.stride;
            use(phase_position{first, {phase_of(g_, 0, first[0]), phase_of(g_, 1, first[1]), phase_of(g_, 2, first[2])}});
        });
    }

    template <class Use>
    void with_driver(const phase_position& phase, const Use& use) {
        conv_problem<X, W> p{{w_, groups_, in_per_group_ * w_.stride[w_view::n]}, x_, {}, nullptr};
        p.w.extent[w_view::n] = w_.extent[w_view::c] * groups_;
        p.w.extent[w_view::c] = in_per_group_;
        std::swap(p.w.stride[w_view::n], p.w.stride[w_view::c]);
        for (std::size_t i = 0; i < 3; ++i) {
            const phase_axis& axis = phase.axes[i];
            p.x.data += axis.first_input * x_.stride[2 + i];
            p.x.extent[2 + i] = p.windows.input[i] = axis.inputs;
            p.w.data += axis.tap * w_.stride[2 + i];
            p.w.extent[2 + i] = p.windows.window[i] = axis.taps;
            p.w.stride[2 + i] = axis.taps == 1 ? 0 : -axis.step * w_.stride[2 + i];
            p.windows.dilation[i] = axis.dilation;
            p.windows.begin[i] = axis.begin;
            p.windows.output[i] = axis.outputs;
        }
        const int workers = workers_for(where_, p.multiply_adds(), multiply_adds_per_worker);
        with_conv_driver(where_, store_.isa, workers, p, conv_target_of<Order, Sum, accumulator_t<X>, Rank>(store_), use);
    }

    [[nodiscard]] index_t zeros_bytes() const noexcept { return w_.extent[w_view::c] * groups_ * static_cast<index_t>(sizeof(Sum)); }
    /// Outputs that no tap reaches.
    void finish_zeros(const phase_position& phase, Sum* zeros) const {
        const index_t channels = w_.extent[w_view::c] * groups_;
        std::fill(zeros, zeros + channels, Sum{0});
        const index_t columns = phase.axes[2].outputs;
        const fp_environment ieee;
        for_each_index(index_array<3>{x_.extent[x_view::n], phase.axes[0].outputs, phase.axes[1].outputs}, [&](const index_array<3>& at) {
            store_run<Order, Sum, accumulator_t<X>, Y, Rank, Epilogue>(&store_, zeros, 0, {at[0], at[1], at[2], 0, columns, 0, channels});
        });
    }

    const cpu& where_;
    window_geometry<3> g_;
    x_view x_;
    w_view w_;
    conv_store<Y, Epilogue> store_;
    index_t groups_, in_per_group_;
};

/// For every op that is a transposed convolution; `op` is for messages.
template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
status run_conv_transpose(const char* op, const cpu& where, const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
    int isa = 0;
    if (status s = choose_isa(op, where, isa); !s.ok()) return s;
    if (a.y.empty()) return {};
    if (status s = a.x.empty() ? status{} : check_weight_count<W>(op, a.w.extents()); !s.ok()) return s;
    if (a.x.empty() || far_apart(a.windows)) {
        const fp_environment ieee;
        reference_conv_transpose(a);
        return {};
    }
    if (a.options.layout == layout::nchw) return conv_transpose_driver<layout::nchw, X, W, Y, Rank, Epilogue>(where, isa, a).run(op);
    return conv_transpose_driver<layout::nhwc, X, W, Y, Rank, Epilogue>(where, isa, a).run(op);
}

template <>
struct kernel<conv_transpose_op, cpu> {
    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    static status run(const cpu& where, const conv_transpose_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
        return run_conv_transpose(conv_transpose_op::name, where, a);
    }
};
TENFOLD_END
