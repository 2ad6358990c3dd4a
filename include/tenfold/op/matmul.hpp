// SPDX-License-Identifier: Apache-2.0
// matmul: its options, checks, counts and overloads. How it is computed: kernel/<backend>/matmul.hpp.       [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/check.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/op/functor/epilogue.hpp>

#include <cmath>
#include <new>

TENFOLD_BEGIN
struct matmul_op;

struct matmul_options {
    double alpha = 1;  ///< scales a b; 0: a and b are not read. For integer types an integer
    double beta = 0;   ///< scales the old c; 0: c is not read. For integer types an integer
    std::int32_t a_zero_point = 0;  ///< subtracted from every element of a; for 8-bit types, and one of their values
    std::int32_t b_zero_point = 0;  ///< the same for b
};

/// Operands of one checked matmul. All views have the rank of c; axes of extent 1 in a and b broadcast by stride 0.
template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
struct matmul_arguments {
    using op = matmul_op;
    using a_type = A;
    using b_type = B;
    using c_type = C;
    using epilogue_type = Epilogue;
    using space = Space;
    static constexpr std::size_t rank = Rank;

    tensor_view<const A, Rank, Space> a;  // (..., m, k)
    tensor_view<const B, Rank, Space> b;  // (..., k, n)
    tensor_view<C, Rank, Space> c;        // (..., m, n)
    matmul_options options;
    Epilogue epilogue;
    status shape;  ///< of the leading axes, found while they were broadcast

    /// Member by member: as an aggregate, g++ 12 clears the whole object first, messages included (10 ns).
    TENFOLD_INLINE matmul_arguments(const tensor_view<C, Rank, Space>& output, const matmul_options& o, const Epilogue& e)
        : c(output), options(o), epilogue(e) {}

    [[nodiscard]] TENFOLD_INLINE index_t m() const noexcept { return c.extent(Rank - 2); }
    [[nodiscard]] TENFOLD_INLINE index_t n() const noexcept { return c.extent(Rank - 1); }
    [[nodiscard]] TENFOLD_INLINE index_t k() const noexcept { return a.extent(Rank - 1); }
    [[nodiscard]] TENFOLD_INLINE index_t batch() const noexcept {
        index_t count = 1;
        for (std::size_t i = 0; i + 2 < Rank; ++i) count *= c.extent(i);
        return count;
    }
};

struct matmul_op {
    static constexpr const char* name = "matmul";

    /// Multiply-adds count 2.
    [[nodiscard]] static constexpr index_t flops(index_t batch, index_t m, index_t n, index_t k) noexcept { return 2 * batch * m * n * k; }
    template <class Arguments>
    [[nodiscard]] static index_t flops(const Arguments& x) noexcept {
        return x.options.alpha == 0 ? 0 : flops(x.batch(), x.m(), x.n(), x.k());
    }
    /// Each element of a, b and c once; of c twice where it is also read.
    template <class Arguments>
    [[nodiscard]] static index_t bytes(const Arguments& x) noexcept {
        const index_t inputs = x.options.alpha == 0
                                   ? 0
                                   : x.k() * (x.m() * batches_of(x.a) * static_cast<index_t>(sizeof(typename Arguments::a_type)) +
                                              x.n() * batches_of(x.b) * static_cast<index_t>(sizeof(typename Arguments::b_type)));
        return inputs + (x.options.beta != 0 ? 2 : 1) * x.c.size() * static_cast<index_t>(sizeof(typename Arguments::c_type));
    }

    /// Largest k for which every sum of products fits the accumulator; 0: no limit. Without zero points 33025 for u8 u8, 65793
    /// for mixed signs and 131071 for s8 s8: 2^31 - 1 over 255^2, 255 * 128, 128^2.
    template <class A, class B>
    [[nodiscard]] static constexpr index_t max_k(const matmul_options& options = {}) noexcept {
        if constexpr (sizeof(A) > 1 || sizeof(B) > 1) return 0;
        return ((index_t{1} << 31) - 1) / (largest_difference<A>(options.a_zero_point) * largest_difference<B>(options.b_zero_point));
    }

