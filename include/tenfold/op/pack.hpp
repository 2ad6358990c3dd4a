// SPDX-License-Identifier: Apache-2.0
// pack: b of matmul in the order its kernel reads it, once for many calls. How: kernel/<backend>/pack.hpp.   [floor 3]
#pragma once

#include <tenfold/op/matmul.hpp>
#include <tenfold/op/packed_operand.hpp>

#include <cstring>  // strcmp

TENFOLD_TYPES_BEGIN
/// How a packed matrix lies in memory: written by the backend that packed it, compared by the one that multiplies.
struct packed_layout {
    char backend[16] = "";
    char isa[16] = "";       ///< that ran when it was packed
    char a_type[8] = "";     ///< element type of a that the panels are for; empty: any that b multiplies with
    index_t group = 1;       ///< elements of k side by side in a column of a panel
    index_t depth = 0;       ///< of a block of k
    index_t columns = 0;     ///< of a panel
    index_t padded = 0;      ///< columns of all panels
    index_t sums = 0;        ///< 8-bit: bytes from the panels to the sums of b's columns, int32, which zero points of a need

    TENFOLD_INLINE packed_layout() noexcept {}
};

/// b (k, n) of matmul as pack() arranged it.
template <class T, class Space = host_space>
using packed_matrix = packed_operand<T, 2, packed_layout, Space>;
TENFOLD_TYPES_END

TENFOLD_BEGIN
/// The instruction set is for messages: what it changes stands in the numbers.
TENFOLD_INLINE bool same_layout(const packed_layout& x, const packed_layout& y) noexcept {
    return std::strcmp(x.backend, y.backend) == 0 && std::strcmp(x.a_type, y.a_type) == 0 && x.group == y.group && x.depth == y.depth &&
           x.columns == y.columns && x.padded == y.padded;
}

/// Operands of one checked pack for products with elements of A.
template <class A, class T, class Space>
struct packing_arguments {
    using a_type = A;
    tensor_view<const T, 2, Space> b;
    packed_matrix<T, Space>* result;
    memory_resource* resource;
};

struct pack_op {
    static constexpr const char* name = "pack";

    template <class A, class T, class Space>
    [[nodiscard]] static status check(const packing_arguments<A, T, Space>& x) noexcept {
        named_operand b{"b", x.b};
        return check_operand(name, b);
    }
};

/// b of matmul, arranged once for many calls: weights.
///
/// Shapes     b (k, n). Its product with a (..., m, k) has a's leading axes.
/// Layout     any strides, b.transposed() of weights stored (n, k) included: what they were does not matter afterwards.
/// Types      as matmul. pack<A>(where, b): a has elements of A; otherwise of b's type. Only 8-bit types can differ.
/// Memory     64-byte aligned, from `resource` or the C library. cpu: b's elements in b's type, columns padded to a vector.
/// Aliasing   the result refers to nothing: b may change or go.
/// Errors     shape_error, unsupported_error, std::bad_alloc; the std::nothrow overload returns the same as status.
///            matmul refuses what was packed for another backend, instruction set or type of a: unsupported_error.
/// Cost       reads and writes b once.
/// Bits       of matmul: cpu, those of an unpacked row-major b, unless that splits k (few outputs, k >= 8192) or has n <= 4.
/// Source     the panels of Goto & van de Geijn 2008.
template <class A = void, backend Backend, viewable B>
[[nodiscard]] TENFOLD_INLINE status pack(std::nothrow_t, const Backend& where, const B& b, packed_matrix<value_of<B>, space_of<B>>& result,
                                         memory_resource* resource = nullptr) noexcept {
    using a_type = std::conditional_t<std::is_void_v<A>, value_of<B>, A>;
    static_assert(rank_of<B> == 2, "tenfold: pack takes a matrix of rank 2, without batch axes; slice() one out");
    static_assert(
        dtype<value_of<B>> && dtype<a_type> && (std::is_same_v<a_type, value_of<B>> || (sizeof(a_type) == 1 && sizeof(value_of<B>) == 1)),
        "tenfold: pack<A>() takes as A the element type of matmul's a: that of b, or for 8-bit integers either");
    require_callable<pack_op, Backend, B>();
    return invoke_nothrow<pack_op>(where, packing_arguments<a_type, value_of<B>, space_of<B>>{input_view(b), &result, resource});
}
template <class A = void, backend Backend, viewable B>
[[nodiscard]] TENFOLD_INLINE auto pack(const Backend& where, const B& b, memory_resource* resource = nullptr) {
    packed_matrix<value_of<B>, space_of<B>> result;
    [[maybe_unused]] const status s = pack<A>(std::nothrow, where, b, result, resource);
    static_assert(TENFOLD_HAS_EXCEPTIONS != 0 || std::is_void_v<Backend>,
                  "tenfold: this translation unit has no exceptions; call pack(std::nothrow, backend, b, result) and read the status");
#if TENFOLD_HAS_EXCEPTIONS
    if (!s.ok()) raise(s);
#endif
    return result;
}

struct packed_matmul_op;

/// matmul_arguments whose b has the extents of a packed matrix; it is not read through.
template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
struct packed_matmul_arguments : matmul_arguments<A, B, C, Rank, Epilogue, Space> {
    using op = packed_matmul_op;
    TENFOLD_INLINE packed_matmul_arguments(const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x, const packed_matrix<B, Space>& packed)
        : matmul_arguments<A, B, C, Rank, Epilogue, Space>(x), panels(packed.data()), layout(packed.layout()) {}

    const void* panels;
    packed_layout layout;
};

/// matmul with a packed b: the same op, with one more way to be refused.
struct packed_matmul_op : matmul_op {
    /// b lies otherwise than the call would read it.
    TENFOLD_COLD static status layout_failure(const packed_layout& have, const packed_layout& want, const char* type) noexcept {
        failure message(status_code::unsupported, name);
        const auto describe = [&](const packed_layout& x) {
            message << x.backend;
            if (x.columns == 0) return;  // rows as they are
            message << " on " << x.isa << " (panels of " << x.columns << " columns, blocks of " << x.depth << ", groups of " << x.group;
            if (x.a_type[0] != '\0') message << ", a of " << x.a_type;
            message << ")";
        };
        message << "b was packed for ";
        describe(have);
        message << ", this call runs ";
        describe(want);
        message << ". Pack b with the backend of the call";
        if (std::strcmp(have.a_type, want.a_type) != 0 && want.a_type[0] != '\0')
            message << ", as pack<A>() with a's element type A = " << type;
        return message;
    }
};

template <class T, class Space>
struct matmul_right<packed_matrix<T, Space>> {
    using op = packed_matmul_op;
    TENFOLD_INLINE static tensor_view<const T, 2, Space> view(const packed_matrix<T, Space>& b) noexcept { return shape_of(b); }
    template <class A, class C, class Epilogue>
    TENFOLD_INLINE static auto arguments(const A& a, const packed_matrix<T, Space>& b, C& c, const matmul_options& options,
                                         const Epilogue& epilogue) noexcept {
        return packed_matmul_arguments(make_matmul_arguments(a, view(b), c, options, epilogue), b);
    }
};
TENFOLD_END
