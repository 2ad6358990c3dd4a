// SPDX-License-Identifier: Apache-2.0
// copy, copy_to, convert: moving elements, unchanged or to another type. How: kernel/<backend>/copy.hpp.    [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/broadcast.hpp>
#include <tenfold/exec/check.hpp>
#include <tenfold/exec/invoke.hpp>

#include <new>

TENFOLD_BEGIN
/// One checked copy or conversion: x has y's extents, by strides 0 where it was broadcast.
template <class X, class Y, std::size_t Rank, class Space>
struct movement_arguments {
    tensor_view<const X, Rank, Space> x;
    tensor_view<Y, Rank, Space> y;
    bool saturate;
    status shape;  ///< found while x was broadcast
};

/// Shapes, pointers and aliasing of an op that maps x to y element by element.
template <class X, class Y, std::size_t Rank, class Space>
[[nodiscard]] status check_movement(const char* op, const movement_arguments<X, Y, Rank, Space>& m) noexcept {
    if (!m.shape.ok()) [[unlikely]]
        return m.shape;
    named_operand x{"x", m.x};
    named_operand y{"y", m.y};
    if (status s = check_output(op, y); !s.ok()) return s;
    if (status s = check_operand(op, x); !s.ok()) return s;
    return check_disjoint(op, y, x, in_place::allowed);
}

struct copy_op {
    static constexpr const char* name = "copy";
    /// Bytes read and written.
    [[nodiscard]] static constexpr index_t bytes(index_t elements, index_t element_bytes) noexcept { return 2 * elements * element_bytes; }
    template <class T, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const movement_arguments<T, T, Rank, Space>& x) noexcept {
        return check_movement(name, x);
    }
};

struct convert_op {
    static constexpr const char* name = "convert";
    [[nodiscard]] static constexpr index_t bytes(index_t elements, index_t from_bytes, index_t to_bytes) noexcept {
        return elements * (from_bytes + to_bytes);
    }
    template <class X, class Y, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const movement_arguments<X, Y, Rank, Space>& x) noexcept {
        return check_movement(name, x);
    }
};

struct convert_options {
    bool saturate = false;  ///< to a narrower float: finite values beyond its range become its largest finite value, not Inf
};

template <class X, class Y>
TENFOLD_INLINE auto make_movement_arguments(const char* op, const X& x, Y& y, bool saturate = false) noexcept {
    constexpr std::size_t rank = rank_of<Y>;
    static_assert(std::is_same_v<space_of<X>, space_of<Y>>,
                  "tenfold: x and y must be in one memory space; move one with copy_to(backend, x)");
    movement_arguments<value_of<X>, value_of<Y>, rank, space_of<Y>> m{{}, y.view(), saturate, {}};
    m.x = broadcast_operand<rank>(op, "x", input_view(x), m.y.extents(), m.shape);
    return m;
}

template <class X, class Y>
consteval void require_one_type() {
    static_assert(std::is_same_v<value_of<X>, value_of<Y>>, "tenfold: copy moves elements of one type; use convert() to change the type");
}

/// y <- x, bit by bit.
///
/// Shapes     y any; x has y's extents or broadcasts to them: missing leading axes and axes of extent 1 repeat.
/// Layout     any strides. Where x and y run fastest along different axes, tiles are transposed, so neither is walked badly.
/// Types      one element type for both, int64_t and bool included.
/// Special    bits are moved: payloads of NaNs, signalling ones too, and signs of zeros survive.
/// Aliasing   y may be exactly x; otherwise it shares no element with x: shape_error.
/// Errors     shape_error, unsupported_error; the std::nothrow overload returns the same as status. Before any write.
/// Accuracy   exact.
/// Cost       reads and writes each element once.
/// Completes  on return for reference and cpu.
/// Bits       the same everywhere.
/// Source     the transpose of a tile by rounds of interleaving: Stone 1971, "Parallel processing with the perfect shuffle".
template <backend Backend, viewable X, writable Y>
TENFOLD_INLINE void copy(const Backend& where, const X& x, Y&& y) {
    require_callable<copy_op, Backend, X, Y>();
    require_one_type<X, Y>();
    invoke<copy_op>(where, make_movement_arguments(copy_op::name, x, y));
}
template <backend Backend, viewable X, writable Y>
[[nodiscard]] TENFOLD_INLINE status copy(std::nothrow_t, const Backend& where, const X& x, Y&& y) noexcept {
    require_callable<copy_op, Backend, X, Y>();
    require_one_type<X, Y>();
    return invoke_nothrow<copy_op>(where, make_movement_arguments(copy_op::name, x, y));
}