    /// The operands of a planned call and of another run of it.
    template <class Arguments>
    [[nodiscard]] static status check_same(const Arguments& planned, const Arguments& given) noexcept {
        if (status s = check_planned(name, "a", planned.a, given.a); !s.ok()) return s;
        if (status s = check_planned(name, "b", planned.b, given.b); !s.ok()) return s;
        return check_planned(name, "c", planned.c, given.c);
    }

    template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    [[nodiscard]] static status check(const matmul_arguments<A, B, C, Rank, Epilogue, Space>& x) noexcept {
        if constexpr (Rank == 2 && is_floating_v<A> && std::is_same_v<Epilogue, identity>) {
            if (is_plain(x)) return {};
        }
        if (!x.shape.ok()) [[unlikely]]
            return x.shape;
        named_operand a{"a", x.a};
        named_operand b{"b", x.b};
        named_operand c{"c", x.c};
        const index_t k = x.k();
        if (x.b.extent(Rank - 2) != k) [[unlikely]]
            return inner_extent_failure(x.a.extents(), x.b.extents());
        if (x.a.extent(Rank - 2) != x.m() || x.b.extent(Rank - 1) != x.n()) [[unlikely]]
            return output_extent_failure(x.a.extents(), x.b.extents(), x.c.extents());
        if (status s = check_output(name, c); !s.ok()) return s;
        if (x.options.alpha != 0) {  // otherwise a and b are not read
            if (status s = check_operand(name, a); !s.ok()) return s;
            if (status s = check_operand(name, b); !s.ok()) return s;
            if (status s = check_disjoint(name, c, a); !s.ok()) return s;
            if (status s = check_disjoint(name, c, b); !s.ok()) return s;
        }
        if constexpr (is_integer_v<accumulator_t<A>>) {
            if (!is_whole(x.options.alpha) || !is_whole(x.options.beta)) return scale_failure();
        }
        if constexpr (sizeof(A) == 1) {
            if (!is_value_of<A>(x.options.a_zero_point)) return zero_point_failure("a", x.options.a_zero_point, dtype_traits<A>::name);
            if (!is_value_of<B>(x.options.b_zero_point)) return zero_point_failure("b", x.options.b_zero_point, dtype_traits<B>::name);
            if (const index_t most = max_k<A, B>(x.options); k > most) return depth_failure(k, most);
        } else if ((x.options.a_zero_point | x.options.b_zero_point) != 0) [[unlikely]] {
            return zero_point_failure(x.options.a_zero_point != 0 ? "a" : "b",
                                      x.options.a_zero_point != 0 ? x.options.a_zero_point : x.options.b_zero_point, nullptr);
        }
        return check_epilogue_apart(x.epilogue, name, c);
    }

private:
    /// Three small row-major matrices that fit, are there and lie apart: what most calls bring, told in a few nanoseconds.
    template <class Arguments>
    TENFOLD_INLINE static bool is_plain(const Arguments& x) noexcept {
        const index_t m = x.c.extent(0), n = x.c.extent(1), k = x.a.extent(1);
        const index_t a_row = x.a.stride(0), b_row = x.b.stride(0), c_row = x.c.stride(0);
        constexpr index_t least = 1, most = (index_t{1} << 24) - 1;
        const bool fits = x.a.extent(0) == m && x.b.extent(0) == k && x.b.extent(1) == n;
        const bool bounded = (((m - least) | (n - least) | (k - least) | a_row | b_row | c_row) & ~most) == 0;
        const bool rows = x.a.stride(1) == 1 && x.b.stride(1) == 1 && x.c.stride(1) == 1 && c_row >= n;
        const auto begin = [](const auto& v) { return reinterpret_cast<std::uintptr_t>(v.data()); };
        const auto end = [](const auto& v) {
            const index_t span = (v.extent(0) - 1) * v.stride(0) + v.extent(1);
            return reinterpret_cast<std::uintptr_t>(v.data()) + static_cast<std::uintptr_t>(span) * sizeof(*v.data());
        };
        if ((x.options.a_zero_point | x.options.b_zero_point) != 0) return false;
        if (!(fits && bounded && rows) || begin(x.a) == 0 || begin(x.b) == 0 || begin(x.c) == 0) return false;
        return (end(x.a) <= begin(x.c) || end(x.c) <= begin(x.a)) && (end(x.b) <= begin(x.c) || end(x.c) <= begin(x.b));
    }
    /// Matrices behind leading axes, those repeated by stride 0 counted once.
    template <class View>
    static index_t batches_of(const View& v) noexcept {
        index_t count = 1;
        for (std::size_t i = 0; i + 2 < View::rank; ++i) count *= v.stride(i) == 0 ? 1 : v.extent(i);
        return count;
    }
    /// Of an 8-bit element and a zero point.
    template <class T>
    static constexpr index_t largest_difference(index_t zero) noexcept {
        constexpr index_t low = std::is_signed_v<T> ? -128 : 0;
        const index_t below = zero - low, above = low + 255 - zero;
        return below > above ? below : above;
    }
    template <class T>
    static constexpr bool is_value_of(std::int32_t zero) noexcept {
        return static_cast<std::int32_t>(static_cast<T>(zero)) == zero;
    }
    static bool is_whole(double value) noexcept { return std::abs(value) <= 0x1p31 && std::trunc(value) == value; }

