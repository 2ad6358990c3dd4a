// SPDX-License-Identifier: Apache-2.0
// Eigen matrices, maps, blocks and tensors as tensor_views, and tensor_views as Eigen maps; nothing is copied. [floor 6]
//
//   Eigen::MatrixXf a = ..., b = ..., c(m, n);
//   tf::matmul(tf::cpu{}, tf::as_view(a), tf::as_view(b), tf::as_view(c));
//   tf::tensor<float, 2> t({m, n});   tf::as_eigen(t) = a * b;
#pragma once

#if !__has_include(<Eigen/Core>)
#error "tenfold: interop/eigen.hpp needs Eigen: install libeigen3-dev and link Eigen3::Eigen"
#endif

#include <tenfold/core/tensor.hpp>

#include <Eigen/Core>

#include <type_traits>

TENFOLD_BEGIN
/// A dense Eigen expression whose elements are in memory: Matrix, Array, Map, Ref, Block.
template <class X>
concept eigen_dense = requires(X& x) {
    typename std::remove_cvref_t<X>::Scalar;
    x.data();
    x.innerStride();
    x.outerStride();
    x.rows();
    x.cols();
    { std::bool_constant<static_cast<bool>(std::remove_cvref_t<X>::IsRowMajor)>{} };
};

/// The expression as a view (rows, columns) of its own elements; of const elements if it is const. The view refers to
/// the expression's memory: keep the expression alive and do not resize it.
template <eigen_dense X>
[[nodiscard]] TENFOLD_INLINE auto as_view(X&& x) noexcept {
    static_assert(
        std::is_lvalue_reference_v<X&&> || !std::is_base_of_v<Eigen::PlainObjectBase<std::remove_cvref_t<X>>, std::remove_cvref_t<X>>,
        "tenfold: as_view of a temporary Eigen matrix would dangle; name the matrix first");
    using Element = std::remove_pointer_t<decltype(x.data())>;
    constexpr bool row_major = std::remove_cvref_t<X>::IsRowMajor;
    const index_t inner = x.innerStride();
    const index_t outer = x.outerStride();
    return tensor_view<Element, 2>(x.data(), {static_cast<index_t>(x.rows()), static_cast<index_t>(x.cols())},
                                   {row_major ? outer : inner, row_major ? inner : outer});
}

template <class Element>
using eigen_matrix = Eigen::Matrix<std::remove_const_t<Element>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A view of rank 2 as an Eigen map with any strides (Eigen asserts on negative ones in some expressions).
template <class Element>
[[nodiscard]] TENFOLD_INLINE auto as_eigen(tensor_view<Element, 2> v) noexcept {
    using Matrix = std::conditional_t<std::is_const_v<Element>, const eigen_matrix<Element>, eigen_matrix<Element>>;
    using Stride = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
    return Eigen::Map<Matrix, Eigen::Unaligned, Stride>(v.data(), v.extent(0), v.extent(1), Stride(v.stride(0), v.stride(1)));
}
/// A view of rank 1 as a column vector.
template <class Element>
[[nodiscard]] TENFOLD_INLINE auto as_eigen(tensor_view<Element, 1> v) noexcept {
    using Vector = Eigen::Matrix<std::remove_const_t<Element>, Eigen::Dynamic, 1>;
    using Maybe = std::conditional_t<std::is_const_v<Element>, const Vector, Vector>;
    return Eigen::Map<Maybe, Eigen::Unaligned, Eigen::InnerStride<>>(v.data(), v.extent(0), Eigen::InnerStride<>(v.stride(0)));
}
template <class T, std::size_t Rank>
    requires(Rank == 1 || Rank == 2)
[[nodiscard]] TENFOLD_INLINE auto as_eigen(tensor<T, Rank>& t) noexcept {
    return as_eigen(t.view());
}
template <class T, std::size_t Rank>
    requires(Rank == 1 || Rank == 2)
[[nodiscard]] TENFOLD_INLINE auto as_eigen(const tensor<T, Rank>& t) noexcept {
    return as_eigen(t.view());
}

/// An Eigen::Tensor or Eigen::TensorMap (unsupported/Eigen/CXX11/Tensor), recognised by its members: its header, which
/// costs seconds to compile, is not needed here.
template <class X>
concept eigen_tensor = !eigen_dense<X> && requires(X& x) {
    typename std::remove_cvref_t<X>::Scalar;
    x.data();
    x.dimensions();
    { std::remove_cvref_t<X>::NumIndices } -> std::convertible_to<int>;
};

/// The tensor as a view of its own elements, in either of Eigen's layouts.
template <eigen_tensor X>
[[nodiscard]] TENFOLD_INLINE auto as_view(X& x) noexcept {
    using Element = std::remove_pointer_t<decltype(x.data())>;
    constexpr auto rank = static_cast<std::size_t>(std::remove_cvref_t<X>::NumIndices);
    constexpr bool row_major = static_cast<int>(std::remove_cvref_t<X>::Layout) == static_cast<int>(Eigen::RowMajor);
    index_array<rank> extents{};
    for (std::size_t i = 0; i < rank; ++i) extents[i] = static_cast<index_t>(x.dimensions()[i]);
    tensor_view<Element, rank> view(x.data(), extents);
    if constexpr (!row_major) {  // column-major is the row-major tensor of the reversed extents, transposed
        index_array<rank> reversed{};
        for (std::size_t i = 0; i < rank; ++i) reversed[i] = extents[rank - 1 - i];
        view = tensor_view<Element, rank>(x.data(), reversed).transposed();
    }
    return view;
}
TENFOLD_END
