// SPDX-License-Identifier: Apache-2.0
// pack_conv: w of conv in the order its kernel reads it, once for many calls. How: kernel/<backend>/pack_conv.hpp. [floor 3]
#pragma once

#include <tenfold/op/conv.hpp>
#include <tenfold/op/packed_operand.hpp>

#include <cstring>  // strcmp

TENFOLD_TYPES_BEGIN
/// How packed weights lie in memory: written by the backend that packed them, compared by the one that convolves.
struct packed_weights_layout {
    char backend[16] = "";
    char isa[16] = "";  ///< that ran when they were packed
    char kernel[16] = "";  ///< that reads them; empty: as w lay, without gaps
    index_t groups = 1;
    layout order = layout::nchw;
    index_t channels = 0;  ///< of the input, in a block
    index_t columns = 0;  ///< outputs side by side

    TENFOLD_INLINE packed_weights_layout() noexcept {}
};

/// w of conv as pack_conv() arranged it.
template <class T, std::size_t Rank, class Space = host_space>
using packed_weights = packed_operand<T, Rank, packed_weights_layout, Space>;
TENFOLD_TYPES_END

TENFOLD_BEGIN
/// The instruction set is for messages: what it changes stands in the numbers.
TENFOLD_INLINE bool same_layout(const packed_weights_layout& x, const packed_weights_layout& y) noexcept {
    return std::strcmp(x.backend, y.backend) == 0 && std::strcmp(x.kernel, y.kernel) == 0 && x.groups == y.groups && x.order == y.order &&
           x.channels == y.channels && x.columns == y.columns;
}

/// Operands of one checked packing. Of the options, what does not depend on the images: groups, layout, algorithm.
template <class T, std::size_t Rank, class Space>
struct packing_conv_arguments {
    tensor_view<const T, Rank, Space> w;
    conv_options<Rank - 2> options;
    packed_weights<T, Rank, Space>* result;
    memory_resource* resource;
};

struct pack_conv_op {
    static constexpr const char* name = "pack_conv";

    template <class T, std::size_t Rank, class Space>
    [[nodiscard]] static status check(const packing_conv_arguments<T, Rank, Space>& a) noexcept {
        named_operand w{"w", a.w};
        if (status s = check_operand(name, w); !s.ok()) return s;
        conv_options<Rank - 2> of_weights = a.options;  // stride and dilation are those of the calls
        of_weights.stride = of_weights.dilation = filled<Rank - 2>(1);
        if (a.options.algorithm == conv_algorithm::winograd && !conv_op::fits_winograd<T>(a.w.extents(), of_weights)) [[unlikely]]
            return conv_op::winograd_failure(name, a.w.extents());
        if (a.options.groups < 1 || a.w.extent(0) % a.options.groups != 0) [[unlikely]]
            return failure(status_code::shape, name)
                   << "groups = " << a.options.groups << " must be at least 1 and divide w's output channels, " << a.w.extent(0);
        for (std::size_t i = 0; i + 2 < Rank; ++i) {
            const index_t taps = a.w.extent(first_spatial_axis(a.options.layout) + i);
            if (taps < 1) [[unlikely]]
                return window_parameter_failure(name, "the window's extent", i, taps, 1);
        }
        return {};
    }
};