    template <std::size_t Rank>
    TENFOLD_COLD static status inner_extent_failure(const index_array<Rank>& a, const index_array<Rank>& b) noexcept {
        return failure(status_code::shape, name)
               << "inner extents differ: a is " << a << ", b is " << b << "; a.extent(" << Rank - 1 << ") = " << a[Rank - 1]
               << " must equal b.extent(" << Rank - 2 << ") = " << b[Rank - 2] << ". Pass b.transposed() if b is stored as (n, k)";
    }
    template <std::size_t Rank>
    TENFOLD_COLD static status output_extent_failure(const index_array<Rank>& a, const index_array<Rank>& b,
                                                     const index_array<Rank>& c) noexcept {
        const bool rows = a[Rank - 2] != c[Rank - 2];
        const std::size_t axis = rows ? Rank - 2 : Rank - 1;
        return failure(status_code::shape, name)
               << "a is " << a << ", b is " << b << ", c is " << c << "; c.extent(" << axis << ") = " << c[axis] << " must equal "
               << (rows ? "a" : "b") << ".extent(" << axis << ") = " << (rows ? a[axis] : b[axis]) << ". Give c the extents (..., m, n)";
    }
    TENFOLD_COLD static status scale_failure() noexcept {
        return failure(status_code::shape, name) << "alpha and beta must be whole numbers of at most 2^31 for integer types; "
                                                    "scale in the epilogue with scale(s) or convert() first";
    }
    /// `type`: of the 8-bit operand; null: there are none.
    TENFOLD_COLD static status zero_point_failure(const char* operand, std::int32_t zero, const char* type) noexcept {
        failure message(status_code::shape, name);
        message << operand << "_zero_point = " << zero;
        if (type == nullptr) return message << ", but only 8-bit integers have zero points. Leave it 0";
        return message << " is not a value of " << type << ". Use " << (type[0] == 's' ? "-128..127" : "0..255");
    }
    TENFOLD_COLD static status depth_failure(index_t k, index_t limit) noexcept {
        return failure(status_code::shape, name) << "k = " << k << " exceeds " << limit
                                                 << ", the largest depth for which the int32 sum of these 8-bit products is exact. "
                                                    "Split k, or convert() to int32 or float first";
    }
};

/// Largest rank of the operands.
template <class A, class B>
inline constexpr std::size_t matmul_rank = rank_of<A> > rank_of<B> ? rank_of<A> : rank_of<B>;

