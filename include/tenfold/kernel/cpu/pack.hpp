// SPDX-License-Identifier: Apache-2.0
// Packed matrices of the CPU: all panels of b, in the order in which gemm reads them.                      [floor 4]
//
// (depths, strips, units of a depth, columns of a strip): what gemm would pack block by block for every call. A format whose
// units are groups for dot instructions stores units; otherwise what it holds is the format's choice (gemm_format.hpp).
#pragma once

#include <tenfold/kernel/cpu/body/copy_plane.hpp>
#include <tenfold/kernel/cpu/elementwise.hpp>  // workers_for_bytes
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/kernel/cpu/zero_points.hpp>
#include <tenfold/op/pack.hpp>

#include <limits>

TENFOLD_BEGIN
/// The layout of b (k, n) for products with elements of A.
template <class Format, class A, class B>
packed_layout panel_layout(int isa, index_t k, index_t n) noexcept {
    const auto& tiles = Format::tiles(isa);
    packed_layout panels;
    set_name(panels.backend, cpu::name);
    set_name(panels.isa, isa_names(isa_list{})[static_cast<std::size_t>(isa)]);
    if (sizeof(typename Format::stored) != sizeof(B)) set_name(panels.a_type, dtype_traits<A>::name);
    panels.group = Format::group;
    panels.depth = Format::depth(k);
    panels.columns = tiles.full.columns;
    panels.padded = tiles.padded(n);
    return panels;
}

template <>
struct kernel<pack_op, cpu> {
    template <class A, class T, class Space>
    static status run(const cpu& where, const packing_arguments<A, T, Space>& x) {
        int isa = 0;
        if (status s = choose_isa(pack_op::name, where, isa); !s.ok()) return s;
        status done;
        with_format<A, T>(isa, [&]<class Format>(type_list<Format>) { done = pack_panels<Format>(where, isa, x); });
        return done;
    }

private:
    template <class Format, class A, class T, class Space>
    static status pack_panels(const cpu& where, int isa, const packing_arguments<A, T, Space>& x) {
        using Stored = typename Format::stored;
        const index_t k = x.b.extent(0), n = x.b.extent(1);
        packed_layout layout = panel_layout<Format, A, T>(isa, k, n);
        const index_t depths = k > 0 ? ceil_divide(k, layout.depth) : 0;
        const index_t units = k > 0 ? (depths - 1) * Format::units(layout.depth) + Format::units(k - (depths - 1) * layout.depth) : 0;
        index_t bytes = saturated_multiply(saturated_multiply(units, layout.padded), sizeof(Stored));
        if constexpr (sizeof(T) == 1) {
            if (bytes < (std::numeric_limits<index_t>::max)() / 2) {  // otherwise there is no such memory
                layout.sums = round_up(bytes, 64);
                bytes = layout.sums + 4 * n;
            }
        }
        packed_matrix<T, Space> made;
        if (status s = packed_matrix<T, Space>::allocate(x.b.extents(), layout, bytes, made, x.resource); !s.ok()) return s;

        // Panels are streamed: with 4 KiB pages they arrive at 25, with huge ones at 30 GB/s (one Zen 4 core).
        if (x.resource == nullptr && bytes >= (index_t{1} << 21)) prefer_huge_pages(made.data(), bytes);

        Stored* const panels = static_cast<Stored*>(made.data());
        const index_t strips = ceil_divide(n, layout.columns);
        const index_t step = k == 1 ? 1 : x.b.stride(0), column = n == 1 ? 1 : x.b.stride(1);
        parallel_for_items(where, workers_for_bytes(where, 2 * bytes), depths * strips, [&](int, index_t item) {
            const index_t d = item / strips;
            const index_t j = item % strips * layout.columns;
            const index_t depth = (std::min)(layout.depth, k - d * layout.depth);
            const index_t columns = (std::min)(layout.columns, n - j);
            const index_t padded = (std::min)(layout.columns, layout.padded - j);
            const T* const b = x.b.data() + d * layout.depth * step + j * column;
            Stored* const target = panels + panel_offset<Format>(k, layout.depth, layout.padded, d, j);
            if constexpr (sizeof(Stored) == sizeof(T)) {
                for (index_t p = 0; p < depth && columns < padded; ++p) {
                    for (index_t i = columns; i < padded; ++i) target[p * padded + i] = Stored{};
                }
                const copy_plane_arguments plane{b, step, column, target, padded, 1, depth, columns};
                dispatch<copy_plane<sizeof(T)>>(isa, &plane);
            } else {
                Format::pack_strip(isa, b, step, column, depth, columns, target, padded);
            }
        });
        if constexpr (sizeof(T) == 1) {
            std::uint32_t* const sums = reinterpret_cast<std::uint32_t*>(static_cast<unsigned char*>(made.data()) + layout.sums);
            sum_lines(where, isa, workers_for_bytes(where, k * n), byte_sum_arguments<T>{x.b.data(), column, step, n, k, sums, 1, 0});
        }
        *x.result = std::move(made);
        return {};
    }
};

template <>
struct kernel<packed_matmul_op, cpu> {
    using plan_type = matmul_plan;

    template <class Arguments>
    static status run(const cpu& where, const Arguments& x) {
        if (status s = check_layout(where, x); !s.ok()) return s;
        return kernel<matmul_op, cpu>::run(where, x);
    }
    template <class Arguments>
    static status plan(const cpu& where, const Arguments& x, matmul_plan& plan) {
        if (status s = check_layout(where, x); !s.ok()) return s;
        return kernel<matmul_op, cpu>::plan(where, x, plan);
    }
    template <class Arguments>
    static status run(const cpu& where, const Arguments& x, const matmul_plan& plan, unsigned char* workspace) {
        if (status s = check_layout(where, x); !s.ok()) return s;
        return kernel<matmul_op, cpu>::run(where, x, plan, workspace);
    }
    template <class Arguments>
    static void explain(const cpu& where, const Arguments& x, const matmul_plan& plan, explanation& e) noexcept {
        kernel<matmul_op, cpu>::explain(where, x, plan, e);
    }

private:
    template <class Arguments>
    static status check_layout(const cpu& where, const Arguments& x) noexcept {
        using A = typename Arguments::a_type;
        using B = typename Arguments::b_type;
        int isa = 0;
        if (status s = choose_isa(packed_matmul_op::name, where, isa); !s.ok()) return s;
        packed_layout wanted;
        with_format<A, B>(isa, [&]<class Format>(type_list<Format>) { wanted = panel_layout<Format, A, B>(isa, x.k(), x.n()); });
        if (same_layout(x.layout, wanted)) return {};
        return packed_matmul_op::layout_failure(x.layout, wanted, dtype_traits<A>::name);
    }
};
TENFOLD_END