/// A new row-major tensor in the backend's memory with the elements of x. Backends with memory of their own overload this.
template <backend Backend, viewable X>
    requires std::is_same_v<typename Backend::space, host_space> && std::is_same_v<space_of<X>, host_space>
[[nodiscard]] TENFOLD_INLINE auto copy_to(const Backend& where, const X& x) {
    require_callable<copy_op, Backend, X>();
    auto y = allocate_result<value_of<X>>(where, x.view().extents());
    copy(where, x, y);
    return y;
}
/// The same, making `y` that tensor or leaving it as it was.
template <backend Backend, viewable X>
    requires std::is_same_v<typename Backend::space, host_space> && std::is_same_v<space_of<X>, host_space>
[[nodiscard]] TENFOLD_INLINE status copy_to(std::nothrow_t, const Backend& where, const X& x, tensor<value_of<X>, rank_of<X>>& y) noexcept {
    require_callable<copy_op, Backend, X>();
    tensor<value_of<X>, rank_of<X>> result;
    if (status s = tensor<value_of<X>, rank_of<X>>::allocate(x.view().extents(), result); !s.ok()) return s;
    if (status s = copy(std::nothrow, where, x, result); !s.ok()) return s;
    y = std::move(result);
    return {};
}

/// y <- x, each value as the nearest one that y's type has.
///
/// Shapes     as copy.
/// Layout     any strides; fastest where both are contiguous.
/// Types      any pair of element types, int64_t and bool included.
/// Special    float to integer: to the nearest integer, half to even; beyond the range the nearest end of it; NaN becomes 0.
///            Float to a narrower float: to nearest, half to even, in one rounding, double to half included; beyond the range
///            Inf, or with .saturate the largest finite value (Inf stays Inf); NaN stays NaN. Integer to float: to nearest, half
///            to even, in one rounding; beyond 65504 half becomes Inf. Integer to integer: modulo the width, as NumPy and C++ do.
///            To bool: x != 0, so NaN is true. From bool: 0 or 1. To the same type: as copy.
/// Aliasing   y may be exactly x, where both elements have one size; otherwise it shares no element with x: shape_error.
/// Errors     as copy.
/// Accuracy   one rounding.
/// Cost       reads and writes each element once.
/// Completes  on return for reference and cpu.
/// Bits       the same everywhere, except the payload of a NaN.
/// Source     IEEE 754-2019, section 5.4.1 (formatOf-convertFormat, convertToInteger).
template <backend Backend, viewable X, writable Y>
TENFOLD_INLINE void convert(const Backend& where, const X& x, Y&& y, const convert_options& options = {}) {
    require_callable<convert_op, Backend, X, Y>();
    invoke<convert_op>(where, make_movement_arguments(convert_op::name, x, y, options.saturate));
}
template <backend Backend, viewable X, writable Y>
[[nodiscard]] TENFOLD_INLINE status convert(std::nothrow_t, const Backend& where, const X& x, Y&& y,
                                            const convert_options& options = {}) noexcept {
    require_callable<convert_op, Backend, X, Y>();
    return invoke_nothrow<convert_op>(where, make_movement_arguments(convert_op::name, x, y, options.saturate));
}
/// The same, returning a new tensor: convert<half>(cpu{}, x).
template <element To, backend Backend, viewable X>
[[nodiscard]] TENFOLD_INLINE auto convert(const Backend& where, const X& x, const convert_options& options = {}) {
    require_callable<convert_op, Backend, X>();
    auto y = allocate_result<To>(where, x.view().extents());
    convert(where, x, y, options);
    return y;
}
TENFOLD_END
