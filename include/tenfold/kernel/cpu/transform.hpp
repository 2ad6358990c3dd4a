// SPDX-License-Identifier: Apache-2.0
// transform on the CPU: rows of the output in blocks; the functor sees 16-bit elements as floats.            [floor 4]
//
// The functor's loop and the conversions around it run in entries of the instruction set; what is converted passes through
// small buffers on the stack.
#pragma once

#include <tenfold/exec/cpu.hpp>
#include <tenfold/kernel/cpu/body/convert_plane.hpp>
#include <tenfold/kernel/cpu/body/functor_strip.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>
#include <tenfold/kernel/cpu/elementwise.hpp>
#include <tenfold/op/transform.hpp>

TENFOLD_BEGIN
/// `count` elements from one address to another, converted.
template <class To, class From>
TENFOLD_INLINE void convert_row(int isa, const From* x, index_t x_step, To* y, index_t y_step, index_t count) noexcept {
    const convert_plane_arguments<To, From> plane{x, 0, x_step, y, 0, y_step, 1, count, false};
    dispatch<convert_plane<To, From>>(isa, &plane);
}

/// Elements of a block: with twelve 16-bit inputs the buffers take 7 KiB of stack.
inline constexpr index_t transform_block = 128;

/// An input of a block: in place, or widened into a buffer.
template <class X, bool Widened = !std::is_same_v<X, argument_t<X>>>
struct block_input {
    TENFOLD_INLINE strip_input<X> load(int, const X* x, index_t step, index_t) noexcept { return {x, step}; }
};
template <class X>
struct block_input<X, true> {
    float values[transform_block];
    TENFOLD_INLINE strip_input<float> load(int isa, const X* x, index_t step, index_t count) noexcept {
        convert_row(isa, x, step, values, 1, step == 0 ? 1 : count);
        return {values, step == 0 ? 0 : 1};
    }
};

template <>
struct kernel<transform_op, cpu> {
    template <class F, class Y, std::size_t Rank, class Space, class... X>
    static status run(const cpu& where, const transform_arguments<F, Y, Rank, Space, X...>& t) {
        int isa = 0;
        if (status s = choose_isa(transform_op::name, where, isa); !s.ok()) return s;
        if (t.y.empty()) return {};
        run_on(where, isa, t, std::index_sequence_for<X...>{});
        return {};
    }

private:
    template <class F, class Y, std::size_t Rank, class Space, class... X, std::size_t... At>
    static void run_on(const cpu& where, int isa, const transform_arguments<F, Y, Rank, Space, X...>& t, std::index_sequence<At...>) {
        constexpr std::size_t operands = sizeof...(X) + 1;
        using stored = result_t<typename transform_arguments<F, Y, Rank, Space, X...>::value>;
        const auto nest = make_loop_nest(std::get<At>(t.inputs)..., t.y);
        const tile_grid<operands> grid(nest, task_elements, task_elements);
        const int last = nest.rank - 1;
        const index_t(&row_step)[operands] = nest.stride[last - 1];
        const index_t(&step)[operands] = nest.stride[last];
        constexpr index_t bytes = (sizeof(Y) + ... + sizeof(X));
        parallel_for_tiles(where, workers_for_bytes(where, bytes * nest.size()), grid, 1,
                           [&](int, const index_t(&offset)[operands], index_t rows, index_t count) {
                               constexpr bool converts = !std::is_same_v<Y, stored> || (!std::is_same_v<X, argument_t<X>> || ...);
                               const index_t most = converts ? transform_block : count;
                               for (index_t row = 0; row < rows; ++row) {
                                   for (index_t begin = 0; begin < count; begin += most) {
                                       const index_t length = count - begin < most ? count - begin : most;
                                       std::tuple<block_input<X>...> block;
                                       functor_strip_arguments<F, stored, argument_t<X>...> strip{
                                           &t.functor,
                                           nullptr,
                                           1,
                                           length,
                                           {std::get<At>(block).load(
                                               isa, std::get<At>(t.inputs).data() + offset[At] + row * row_step[At] + begin * step[At],
                                               step[At], length)...}};
                                       Y* const y =
                                           t.y.data() + offset[operands - 1] + row * row_step[operands - 1] + begin * step[operands - 1];
                                       if constexpr (std::is_same_v<Y, stored>) {
                                           strip.out = y;
                                           strip.out_step = step[operands - 1];
                                           dispatch<functor_strip<F, stored, argument_t<X>...>>(
                                               isa, static_cast<const functor_strip_arguments<F, stored, argument_t<X>...>*>(&strip));
                                       } else {
                                           stored results[transform_block];
                                           strip.out = results;
                                           dispatch<functor_strip<F, stored, argument_t<X>...>>(
                                               isa, static_cast<const functor_strip_arguments<F, stored, argument_t<X>...>*>(&strip));
                                           convert_row(isa, results, 1, y, step[operands - 1], length);
                                       }
                                   }
                               }
                           });
    }
};
TENFOLD_END
