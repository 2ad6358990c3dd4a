// SPDX-License-Identifier: Apache-2.0
// conv on the CPU: which kernel a convolution runs on, and how its sums are stored.                         [floor 4]
#pragma once

#include <tenfold/exec/explain.hpp>
#include <tenfold/kernel/cpu/depthwise_conv.hpp>
#include <tenfold/kernel/cpu/direct_conv.hpp>
#include <tenfold/kernel/cpu/finish.hpp>
#include <tenfold/kernel/cpu/winograd_conv.hpp>
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
    constexpr std::size_t pixel_axis = Order == layout::nchw ? Rank - 1 : Rank - 2;
    constexpr std::size_t channel_axis = Order == layout::nchw ? 1 : Rank - 1;
    finish_context<Y, Rank, Epilogue> finish{image_row, pixel_axis,     channel_axis, step[view::w], step[view::c], 1,
                                             0,         store.epilogue, {},           store.isa};
    finish.index[0] = run.n;
    if constexpr (Rank >= 4) finish.index[pixel_axis - 1] = h;
    if constexpr (Rank >= 5) finish.index[pixel_axis - 2] = d;
    constexpr auto& finish_as = finish_block<Sum, Accumulator, Y, Rank, Epilogue>;
    constexpr index_t least = 16, most = sizeof(Sum) > 4 ? 16 : 32;  // 2 or 4 KiB of stack
    if (step[view::w] == 1 && store.step[2] == 1 && step[view::c] != 1 &&
        run.pixels >= least) {  // strips of pixels, not of channels far apart
        Sum block[std::size_t{most} * std::size_t{most}];  // (channels, pixels)
        std::swap(finish.row_axis, finish.column_axis);
        std::swap(finish.row, finish.column);
        for (index_t first = 0; first < run.channels; first += most) {
            const index_t channels = (std::min)(most, run.channels - first);
            for (index_t pixel = 0; pixel < run.pixels; pixel += most) {
                const index_t pixels = (std::min)(most, run.pixels - pixel);
                pack(store.isa,
                     pack_arguments<Sum, Sum>{sums + pixel * pitch + first, 1, pitch, channels, pixels, block, most, channels, pixels});
                finish_as(&finish, block, most, run.channel + first, w + pixel, channels, pixels);
            }
        }
        return;
    }
    const index_t together = store.step[2] == 1 ? run.pixels : 1;  // an epilogue sees positions in y, which are then not neighbours
    for (index_t pixel = 0; pixel < run.pixels; pixel += together)
        finish_as(&finish, sums + pixel * pitch, pitch, w + pixel * store.step[2], run.channel, together, run.channels);
}

/// use(driver), with the driver that computes the problem.
template <class X, class W, class Use>
auto with_conv_driver(const cpu& where, int isa, int workers, const conv_problem<X, W>& problem,
                      const conv_target<block_sum_type<X>>& target, const Use& use) {
    if (has_small_groups(problem)) {
        depthwise_conv<X, W> driver(where, isa, workers, problem, target);
        return use(driver);
    }
    direct_conv<X, W> driver(where, isa, workers, problem, target);
    return use(driver);
}