/// Element type of the result that is returned: T for floats, int32 for 8-bit integers.
template <class A, class B>
using matmul_value = std::conditional_t<is_floating_v<value_of<A>>, value_of<A>, accumulator_t<value_of<A>>>;

template <class A, class B, class C>
consteval void require_matmul_types() {
    constexpr bool bytes = sizeof(value_of<A>) == 1 && sizeof(value_of<B>) == 1;
    static_assert(rank_of<A> >= 2 && rank_of<B> >= 2,
                  "tenfold: matmul takes operands of rank >= 2; use reshaped() to make a vector a matrix");
    static_assert(
        dtype<value_of<A>> && dtype<value_of<B>> && (std::is_same_v<value_of<A>, value_of<B>> || bytes),
        "tenfold: matmul takes a and b of one type: float, double, half, bfloat16 or int32_t; int8_t and uint8_t mix. Use convert()");
    static_assert(std::is_same_v<C, value_of<A>> || std::is_same_v<C, accumulator_t<value_of<A>>> || (bytes && std::is_same_v<C, float>),
                  "tenfold: matmul writes c of the inputs' type or of their accumulator (float for half and bfloat16, int32_t or, after "
                  "the epilogue, float for 8-bit)");
    static_assert(!(bytes && sizeof(C) == 1), "tenfold: matmul of 8-bit integers writes int32_t (or float after the epilogue)");
}

/// Views of a and b broadcast over the leading axes of c.
template <std::size_t Rank, class T, std::size_t From, class Space>
TENFOLD_INLINE tensor_view<const T, Rank, Space> broadcast_leading(tensor_view<const T, From, Space> x, const index_array<Rank>& like,
                                                                   const char* operand, status& shape) noexcept {
    index_array<Rank> extents = like;
    index_array<Rank> strides{};
    constexpr std::size_t leading = Rank - From;
    for (std::size_t i = 0; i < From; ++i) {
        const std::size_t at = leading + i;
        strides[at] = x.stride(i);
        if (at + 2 >= Rank) {
            extents[at] = x.extent(i);
        } else if (x.extent(i) == 1) {
            strides[at] = 0;
        } else if (x.extent(i) != like[at]) [[unlikely]] {
            shape = failure(status_code::shape, "matmul")
                    << "leading axes do not broadcast: " << operand << " is " << x.extents() << ", c is " << like << "; " << operand
                    << ".extent(" << i << ") = " << x.extent(i) << " must be 1 or c.extent(" << at << ") = " << like[at];
        }
    }
    return {x.data(), extents, strides};
}

template <class A, class B, class C, class Epilogue>
TENFOLD_INLINE auto make_matmul_arguments(const A& a, const B& b, C& c, const matmul_options& options, const Epilogue& epilogue) noexcept {
    constexpr std::size_t rank = rank_of<C>;
    static_assert(rank >= matmul_rank<A, B>, "tenfold: matmul needs c of the rank of the larger operand");
    static_assert(std::is_same_v<space_of<A>, space_of<C>> && std::is_same_v<space_of<B>, space_of<C>>,
                  "tenfold: matmul takes operands of one memory space");
    static_assert(
        epilogue_for<Epilogue, accumulator_t<value_of<A>>, rank>,
        "tenfold: the epilogue of matmul is a functor (accumulator, index...) -> value with one index per axis of c; gelu and silu "
        "need a floating-point accumulator");
    require_matmul_types<A, B, value_of<C>>();
    matmul_arguments<value_of<A>, value_of<B>, value_of<C>, rank, Epilogue, space_of<C>> x(c.view(), options, epilogue);
    x.a = broadcast_leading<rank>(input_view(a), c.view().extents(), "a", x.shape);
    x.b = broadcast_leading<rank>(input_view(b), c.view().extents(), "b", x.shape);
    if (x.shape.ok()) x.shape = bind_epilogue(x.epilogue, output_shape<rank>{"matmul", c.view().extents(), rank - 1});
    return x;
}

