// SPDX-License-Identifier: Apache-2.0
// tensor_view: pointer + extents + strides, any strides; and the views derived from a view.                [floor 1]
#pragma once

#include <tenfold/core/dtype.hpp>
#include <tenfold/core/error.hpp>    // raise
#include <tenfold/core/memory.hpp>   // host_space
#include <tenfold/core/strides.hpp>  // row_major_strides, is_contiguous

#include <array>
#include <concepts>
#include <type_traits>

TENFOLD_TYPES_BEGIN
template <class T, std::size_t Rank, class Space>
class tensor_view;
TENFOLD_TYPES_END

TENFOLD_BEGIN
/// Throws the failure; without exceptions it returns, and the caller answers with a view that every op refuses.
TENFOLD_COLD inline void report_view_failure([[maybe_unused]] const status& s) {
#if TENFOLD_HAS_EXCEPTIONS
    raise(s);
#endif
}
template <std::size_t R>
constexpr index_array<R> refused_extents() noexcept {
    index_array<R> extents{};
    for (auto& e : extents) e = -1;
    return extents;
}

template <std::size_t Rank>
TENFOLD_COLD status axis_failure(const char* op, index_t axis, const index_array<Rank>& extents) noexcept {
    return failure(status_code::shape, op) << "axis " << axis << " is out of range for a view of extents " << extents << "; use 0.."
                                           << static_cast<index_t>(Rank) - 1;
}
TENFOLD_COLD inline status slice_failure(index_t axis, index_t begin, index_t end, index_t step, index_t extent) noexcept {
    return failure(status_code::shape, "slice")
           << "[" << begin << ", " << end << ") with step " << step << " does not fit axis " << axis << " of extent " << extent
           << "; 0 <= begin <= end <= extent and step >= 1 are needed (reverse with reversed(axis))";
}
template <std::size_t Rank>
TENFOLD_COLD status permutation_failure(const index_array<Rank>& order) noexcept {
    return failure(status_code::shape, "transposed") << order << " is not a permutation of the axes 0.." << static_cast<index_t>(Rank) - 1;
}
template <std::size_t From, std::size_t To>
TENFOLD_COLD status reshape_failure(const index_array<From>& from, const index_array<To>& to, const char* why) noexcept {
    return failure(status_code::shape, "reshaped") << "extents " << from << " cannot become " << to << ": " << why;
}
template <std::size_t From, std::size_t To>
TENFOLD_COLD status broadcast_failure(const index_array<From>& from, const index_array<To>& to, std::size_t axis) noexcept {
    return failure(status_code::shape, "broadcast_to") << "extents " << from << " do not broadcast to " << to << ": axis " << axis
                                                       << " of the result must equal the source's extent, or the source's extent must be 1";
}
TENFOLD_END

TENFOLD_TYPES_BEGIN
/// Non-owning view of elements in `Space`. Copying a view copies no element.
///
/// Strides are in elements; zero (broadcast) and negative strides are legal. The stride of an axis of extent 1 is never
/// used, nor is anything of a view with an extent 0, whose pointer may be null. Views are not checked when they are
/// made: every op checks its operands. A derived view that cannot exist (slice out of range ...) throws shape_error;
/// without exceptions it comes back with extents -1, which every op refuses.
template <class T, std::size_t Rank, class Space = host_space>
class tensor_view {
public:
    static_assert(element<T>,
                  "tenfold: element types are float, double, half, bfloat16, int8_t, uint8_t, int32_t; int64_t and bool for results");
    static_assert(Rank <= 16, "tenfold: ranks above 16 are not supported");

    using element_type = T;
    using value_type = std::remove_const_t<T>;
    using space = Space;
    static constexpr std::size_t rank = Rank;

    TENFOLD_INLINE constexpr tensor_view() noexcept {}  // not defaulted: at -O0 that would leave a symbol without the ABI tag
    TENFOLD_INLINE constexpr tensor_view(T* data, const index_array<Rank>& extents) noexcept
        : data_(data), extents_(extents), strides_(row_major_strides(extents)) {}
    TENFOLD_INLINE constexpr tensor_view(T* data, const index_array<Rank>& extents, const index_array<Rank>& strides) noexcept
        : data_(data), extents_(extents), strides_(strides) {}