/// w of conv, arranged once for many calls.
///
/// Shapes     w as of conv: (oc, c / groups, k...) for nchw, (oc, k..., c / groups) for nhwc.
/// Layout     any strides; what they were does not matter afterwards.
/// Types      float, double, half, bfloat16, int32_t; int8_t and uint8_t, for an x of either.
/// Options    .groups, .layout and .algorithm are those of the calls that follow; the others are ignored.
/// Memory     64-byte aligned, from `resource` or the C library. cpu: in the type of the sums of products (float for 16- and 8-bit
///            types), output channels padded to a tile.
/// Aliasing   the result refers to nothing: w may change or go.
/// Errors     shape_error, unsupported_error, std::bad_alloc; the std::nothrow overload returns the same as status.
///            conv refuses what was packed for another backend, layout or number of groups, or by an instruction set that reads weights
///            in another order (one with the same order, such as the same width of vectors, is taken): unsupported_error.
/// Cost       reads and writes w once.
/// Bits       of conv: those of w as it was.
/// Source     the panels of Georganas et al. 2020.
template <backend Backend, viewable W>
[[nodiscard]] TENFOLD_INLINE status pack_conv(std::nothrow_t, const Backend& where, const W& w,
                                              packed_weights<value_of<W>, rank_of<W>, space_of<W>>& result,
                                              const conv_options_of<W>& options = {}, memory_resource* resource = nullptr) noexcept {
    require_conv_types<W, W, accumulator_t<value_of<W>>>();
    require_callable<pack_conv_op, Backend, W>();
    return invoke_nothrow<pack_conv_op>(
        where, packing_conv_arguments<value_of<W>, rank_of<W>, space_of<W>>{input_view(w), options, &result, resource});
}
template <backend Backend, viewable W>
[[nodiscard]] TENFOLD_INLINE auto pack_conv(const Backend& where, const W& w, const conv_options_of<W>& options = {},
                                            memory_resource* resource = nullptr) {
    packed_weights<value_of<W>, rank_of<W>, space_of<W>> result;
    [[maybe_unused]] const status s = pack_conv(std::nothrow, where, w, result, options, resource);
    static_assert(TENFOLD_HAS_EXCEPTIONS != 0 || std::is_void_v<Backend>,
                  "tenfold: this translation unit has no exceptions; call "
                  "pack_conv(std::nothrow, backend, w, result) and read the status");
#if TENFOLD_HAS_EXCEPTIONS
    if (!s.ok()) raise(s);
#endif
    return result;
}

struct packed_conv_op;

/// conv_arguments whose w has the extents of packed weights; it is not read through.
template <class X, class W, class Y, std::size_t Rank, class Epilogue, class Space>
struct packed_conv_arguments : conv_arguments<X, W, Y, Rank, Epilogue, Space> {
    using op = packed_conv_op;
    TENFOLD_INLINE
    packed_conv_arguments(const conv_arguments<X, W, Y, Rank, Epilogue, Space>& a, const packed_weights<W, Rank, Space>& packed)
        : conv_arguments<X, W, Y, Rank, Epilogue, Space>(a), panels(packed.data()), layout(packed.layout()) {}

    const void* panels;
    packed_weights_layout layout;
};

/// conv with packed weights: the same op, with one more way to be refused.
struct packed_conv_op : conv_op {
    /// w lies otherwise than the call would read it.
    TENFOLD_COLD static status layout_failure(const packed_weights_layout& have, const packed_weights_layout& want) noexcept {
        failure message(status_code::unsupported, name);
        const auto describe = [&](const packed_weights_layout& x) {
            message << x.backend;
            if (x.kernel[0] != '\0') message << " on " << x.isa << " (kernel " << x.kernel << ", " << x.columns << " outputs side by side)";
            message << " with groups = " << x.groups << " and layout " << (x.order == layout::nchw ? "nchw" : "nhwc");
        };
        message << "w was packed for ";
        describe(have);
        message << ", this call runs ";
        describe(want);
        return message << ". Pack w with the backend and the options of the call";
    }
};

template <class T, std::size_t Rank, class Space>
struct conv_weights<packed_weights<T, Rank, Space>> {
    using op = packed_conv_op;
    TENFOLD_INLINE static tensor_view<const T, Rank, Space> view(const packed_weights<T, Rank, Space>& w) noexcept { return shape_of(w); }
    template <class X, class Y, class Epilogue>
    TENFOLD_INLINE static auto arguments(const X& x, const packed_weights<T, Rank, Space>& w, Y& y, const conv_options_of<X>& options,
                                         const Epilogue& epilogue) noexcept {
        return packed_conv_arguments(make_conv_arguments(x, view(w), y, options, epilogue), w);
    }
};
TENFOLD_END
