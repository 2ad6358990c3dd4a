// SPDX-License-Identifier: Apache-2.0
// conv on the CPU: which kernel a convolution runs on, and how its sums are stored.                         [floor 4]
#pragma once

#include <tenfold/kernel/cpu/depthwise_conv.hpp>
#include <tenfold/kernel/cpu/direct_conv.hpp>
#include <tenfold/kernel/cpu/finish.hpp>
#include <tenfold/kernel/reference/conv.hpp>  // depth 0: nothing to multiply
#include <tenfold/op/conv.hpp>

TENFOLD_BEGIN
/// How finished sums become elements of y.
template <class Y, class Epilogue>
struct conv_store {
    spatial_view<Y> y;
    const Epilogue* epilogue;
    int isa;
    index_array<3> first{};               // position (d, h, w) in y of the kernel's output (0, 0, 0)
    index_array<3> step = filled<3>(1);  // positions between its neighbours
};

template <layout Order, class Sum, class Accumulator, class Y, std::size_t Rank, class Epilogue>
void store_run(const void* context, const Sum* sums, index_t pitch, const output_run& run) {
    using view = spatial_view<Y>;
    const auto& store = *static_cast<const conv_store<Y, Epilogue>*>(context);
    const index_array<5>& step = store.y.stride;
    const index_t d = store.first[0] + run.d * store.step[0];
    const index_t h = store.first[1] + run.h * store.step[1];
    const index_t w = store.first[2] + run.w * store.step[2];
    Y* const image_row = store.y.data + run.n * step[view::n] + d * step[view::d] + h * step[view::h];
    if constexpr (std::is_same_v<Epilogue, identity> && std::is_same_v<Y, Accumulator>) {
        Y* const y = image_row + w * step[view::w] + run.channel * step[view::c];
        const index_t pixel = step[view::w] * store.step[2];
        const auto* const values = reinterpret_cast<const Y*>(sums);  // the same type, or unsigned modulo 2^32
        if (step[view::c] == 1 || store.y.extent[view::c] == 1)
            return pack(store.isa, pack_arguments<Y, Y>{values, pitch, 1, run.pixels, run.channels, y, pixel, run.pixels, run.channels});
        if (pixel == 1 || store.y.extent[view::w] == 1)
            return pack(store.isa,
                        pack_arguments<Y, Y>{values, 1, pitch, run.channels, run.pixels, y, step[view::c], run.channels, run.pixels});
    }
    constexpr std::size_t row_axis = Order == layout::nchw ? Rank - 1 : Rank - 2;
    constexpr std::size_t column_axis = Order == layout::nchw ? 1 : Rank - 1;
    finish_context<Y, Rank, Epilogue> finish{image_row, row_axis,       column_axis, step[view::w], step[view::c], 1,
                                             0,         store.epilogue, {},          store.isa};
    finish.index[0] = run.n;
    if constexpr (Rank >= 4) finish.index[row_axis - 1] = h;
    if constexpr (Rank >= 5) finish.index[row_axis - 2] = d;
    const index_t together = store.step[2] == 1 ? run.pixels : 1;  // an epilogue sees positions in y, which are then not neighbours
    for (index_t pixel = 0; pixel < run.pixels; pixel += together)
        finish_block<Sum, Accumulator, Y, Rank, Epilogue>(&finish, sums + pixel * pitch, pitch, w + pixel * store.step[2], run.channel,
                                                          together, run.channels);
}

/// Windows over mostly padding, whose lines would be long and full of zeros.
template <std::size_t Spatial>
TENFOLD_INLINE bool far_apart(const window_geometry<Spatial>& g) noexcept {
    constexpr index_t most = index_t{1} << 30;
    for (std::size_t i = 0; i < Spatial; ++i) {
        if (g.begin[i] > most || g.end[i] > most || g.stride[i] > most || g.dilation[i] > most) return true;
    }
    return false;
}

/// Groups so small that a tile of direct_conv, which is of one group, would be mostly empty. Integer sums of all products
/// must be exact in one tile.
template <class X, class W>
TENFOLD_INLINE bool has_small_groups(const conv_problem<X, W>& p) noexcept {
    constexpr index_t few = 8;
    return p.groups > 1 && p.in_per_group() <= few && p.out_per_group() < few &&
           (is_floating_v<X> || p.taps() * p.in_per_group() <= block_depth<X>);
}

/// use(driver), with the driver that computes the problem.
template <class X, class W, class Use>
auto with_conv_driver(const cpu& where, int isa, int workers, const conv_problem<X, W>& problem,
                      const conv_target<block_sum_type<X>>& target, const Use& use) {
    if (has_small_groups(problem)) return use(depthwise_conv<X, W>(where, isa, workers, problem, target));
    return use(direct_conv<X, W>(where, isa, workers, problem, target));
}

/// Where sums of `Accumulator` go: to `store`, and where that only stores them, in place.
template <layout Order, class Sum, class Accumulator, std::size_t Rank, class Y, class Epilogue>
conv_target<Sum> conv_target_of(const conv_store<Y, Epilogue>& store) noexcept {
    conv_target<Sum> target{&store_run<Order, Sum, Accumulator, Y, Rank, Epilogue>, &store, {}};
    if constexpr (std::is_same_v<Epilogue, identity> && std::is_same_v<Y, Accumulator>) {
        const spatial_view<Y>& y = store.y;
        if (y.stride[spatial_view<Y>::c] == 1) {
            target.in_place = {reinterpret_cast<Sum*>(y.data), y.extent, y.stride};
            for (std::size_t i = 0; i < 3; ++i) {
                target.in_place.data += store.first[i] * y.stride[2 + i];
                target.in_place.stride[2 + i] *= store.step[i];
            }
        }
    }
    return target;
}

template <>
struct kernel<conv_op, cpu> {
    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    static status run(const cpu& where, const conv_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
        int isa = 0;
        if (status s = choose_isa(conv_op::name, where, isa); !s.ok()) return s;
        if (a.y.empty()) return {};
        if (a.x.empty() || far_apart(a.windows)) {
            const fp_environment ieee;
            return kernel<conv_op, reference>::run(reference{}, a);
        }
        return a.options.layout == layout::nchw ? run_as<layout::nchw>(where, isa, a) : run_as<layout::nhwc>(where, isa, a);
    }

private:
    template <layout Order, class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    static status run_as(const cpu& where, int isa, const conv_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
        const spatial_view<const W> w = in_channel_order(a.w, Order);
        const conv_problem<X, W> problem{in_channel_order(a.x, Order), w, on_three_axes(a.windows), a.options.groups,
                                         a.out_per_group() * w.stride[spatial_view<const W>::n]};
        const conv_store<Y, Epilogue> store{in_channel_order(a.y, Order), &a.epilogue, isa};
        const int workers = workers_for(where, problem.multiply_adds(), multiply_adds_per_worker);
        return with_conv_driver(where, isa, workers, problem, conv_target_of<Order, block_sum_type<X>, accumulator_t<X>, Rank>(store),
                                [](const auto& driver) -> status {
                                    const scratch_buffer scratch(driver.scratch_bytes());
                                    if (!scratch) return scratch_failure(conv_op::name, driver.scratch_bytes());
                                    driver.run(scratch.template at<unsigned char>(0));
                                    return {};
                                });
    }
};
TENFOLD_END
