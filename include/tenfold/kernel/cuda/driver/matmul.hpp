// SPDX-License-Identifier: Apache-2.0
// matmul on a GPU runtime: tile, splits of k and ways to load, from shape, strides and types alone; one launch. [floor 4]
#pragma once

#include <tenfold/kernel/cuda/body/device_epilogue.hpp>
#include <tenfold/kernel/cuda/body/gemm_tile.hpp>
#include <tenfold/kernel/cuda/driver/launch_blocks.hpp>
#include <tenfold/op/matmul.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
using small_gemm_tiling = gemm_tiling<8, 8, 1>;  // 32 x 32
template <class Accumulator>
using large_gemm_tiling = std::conditional_t<sizeof(Accumulator) == 8, gemm_tiling<16, 16, 1>, gemm_tiling<16, 16, 2>>;  // 64 or 128

/// How an operand is loaded: `outer` is its axis m or n.
template <class T, std::size_t Rank, class Space>
gemm_operand<T> operand_of(const tensor_view<const T, Rank, Space>& x, std::size_t outer, std::size_t k, std::int32_t zero) noexcept {
    const auto magnitude = [](index_t s) { return s < 0 ? -s : s; };
    const index_t outer_stride = x.extent(outer) == 1 ? 0 : x.stride(outer);
    const index_t k_stride = x.extent(k) == 1 ? 0 : x.stride(k);
    gemm_operand<T> operand{x.data(), outer_stride, k_stride, zero, x.extent(outer) == 1 || magnitude(k_stride) < magnitude(outer_stride),
                            false};
    constexpr index_t pack = 16 / sizeof(T);
    operand.packs = outer_stride == 1 && k_stride % pack == 0 && reinterpret_cast<std::uintptr_t>(x.data()) % 16 == 0;
    for (std::size_t i = 0; i + 2 < Rank; ++i) operand.packs = operand.packs && x.stride(i) % pack == 0;
    return operand;
}

template <class Tiling, class Runtime, class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
status run_gemm(Runtime& gpu, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) {
    const auto epilogue = device_epilogue(x.epilogue);
    using body = gemm_tile<Tiling, A, B, C, Rank, accumulator_t<A>, std::remove_const_t<decltype(epilogue)>>;
    using sum = typename body::sum;
    constexpr const char* op = matmul_op::name;
    const auto scalar = [](double v) {
        if constexpr (std::is_integral_v<sum>) {
            return static_cast<sum>(static_cast<std::int64_t>(v));
        } else {
            return static_cast<sum>(v);
        }
    };
    typename body::arguments a{operand_of(x.a, Rank - 2, Rank - 1, x.options.a_zero_point),
                               operand_of(x.b, Rank - 1, Rank - 2, x.options.b_zero_point),
                               x.c.data(),
                               x.c.stride(Rank - 2),
                               x.c.stride(Rank - 1),
                               x.m(),
                               x.n(),
                               x.options.alpha == 0 ? 0 : x.k(),
                               {},
                               0,
                               0,
                               1,
                               0,
                               nullptr,
                               nullptr,
                               scalar(x.options.alpha),
                               scalar(x.options.beta),
                               epilogue};
    const bool reads = a.k > 0;  // else a and b may be null, and no address is formed of them
    if (!reads) a.a.outer_stride = a.b.outer_stride = 0;
    for (std::size_t i = 0; i + 2 < Rank; ++i)
        a.batch[i] = {x.c.extent(i), reads ? x.a.stride(i) : 0, reads ? x.b.stride(i) : 0, x.c.stride(i)};
    const index_t tiles_m = ceil_divide(a.m, index_t{Tiling::m});
    const index_t tiles_n = ceil_divide(a.n, index_t{Tiling::n});
    if (tiles_m > most_blocks || tiles_n > most_blocks || tiles_m * tiles_n > most_blocks) return too_many_elements(op, x.c.size());
    const index_t tiles = tiles_m * tiles_n * x.batch();
    a.tiles_m = static_cast<unsigned>(tiles_m);
    a.tiles_n = static_cast<unsigned>(tiles_n);
    // Slices of at least 256, so many that each multiprocessor has one.
    constexpr index_t least_slice = 256;
    index_t splits = tiles < nominal_multiprocessors ? nominal_multiprocessors / tiles : 1;
    if (splits > a.k / least_slice) splits = a.k / least_slice > 0 ? a.k / least_slice : 1;
    a.slice = a.k > 0 ? round_up(ceil_divide(a.k, splits), index_t{Tiling::k}) : Tiling::k;
    a.splits = static_cast<unsigned>(a.k > 0 ? ceil_divide(a.k, a.slice) : 1);
    static_assert(nominal_multiprocessors <= most_shared_results);
    const index_t partial = a.splits > 1 ? tiles * a.splits * body::partial_elements : 0;
    const call_workspace workspace(gpu, op, static_cast<std::size_t>(partial) * sizeof(sum));
    if (!workspace.state().ok()) return workspace.state();
    a.arrived = workspace.counters();
    a.partial = workspace.template memory<sum>();
    return launch_blocks<body>(gpu, op, tiles * a.splits, x.c.size(), body::shared_bytes, a);
}

/// One checked call on a runtime.
template <class Runtime, class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
status matmul_on(Runtime& gpu, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) {
    static_assert(std::is_trivially_copyable_v<decltype(device_epilogue(x.epilogue))>,
                  "tenfold: an epilogue for a GPU is copied there byte by byte; let it be trivially copyable");
    if (x.c.empty()) return {};
    if (gpu.ready() != runtime_answer::success) return answer_failure(matmul_op::name, "finding the device", gpu.ready(), gpu.why());
    using large = large_gemm_tiling<accumulator_t<A>>;
    const index_t large_tiles = ceil_divide(x.m(), index_t{large::m}) * ceil_divide(x.n(), index_t{large::n}) * x.batch();
    const bool worth = x.m() > small_gemm_tiling::m && x.n() > small_gemm_tiling::n;
    if (worth && large_tiles >= nominal_multiprocessors / 2) return run_gemm<large>(gpu, x);
    return run_gemm<small_gemm_tiling>(gpu, x);
}
}  // namespace gpu_kernels
TENFOLD_END