/// Extents of a b: broadcast leading axes, then (m, n). Extents that do not fit are found by the op's check.
template <class A, class B>
TENFOLD_INLINE index_array<matmul_rank<A, B>> matmul_extents(const A& a, const B& b) noexcept {
    constexpr std::size_t rank = matmul_rank<A, B>;
    index_array<rank> extents{};
    for (auto& e : extents) e = 1;
    const auto widen = [&](const auto& x) {
        constexpr std::size_t own = rank_of<decltype(x)>;
        for (std::size_t i = 0; i + 2 < own; ++i) {
            index_t& e = extents[rank - own + i];
            if (e == 1) e = x.view().extent(i);
        }
    };
    widen(a);
    widen(b);
    extents[rank - 2] = a.view().extent(rank_of<A> - 2);
    extents[rank - 1] = b.view().extent(rank_of<B> - 1);
    return extents;
}

template <class E>
concept not_an_operand = !viewable<E> && !std::same_as<std::remove_cvref_t<E>, matmul_options>;

/// What b may be: a view or tensor here, a packed matrix in op/pack.hpp.
template <class B>
struct matmul_right {};
template <viewable B>
struct matmul_right<B> {
    using op = matmul_op;
    TENFOLD_INLINE static auto view(const B& b) noexcept { return input_view(b); }
    template <class A, class C, class Epilogue>
    TENFOLD_INLINE static auto arguments(const A& a, const B& b, C& c, const matmul_options& options, const Epilogue& epilogue) noexcept {
        return make_matmul_arguments(a, b, c, options, epilogue);
    }
};
template <class B>
concept right_operand = requires(const B& b) { matmul_right<B>::view(b); };
template <class B>
using right_view = decltype(matmul_right<B>::view(std::declval<const B&>()));

/// c <- epilogue(alpha (a - a_zero_point)(b - b_zero_point) + beta c), over the last two axes; leading axes broadcast.
///
/// Shapes     a (..., m, k), b (..., k, n), c (..., m, n). Leading axes of a and b are missing, 1, or c's.
/// Layout     any strides, zero and negative included; fastest when the last axis of each is contiguous. No operand is
///            copied as a whole: panels of it pass through scratch.
/// Types      a, b: T, sums in accumulator_t<T>: float for half and bfloat16, exact int32 for 8-bit (mixed signs allowed),
///            int32 modulo 2^32. c: T or accumulator_t<T>; 8-bit: int32, or float after the epilogue.
/// Special    beta == 0: c is written, never read. alpha == 0: a and b are not read. k == 0: c <- epilogue(beta c). m, n or
///            a batch extent 0: nothing. NaN and Inf follow IEEE 754; no product is skipped.
/// Aliasing   a and b may overlap; c overlaps neither: shape_error. An add(residual) may be c itself.
/// Errors     shape_error, unsupported_error, std::bad_alloc; the std::nothrow overload returns the same as status. Before any
///            write; only an exception of the epilogue comes after, and leaves c unspecified.
/// Accuracy   alpha = 1, beta = 0: |c - exact| <= gamma(kc + ceil(k / kc)) |a||b| element-wise, gamma(n) = n u / (1 - n u), kc the
///            depth of a block (cpu; blocking.hpp), plus one rounding to c's type. reference: u of double. [Higham 2002, section 3]
/// Cost       2 m n k flop per batch; bytes >= (m k + k n) read + m n written.
/// Completes  on return for reference and cpu.
/// Bits       depend on shapes, strides, dtypes and active_isa(); not on threads, arena or alignment.
/// Source     Goto & van de Geijn 2008 (blocking); Low et al. 2016 (block sizes).
template <backend Backend, viewable A, right_operand B, writable C, class Epilogue = identity>
    requires not_an_operand<Epilogue>