    /// A view of T converts to a view of T const.
    template <std::same_as<value_type> U>
        requires std::is_const_v<T>
    TENFOLD_INLINE constexpr tensor_view(const tensor_view<U, Rank, Space>& other) noexcept
        : data_(other.data()), extents_(other.extents()), strides_(other.strides()) {}

    [[nodiscard]] TENFOLD_INLINE constexpr T* data() const noexcept { return data_; }
    [[nodiscard]] TENFOLD_INLINE constexpr const index_array<Rank>& extents() const noexcept { return extents_; }
    [[nodiscard]] TENFOLD_INLINE constexpr const index_array<Rank>& strides() const noexcept { return strides_; }
    [[nodiscard]] TENFOLD_INLINE constexpr index_t extent(std::size_t axis) const noexcept { return extents_[axis]; }
    [[nodiscard]] TENFOLD_INLINE constexpr index_t stride(std::size_t axis) const noexcept { return strides_[axis]; }
    /// Number of elements.
    [[nodiscard]] TENFOLD_INLINE constexpr index_t size() const noexcept { return element_count(extents_); }
    [[nodiscard]] TENFOLD_INLINE constexpr bool empty() const noexcept { return is_empty(extents_); }
    [[nodiscard]] TENFOLD_INLINE constexpr bool contiguous() const noexcept { return is_contiguous(extents_, strides_); }
    [[nodiscard]] TENFOLD_INLINE constexpr tensor_view view() const noexcept { return *this; }

    /// The element at (i...), not bounds-checked, one index per axis.
    template <class... Index>
        requires(sizeof...(Index) == Rank && (std::convertible_to<Index, index_t> && ...))
    [[nodiscard]] TENFOLD_INLINE constexpr T& operator()(Index... i) const noexcept {
        static_assert(std::is_same_v<Space, host_space>,
                      "tenfold: elements in device memory cannot be read by the host; use copy_to(cpu{}, view)");
        return data_[offset({static_cast<index_t>(i)...})];
    }
    [[nodiscard]] TENFOLD_INLINE constexpr T& operator()(const index_array<Rank>& i) const noexcept { return data_[offset(i)]; }

    /// All axes in reverse order: the transpose of a matrix.
    [[nodiscard]] TENFOLD_INLINE constexpr tensor_view transposed() const noexcept {
        tensor_view result(*this);
        for (std::size_t i = 0; i < Rank; ++i) {
            result.extents_[i] = extents_[Rank - 1 - i];
            result.strides_[i] = strides_[Rank - 1 - i];
        }
        return result;
    }

    /// Axis i of the result is axis order[i] of this view.
    [[nodiscard]] TENFOLD_INLINE constexpr tensor_view transposed(const index_array<Rank>& order) const {
        tensor_view result(*this);
        std::uint32_t seen = 0;
        for (std::size_t i = 0; i < Rank; ++i) {
            if (order[i] < 0 || order[i] >= static_cast<index_t>(Rank) || (seen & (1u << order[i])) != 0) {
                report_view_failure(permutation_failure(order));
                return refused();
            }
            seen |= 1u << order[i];
            result.extents_[i] = extents_[static_cast<std::size_t>(order[i])];
            result.strides_[i] = strides_[static_cast<std::size_t>(order[i])];
        }
        return result;
    }

    /// Elements begin, begin + step, ... below end, of one axis.
    [[nodiscard]] TENFOLD_INLINE constexpr tensor_view slice(index_t axis, index_t begin, index_t end, index_t step = 1) const {
        if (axis < 0 || axis >= static_cast<index_t>(Rank)) {
            report_view_failure(axis_failure("slice", axis, extents_));
            return refused();
        }
        const auto i = static_cast<std::size_t>(axis);
        if (begin < 0 || end < begin || end > extents_[i] || step < 1) {
            report_view_failure(slice_failure(axis, begin, end, step, extents_[i]));
            return refused();
        }
        tensor_view result(*this);
        result.extents_[i] = (end - begin) / step + ((end - begin) % step != 0 ? 1 : 0);
        if (begin != 0 && !result.empty()) result.data_ += begin * strides_[i];
        if (result.extents_[i] > 1 && !result.empty()) result.strides_[i] = strides_[i] * step;
        return result;
    }

