// SPDX-License-Identifier: Apache-2.0
// A packed matrix of the reference: row-major, as it is.                                                   [floor 4]
#pragma once

#include <tenfold/kernel/reference/matmul.hpp>
#include <tenfold/op/pack.hpp>

TENFOLD_BEGIN
template <>
struct kernel<pack_op, reference> {
    template <class A, class T, class Space>
    static status run(const reference&, const packing_arguments<A, T, Space>& x) {
        const index_t bytes = x.b.size() * static_cast<index_t>(sizeof(T));
        packed_matrix<T, Space> made;
        if (status s = packed_matrix<T, Space>::allocate(x.b.extents(), layout(), bytes, made, x.resource); !s.ok()) return s;
        const tensor_view<T, 2, Space> rows(static_cast<T*>(made.data()), x.b.extents());
        for_each_index(x.b.extents(), [&](const auto& index) { rows(index) = x.b(index); });
        *x.result = std::move(made);
        return {};
    }

    static packed_layout layout() noexcept {
        packed_layout rows;
        set_name(rows.backend, reference::name);
        return rows;
    }
};

template <>
struct kernel<packed_matmul_op, reference> {
    template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    static status run(const reference& where, const packed_matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) {
        const packed_layout rows = kernel<pack_op, reference>::layout();
        if (!same_layout(x.layout, rows)) return packed_matmul_op::layout_failure(x.layout, rows, dtype_traits<A>::name);
        matmul_arguments<A, B, C, Rank, Epilogue, Space> plain = x;
        index_array<Rank> strides{};
        strides[Rank - 2] = x.b.extent(Rank - 1);
        strides[Rank - 1] = 1;
        plain.b = {static_cast<const B*>(x.panels), x.b.extents(), strides};
        return kernel<matmul_op, reference>::run(where, plain);
    }
};
TENFOLD_END
