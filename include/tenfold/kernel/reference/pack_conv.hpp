// SPDX-License-Identifier: Apache-2.0
// Packed weights of convolution of the reference: w without gaps, as it is.                                 [floor 4]
#pragma once

#include <tenfold/kernel/reference/conv.hpp>
#include <tenfold/op/pack_conv.hpp>

TENFOLD_BEGIN
template <>
struct kernel<pack_conv_op, reference> {
    template <class T, std::size_t Rank, class Space>
    static status run(const reference&, const packing_conv_arguments<T, Rank, Space>& a) {
        const index_t bytes = a.w.size() * static_cast<index_t>(sizeof(T));
        packed_weights<T, Rank, Space> made;
        if (status s = packed_weights<T, Rank, Space>::allocate(a.w.extents(), layout_of(a.options), bytes, made, a.resource); !s.ok())
            return s;
        const tensor_view<T, Rank, Space> rows(static_cast<T*>(made.data()), a.w.extents());
        for_each_index(a.w.extents(), [&](const auto& index) { rows(index) = a.w(index); });
        *a.result = std::move(made);
        return {};
    }

    template <std::size_t Spatial>
    static packed_weights_layout layout_of(const conv_options<Spatial>& options) noexcept {
        packed_weights_layout rows;
        set_name(rows.backend, reference::name);
        rows.groups = options.groups;
        rows.order = options.layout;
        return rows;
    }
};

template <>
struct kernel<packed_conv_op, reference> {
    template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
    static status run(const reference& where, const packed_conv_arguments<X, W, Y, Rank, Epilogue, Space>& a) {
        const packed_weights_layout wanted = kernel<pack_conv_op, reference>::layout_of(a.options);
        if (!same_layout(a.layout, wanted)) return packed_conv_op::layout_failure(a.layout, wanted);
        conv_arguments<X, W, Y, Rank, Epilogue, Space> plain = a;
        plain.w = {static_cast<const W*>(a.panels), a.w.extents()};
        return kernel<conv_op, reference>::run(where, plain);
    }
};
TENFOLD_END
