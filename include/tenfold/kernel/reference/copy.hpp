// SPDX-License-Identifier: Apache-2.0
// copy: y(i) = x(i), bit by bit. convert: y(i) = convert_value(x(i)).                                       [floor 4]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/convert_value.hpp>
#include <tenfold/op/copy.hpp>

TENFOLD_BEGIN
template <>
struct kernel<copy_op, reference> {
    template <class T, std::size_t Rank, class Space>
    static status run(const reference&, const movement_arguments<T, T, Rank, Space>& m) noexcept {
        // memcpy: an assignment of floats may go through a register that makes a signalling NaN quiet.
        for_each_index(m.y.extents(), [&](const auto& i) { __builtin_memcpy(&m.y(i), &m.x(i), sizeof(T)); });
        return {};
    }
};

template <>
struct kernel<convert_op, reference> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const reference& where, const movement_arguments<X, Y, Rank, Space>& m) noexcept {
        if constexpr (std::is_same_v<X, Y>) {
            return kernel<copy_op, reference>::run(where, m);
        } else {
            for_each_index(m.y.extents(), [&](const auto& i) { m.y(i) = convert_value<Y>(m.x(i), m.saturate); });
            return {};
        }
    }
};
TENFOLD_END