/// Where sums of `Accumulator` go: to `store`. Where the output can hold sums, they may wait in it for the epilogue; without one they
/// are the outputs.
template <layout Order, class Sum, class Accumulator, std::size_t Rank, class Y, class Epilogue>
conv_target<Sum> conv_target_of(const conv_store<Y, Epilogue>& store) noexcept {
    conv_target<Sum> target{&store_run<Order, Sum, Accumulator, Y, Rank, Epilogue>, &store, {}, std::is_same_v<Epilogue, identity>};
    if constexpr (std::is_same_v<Y, Accumulator> && (std::is_same_v<Epilogue, identity> || never_reads_output<Epilogue>)) {
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

/// How a conv runs, decided before anything is written: the same for every call of one problem.
struct conv_plan {
    int isa = 0;
    bool multiplies = false;  // otherwise there is nothing to do, or no product to sum
    int workers = 1;
    index_t workspace_bytes = 0;
};

template <>
struct kernel<conv_op, cpu> {
    using plan_type = conv_plan;

    template <class Arguments>
    static status run(const cpu& where, const Arguments& a) {
        conv_plan plan;
        if (status s = decide(where, a, plan); !s.ok()) return s;
        if (!plan.multiplies) return run_without_products(a);
        return with_driver(where, a, plan, [](auto& driver) -> status {
            const scratch_buffer scratch(driver.scratch_bytes());
            if (!scratch && driver.scratch_bytes() != 0) return scratch_failure(conv_op::name, driver.scratch_bytes());
            driver.run(scratch.template at<unsigned char>(0));
            return {};
        });
    }

    /// Everything that is decided before the first write. run() with this plan then allocates nothing.
    template <class Arguments>
    static status plan(const cpu& where, const Arguments& a, conv_plan& plan) {
        if (status s = decide(where, a, plan); !s.ok() || !plan.multiplies) return s;
        return with_driver(where, a, plan, [&](auto& driver) -> status {
            plan.workspace_bytes = driver.scratch_bytes();
            return {};
        });
    }
    /// `workspace`: plan.workspace_bytes, 64-byte aligned.
    template <class Arguments>
    static status run(const cpu& where, const Arguments& a, const conv_plan& plan, unsigned char* workspace) {
        if (!plan.multiplies) return run_without_products(a);
        return with_driver(where, a, plan, [&](auto& driver) -> status {
            if (forked_child()) driver.run_serially();  // planned before the fork: the threads it counted on are not here
            driver.run(workspace);
            return {};
        });
    }
    template <class Arguments>
    static void explain(const cpu& where, const Arguments& a, const conv_plan& plan, explanation& e) noexcept {
        e.isa = isa_names(isa_list{})[static_cast<std::size_t>(plan.isa)];
        e.threads = plan.workers;
        e.kernel = "none";
        if (forked_child()) e.note = "serial: this process is a forked child";
        if (plan.multiplies) {
            (void)with_driver(where, a, plan, [&](auto& driver) -> status {
                driver.explain(e);
                return {};
            });
        } else {
            e.note = "there is no product to sum";
        }
    }

    /// The weights as the drivers see them.
    template <class W, std::size_t Rank, class Space>
    static conv_filters<W> filters_of(const tensor_view<const W, Rank, Space>& w, layout order, index_t groups) noexcept {
        const spatial_view<const W> wide = in_channel_order(w, order);
        return {wide, groups, w.extent(0) / groups * wide.stride[spatial_view<const W>::n]};
    }

private:
    template <class Arguments>
    static status decide(const cpu& where, const Arguments& a, conv_plan& plan) {
        if (status s = choose_isa(conv_op::name, where, plan.isa); !s.ok()) return s;
        plan.multiplies = !a.y.empty() && !a.x.empty();
        if (!plan.multiplies) return {};
        if (status s = check_weight_count<typename Arguments::w_type>(conv_op::name, a.w.extents()); !s.ok()) return s;
        plan.workers = workers_for(where, conv_op::flops(a) / 2, multiply_adds_per_worker);
        return {};
    }
    template <class Arguments>
    static status run_without_products(const Arguments& a) {
        const fp_environment ieee;
        return kernel<conv_op, reference>::run(reference{}, a);
    }

    template <class Arguments, class Use>
    static status with_driver(const cpu& where, const Arguments& a, const conv_plan& plan, const Use& use) {
        return a.options.layout == layout::nchw ? with_driver_for<layout::nchw>(where, a, plan, use)
                                                : with_driver_for<layout::nhwc>(where, a, plan, use);
    }
    template <layout Order, class Arguments, class Use>
    static status with_driver_for(const cpu& where, const Arguments& a, const conv_plan& plan, const Use& use) {
        using X = typename Arguments::x_type;
        using W = typename Arguments::w_type;
        using Y = typename Arguments::y_type;
        conv_problem<X, W> problem{filters_of(a.w, Order, a.options.groups), in_channel_order(a.x, Order), on_three_axes(a.windows),
                                   nullptr};
        if constexpr (requires { a.panels; }) problem.packed = a.panels;  // op/pack_conv.hpp
        const conv_store<Y, typename Arguments::epilogue_type> store{in_channel_order(a.y, Order), &a.epilogue, plan.isa};
        const auto target = conv_target_of<Order, block_sum_type<X>, accumulator_t<X>, Arguments::rank>(store);
        if constexpr (is_floating_v<X>) {
            if (a.options.algorithm == conv_algorithm::winograd) {
                winograd_conv<X, W> driver(where, plan.isa, plan.workers, problem, target);
                return use(driver);
            }
        }
        return with_conv_driver(where, plan.isa, plan.workers, problem, target, use);
    }
};
TENFOLD_END