    /// The axis read backwards: a negative stride.
    [[nodiscard]] TENFOLD_INLINE constexpr tensor_view reversed(index_t axis) const {
        if (axis < 0 || axis >= static_cast<index_t>(Rank)) {
            report_view_failure(axis_failure("reversed", axis, extents_));
            return refused();
        }
        const auto i = static_cast<std::size_t>(axis);
        tensor_view result(*this);
        if (empty() || extents_[i] == 1) return result;
        result.data_ += (extents_[i] - 1) * strides_[i];
        result.strides_[i] = -strides_[i];
        return result;
    }

    /// The same elements under other extents; this view must be contiguous. No element is copied.
    template <std::size_t NewRank>
    [[nodiscard]] TENFOLD_INLINE constexpr tensor_view<T, NewRank, Space> reshaped(const index_array<NewRank>& extents) const {
        offset_range ignored{};
        const bool legal = check_shape(extents, row_major_strides(extents), sizeof(T), ignored) == shape_problem::none;
        if (!legal || element_count(extents) != size()) {
            report_view_failure(reshape_failure(extents_, extents, "the numbers of elements differ"));
            return {nullptr, refused_extents<NewRank>()};
        }
        if (!contiguous()) {
            report_view_failure(reshape_failure(extents_, extents, "the view is not contiguous; copy() it first"));
            return {nullptr, refused_extents<NewRank>()};
        }
        return {data_, extents};
    }

    /// The view repeated along new leading axes and along axes of extent 1, by strides 0: an input, never an output.
    template <std::size_t NewRank>
    [[nodiscard]] TENFOLD_INLINE constexpr tensor_view<T, NewRank, Space> broadcast_to(const index_array<NewRank>& extents) const {
        static_assert(NewRank >= Rank, "tenfold: broadcast_to cannot drop axes");
        constexpr std::size_t leading = NewRank - Rank;
        index_array<NewRank> strides{};
        for (std::size_t i = 0; i < Rank; ++i) {
            if (extents_[i] != extents[leading + i] && extents_[i] != 1) {
                report_view_failure(broadcast_failure(extents_, extents, leading + i));
                return {nullptr, refused_extents<NewRank>()};
            }
            strides[leading + i] = extents_[i] == 1 ? 0 : strides_[i];
        }
        return {data_, extents, strides};
    }

private:
    TENFOLD_INLINE constexpr index_t offset(const index_array<Rank>& i) const noexcept {
        index_t sum = 0;
        for (std::size_t axis = 0; axis < Rank; ++axis) {
            if (extents_[axis] != 1) sum += i[axis] * strides_[axis];
        }
        return sum;
    }
    TENFOLD_INLINE static constexpr tensor_view refused() noexcept { return {nullptr, refused_extents<Rank>()}; }

    T* data_ = nullptr;
    index_array<Rank> extents_{};
    index_array<Rank> strides_{};
};
static_assert(sizeof(tensor_view<float, 2>) == 40 && sizeof(tensor_view<float, 0>) <= 16 &&
              std::is_trivially_copyable_v<tensor_view<float, 2>>);
TENFOLD_TYPES_END

TENFOLD_BEGIN
/// What ops accept as an operand: a tensor_view or anything whose view() is one (tensor).
template <class X>
concept viewable = requires(X&& x) {
    requires std::same_as<std::remove_cvref_t<decltype(x.view())>,
                          tensor_view<typename std::remove_cvref_t<X>::element_type, std::remove_cvref_t<X>::rank,
                                      typename std::remove_cvref_t<X>::space>> ||
                 std::same_as<std::remove_cvref_t<decltype(x.view())>,
                              tensor_view<const typename std::remove_cvref_t<X>::element_type, std::remove_cvref_t<X>::rank,
                                          typename std::remove_cvref_t<X>::space>>;
};
/// An operand that an op may write.
template <class X>
concept writable = viewable<X> && requires(X&& x) { requires !std::is_const_v<typename decltype(x.view())::element_type>; };

template <class X>
using view_of = decltype(std::declval<X&>().view());
template <class X>
using value_of = typename view_of<X>::value_type;
template <class X>
using space_of = typename view_of<X>::space;
template <class X>
inline constexpr std::size_t rank_of = view_of<X>::rank;

/// The operand as a view of const elements.
template <viewable X>
TENFOLD_INLINE constexpr auto input_view(const X& x) noexcept -> tensor_view<const value_of<X>, rank_of<X>, space_of<X>> {
    return x.view();
}
TENFOLD_END
