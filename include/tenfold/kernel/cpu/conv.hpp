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
};

template <layout Order, class Sum, class Accumulator, class Y, std::size_t Rank, class Epilogue>
void store_run(const void* context, const Sum* sums, index_t pitch, const output_run& run) {
    using view = spatial_view<Y>;
    const auto& store = *static_cast<const conv_store<Y, Epilogue>*>(context);
    const index_array<5>& step = store.y.stride;
    Y* const image_row = store.y.data + run.n * step[view::n] + run.d * step[view::d] + run.h * step[view::h];
    if constexpr (std::is_same_v<Epilogue, identity> && std::is_same_v<Y, Accumulator>) {
        Y* const y = image_row + run.w * step[view::w] + run.channel * step[view::c];
        const auto* const values = reinterpret_cast<const Y*>(sums);  // the same type, or unsigned modulo 2^32
        if (step[view::c] == 1 || store.y.extent[view::c] == 1)
            return pack(store.isa,
                        pack_arguments<Y, Y>{values, pitch, 1, run.pixels, run.channels, y, step[view::w], run.pixels, run.channels});
        if (step[view::w] == 1 || store.y.extent[view::w] == 1)
            return pack(store.isa,
                        pack_arguments<Y, Y>{values, 1, pitch, run.channels, run.pixels, y, step[view::c], run.channels, run.pixels});
    }
    constexpr std::size_t row_axis = Order == layout::nchw ? Rank - 1 : Rank - 2;
    constexpr std::size_t column_axis = Order == layout::nchw ? 1 : Rank - 1;
    finish_context<Y, Rank, Epilogue> finish{image_row, row_axis,       column_axis, step[view::w], step[view::c], 1,
                                             0,         store.epilogue, {},          store.isa};
    finish.index[0] = run.n;
    if constexpr (Rank >= 4) finish.index[row_axis - 1] = run.h;
    if constexpr (Rank >= 5) finish.index[row_axis - 2] = run.d;
    finish_block<Sum, Accumulator, Y, Rank, Epilogue>(&finish, sums, pitch, run.w, run.channel, run.pixels, run.channels);
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
    /// Windows over mostly padding, whose lines would be long and full of zeros.
    template <std::size_t Spatial>
    static bool far_apart(const window_geometry<Spatial>& g) noexcept {
        for (std::size_t i = 0; i < Spatial; ++i) {
            if (g.begin[i] > most_padding || g.end[i] > most_padding || g.stride[i] > most_padding || g.dilation[i] > most_padding)
                return true;
        }
        return false;
    }
    static constexpr index_t most_padding = index_t{1} << 30;

    template <layout Order, class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    static status run_as(const cpu& where, int isa, const conv_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
        using Sum = block_sum_type<X>;
        const conv_problem<X, W> problem{in_channel_order(a.x, Order), in_channel_order(a.w, Order), on_three_axes(a.windows),
                                         a.options.groups};
        const conv_store<Y, Epilogue> store{in_channel_order(a.y, Order), &a.epilogue, isa};
        conv_target<Sum> target{&store_run<Order, Sum, accumulator_t<X>, Y, Rank, Epilogue>, &store, {}};
        if constexpr (std::is_same_v<Epilogue, identity> && std::is_same_v<Y, accumulator_t<X>>) {
            if (store.y.stride[spatial_view<Y>::c] == 1)
                target.in_place = {reinterpret_cast<Sum*>(store.y.data), store.y.extent, store.y.stride};
        }
        const int workers = workers_for(where, problem.multiply_adds(), multiply_adds_per_worker);
        if (has_small_groups(problem)) return run_driver<depthwise_conv<X, W>>(where, isa, workers, problem, target);
        return run_driver<direct_conv<X, W>>(where, isa, workers, problem, target);
    }

    /// Groups so small that a tile of direct_conv, which is of one group, would be mostly empty. Integer sums of all products
    /// must be exact in one tile.
    template <class X, class W>
    static bool has_small_groups(const conv_problem<X, W>& p) noexcept {
        constexpr index_t few = 8;
        return p.groups > 1 && p.in_per_group() <= few && p.out_per_group() < few &&
               (is_floating_v<X> || p.taps() * p.in_per_group() <= block_depth<X>);
    }

    template <class Driver, class Problem, class Target>
    static status run_driver(const cpu& where, int isa, int workers, const Problem& problem, const Target& target) {
        const Driver driver(where, isa, workers, problem, target);
        const scratch_buffer scratch(driver.scratch_bytes());
        if (!scratch) return scratch_failure(conv_op::name, driver.scratch_bytes());
        driver.run(scratch.template at<unsigned char>(0));
        return {};
    }
};
TENFOLD_END