TENFOLD_INLINE void matmul(const Backend& where, const A& a, const B& b, C&& c, const matmul_options& options = {},
                           const Epilogue& epilogue = {}) {
    require_callable<typename matmul_right<B>::op, Backend, A, right_view<B>, C>();
    invoke<typename matmul_right<B>::op>(where, matmul_right<B>::arguments(a, b, c, options, epilogue));
}
template <backend Backend, viewable A, right_operand B, writable C, not_an_operand Epilogue>
TENFOLD_INLINE void matmul(const Backend& where, const A& a, const B& b, C&& c, const Epilogue& epilogue) {
    matmul(where, a, b, c, matmul_options{}, epilogue);
}
template <backend Backend, viewable A, right_operand B, writable C, class Epilogue = identity>
    requires not_an_operand<Epilogue>
[[nodiscard]] TENFOLD_INLINE status matmul(std::nothrow_t, const Backend& where, const A& a, const B& b, C&& c,
                                           const matmul_options& options = {}, const Epilogue& epilogue = {}) noexcept {
    require_callable<typename matmul_right<B>::op, Backend, A, right_view<B>, C>();
    return invoke_nothrow<typename matmul_right<B>::op>(where, matmul_right<B>::arguments(a, b, c, options, epilogue));
}
template <backend Backend, viewable A, right_operand B, writable C, not_an_operand Epilogue>
[[nodiscard]] TENFOLD_INLINE status matmul(std::nothrow_t, const Backend& where, const A& a, const B& b, C&& c,
                                           const Epilogue& epilogue) noexcept {
    return matmul(std::nothrow, where, a, b, c, matmul_options{}, epilogue);
}
/// The same, returning a new tensor of T (int32 for 8-bit types). beta must be 0: there is no old c.
template <backend Backend, viewable A, right_operand B, class Epilogue = identity>
    requires not_an_operand<Epilogue>
[[nodiscard]] TENFOLD_INLINE auto matmul(const Backend& where, const A& a, const B& b, const matmul_options& options = {},
                                         const Epilogue& epilogue = {}) {
    require_callable<typename matmul_right<B>::op, Backend, A, right_view<B>>();
    auto c = allocate_result<matmul_value<A, right_view<B>>>(where, matmul_extents(a, matmul_right<B>::view(b)));
    matmul_options fresh = options;
    fresh.beta = 0;
    matmul(where, a, b, c, fresh, epilogue);
    return c;
}
template <backend Backend, viewable A, right_operand B, not_an_operand Epilogue>
[[nodiscard]] TENFOLD_INLINE auto matmul(const Backend& where, const A& a, const B& b, const Epilogue& epilogue) {
    return matmul(where, a, b, matmul_options{}, epilogue);
}

/// The arguments of a call, for plan() and explain(), and those of another run of a plan.
template <viewable A, right_operand B, writable C, class Epilogue = identity>
    requires not_an_operand<Epilogue>
TENFOLD_INLINE auto arguments_of(matmul_op, const A& a, const B& b, C&& c, const matmul_options& options = {},
                                 const Epilogue& epilogue = {}) noexcept {
    return matmul_right<B>::arguments(a, b, c, options, epilogue);
}
template <viewable A, right_operand B, writable C, not_an_operand Epilogue>
TENFOLD_INLINE auto arguments_of(matmul_op op, const A& a, const B& b, C&& c, const Epilogue& epilogue) noexcept {
    return arguments_of(op, a, b, c, matmul_options{}, epilogue);
}
template <class Planned, viewable A, right_operand B, writable C>
TENFOLD_INLINE auto rebound(matmul_op, const Planned& planned, const A& a, const B& b, C&& c) noexcept {
    return matmul_right<B>::arguments(a, b, c, planned.options, planned.epilogue);
}
template <class Planned, viewable A, right_operand B, writable C, not_an_operand Epilogue>
TENFOLD_INLINE auto rebound(matmul_op, const Planned& planned, const A& a, const B& b, C&& c, const Epilogue& epilogue) noexcept {
    return matmul_right<B>::arguments(a, b, c, planned.options, epilogue);
}
TENFOLD_END
