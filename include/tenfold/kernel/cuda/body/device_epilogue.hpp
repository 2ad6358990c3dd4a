// SPDX-License-Identifier: Apache-2.0
// Epilogues as kernels call them: tenfold's functors that hold operands become pointers and strides, others stay as they are. [floor 4]
#pragma once

#include <tenfold/kernel/cuda/simt/pack.hpp>
#include <tenfold/op/functor/epilogue.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
/// bias(v), scale(v).
template <class T, class Apply>
struct device_channel {
    const T* values;
    index_t stride;
    std::size_t axis;
    template <class Value, class... Index>
    TENFOLD_DEVICE combined_t<Value, T> operator()(Value x, Index... index) const {
        using Result = combined_t<Value, T>;
        index_t channel = 0;
        std::size_t i = 0;
        ((channel = i++ == axis ? static_cast<index_t>(index) : channel), ...);  // an array of them would lie on a stack
        return Apply{}(static_cast<Result>(x), static_cast<Result>(values[channel * stride]));
    }
};
/// add(residual).
template <class T, std::size_t Rank>
struct device_residual {
    const T* data;
    index_t stride[Rank];
    template <class Value, class... Index>
        requires(sizeof...(Index) == Rank)
    TENFOLD_DEVICE combined_t<Value, T> operator()(Value x, Index... index) const {
        using Result = combined_t<Value, T>;
        index_t offset = 0;
        std::size_t i = 0;
        ((offset += stride[i++] * static_cast<index_t>(index)), ...);
        return static_cast<Result>(static_cast<Result>(x) + static_cast<Result>(data[offset]));
    }
};
template <class Inner, class Outer>
struct device_joined {
    Inner inner;
    Outer outer;
    template <class Value, class... Index>
    TENFOLD_DEVICE auto operator()(Value x, Index... index) const {
        return outer(inner(x, index...), index...);
    }
};

template <class E>
E device_epilogue(const E& epilogue) noexcept {
    return epilogue;
}
template <class T, class Apply, class Space>
device_channel<T, Apply> device_epilogue(const channel_functor<T, Apply, Space>& e) noexcept {
    return {e.values.data(), e.values.stride(0), e.axis};
}
template <class T, std::size_t Rank, class Space>
device_residual<T, Rank> device_epilogue(const add_functor<T, Rank, Space>& e) noexcept {
    device_residual<T, Rank> result{e.residual.data(), {}};
    for (std::size_t i = 0; i < Rank; ++i) result.stride[i] = e.residual.stride(i);
    return result;
}
template <class Inner, class Outer>
auto device_epilogue(const joined_epilogue<Inner, Outer>& e) noexcept {
    using inner = decltype(device_epilogue(e.inner));
    using outer = decltype(device_epilogue(e.outer));
    return device_joined<inner, outer>{device_epilogue(e.inner), device_epilogue(e.outer)};
}
}  // namespace gpu_kernels
TENFOLD_END
