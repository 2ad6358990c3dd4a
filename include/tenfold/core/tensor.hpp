// SPDX-License-Identifier: Apache-2.0
// tensor: owning, row-major, 64-byte aligned, uninitialised elements.                                      [floor 1]
#pragma once

#include <tenfold/core/tensor_view.hpp>

#include <utility>

TENFOLD_BEGIN
template <std::size_t Rank>
TENFOLD_COLD status extents_failure(shape_problem problem, const index_array<Rank>& extents) noexcept {
    failure message(status_code::shape, "tensor");
    message << "extents " << extents;
    if (problem == shape_problem::negative_extent) return message << " hold a negative value; extents are >= 0";
    return message << " need more than 2^63 - 1 bytes; use smaller extents";
}
template <std::size_t Rank>
TENFOLD_COLD status allocation_failure(const index_array<Rank>& extents, index_t bytes) noexcept {
    return failure(status_code::out_of_memory, "tensor") << "no memory for extents " << extents << ": " << bytes << " bytes";
}
TENFOLD_END

TENFOLD_TYPES_BEGIN
/// Owns `size()` elements in `Space`, row-major without gaps, aligned to tensor_alignment, uninitialised. Move-only:
/// a copy is made by clone(), where it can be seen. Memory comes from `resource`, or from the C library.
///
/// Errors  the constructors throw shape_error (negative or overflowing extents) or std::bad_alloc. allocate() returns
///         the same as a status; without exceptions a constructor that fails leaves a tensor without elements.
template <class T, std::size_t Rank, class Space = host_space>
class tensor {
public:
    static_assert(!std::is_const_v<T>, "tenfold: a tensor owns mutable elements; use tensor_view<const T, Rank> for read-only access");
    using element_type = T;
    using value_type = T;
    using space = Space;
    static constexpr std::size_t rank = Rank;

    tensor() = default;
    TENFOLD_INLINE explicit tensor(const index_array<Rank>& extents, memory_resource* resource = nullptr)
        requires std::is_same_v<Space, host_space>
    {
        [[maybe_unused]] const status s = allocate(extents, *this, resource);
#if TENFOLD_HAS_EXCEPTIONS
        if (!s.ok()) raise(s);
#endif
    }
    TENFOLD_INLINE ~tensor() { release(); }
    tensor(const tensor&) = delete;
    tensor& operator=(const tensor&) = delete;
    TENFOLD_INLINE tensor(tensor&& other) noexcept
        : view_(std::exchange(other.view_, {})), resource_(std::exchange(other.resource_, nullptr)) {}
    TENFOLD_INLINE tensor& operator=(tensor&& other) noexcept {
        if (this != &other) {
            release();
            view_ = std::exchange(other.view_, {});
            resource_ = std::exchange(other.resource_, nullptr);
        }
        return *this;
    }

    /// Makes `result` a tensor of the given extents, or leaves it as it was and says why not.
    TENFOLD_INLINE static status allocate(const index_array<Rank>& extents, tensor& result, memory_resource* resource = nullptr) noexcept {
        offset_range range{};
        const shape_problem problem = check_shape(extents, row_major_strides(extents), sizeof(T), range);
        if (problem != shape_problem::none) return extents_failure(problem, extents);
        const index_t bytes = element_count(extents) * static_cast<index_t>(sizeof(T));
        T* data = nullptr;
        if (bytes > 0) {
            data = static_cast<T*>(allocate_host(resource, static_cast<std::size_t>(bytes), tensor_alignment));
            if (data == nullptr) return allocation_failure(extents, bytes);
        }
        result = tensor(tensor_view<T, Rank, Space>(data, extents), resource);
        return {};
    }

    /// Takes over `owned`, made by `resource` (null: the C library) with tensor_alignment: for backends with memory of their own.
    TENFOLD_INLINE static tensor adopt(tensor_view<T, Rank, Space> owned, memory_resource* resource) noexcept {
        return tensor(owned, resource);
    }

    /// A copy of its own, from the same resource. Throws as the constructor does.
    [[nodiscard]] TENFOLD_INLINE tensor clone() const
        requires std::is_same_v<Space, host_space>
    {
        tensor copy(extents(), resource_);
        for (index_t i = 0; i < copy.size(); ++i) copy.data()[i] = data()[i];
        return copy;
    }

    [[nodiscard]] TENFOLD_INLINE tensor_view<T, Rank, Space> view() noexcept { return view_; }
    [[nodiscard]] TENFOLD_INLINE tensor_view<const T, Rank, Space> view() const noexcept { return view_; }
    TENFOLD_INLINE operator tensor_view<T, Rank, Space>() noexcept { return view_; }
    TENFOLD_INLINE operator tensor_view<const T, Rank, Space>() const noexcept { return view_; }

    [[nodiscard]] TENFOLD_INLINE T* data() noexcept { return view_.data(); }
    [[nodiscard]] TENFOLD_INLINE const T* data() const noexcept { return view_.data(); }
    [[nodiscard]] TENFOLD_INLINE const index_array<Rank>& extents() const noexcept { return view_.extents(); }
    [[nodiscard]] TENFOLD_INLINE const index_array<Rank>& strides() const noexcept { return view_.strides(); }
    [[nodiscard]] TENFOLD_INLINE index_t extent(std::size_t axis) const noexcept { return view_.extent(axis); }
    [[nodiscard]] TENFOLD_INLINE index_t stride(std::size_t axis) const noexcept { return view_.stride(axis); }
    [[nodiscard]] TENFOLD_INLINE index_t size() const noexcept { return view_.size(); }
    [[nodiscard]] TENFOLD_INLINE bool empty() const noexcept { return view_.empty(); }
    [[nodiscard]] TENFOLD_INLINE bool contiguous() const noexcept { return true; }

    template <class... Index>
    [[nodiscard]] TENFOLD_INLINE T& operator()(Index... i) noexcept
        requires requires(tensor_view<T, Rank, Space> v) { v(i...); }
    {
        return view_(i...);
    }
    template <class... Index>
    [[nodiscard]] TENFOLD_INLINE const T& operator()(Index... i) const noexcept
        requires requires(tensor_view<T, Rank, Space> v) { v(i...); }
    {
        return view_(i...);
    }

    [[nodiscard]] TENFOLD_INLINE auto transposed() noexcept { return view_.transposed(); }
    [[nodiscard]] TENFOLD_INLINE auto transposed() const noexcept { return view().transposed(); }
    [[nodiscard]] TENFOLD_INLINE auto transposed(const index_array<Rank>& order) { return view_.transposed(order); }
    [[nodiscard]] TENFOLD_INLINE auto transposed(const index_array<Rank>& order) const { return view().transposed(order); }
    [[nodiscard]] TENFOLD_INLINE auto slice(index_t axis, index_t begin, index_t end, index_t step = 1) {
        return view_.slice(axis, begin, end, step);
    }
    [[nodiscard]] TENFOLD_INLINE auto slice(index_t axis, index_t begin, index_t end, index_t step = 1) const {
        return view().slice(axis, begin, end, step);
    }
    template <std::size_t NewRank>
    [[nodiscard]] TENFOLD_INLINE auto reshaped(const index_array<NewRank>& e) {
        return view_.reshaped(e);
    }
    template <std::size_t NewRank>
    [[nodiscard]] TENFOLD_INLINE auto reshaped(const index_array<NewRank>& e) const {
        return view().reshaped(e);
    }
    template <std::size_t NewRank>
    [[nodiscard]] TENFOLD_INLINE auto broadcast_to(const index_array<NewRank>& e) const {
        return view().broadcast_to(e);
    }

private:
    TENFOLD_INLINE tensor(tensor_view<T, Rank, Space> owned, memory_resource* resource) noexcept : view_(owned), resource_(resource) {}
    TENFOLD_INLINE void release() noexcept {
        if (view_.data() == nullptr) return;
        deallocate_host(resource_, view_.data(), static_cast<std::size_t>(view_.size()) * sizeof(T), tensor_alignment);
        view_ = {};
    }

    tensor_view<T, Rank, Space> view_{};
    memory_resource* resource_ = nullptr;
};
TENFOLD_TYPES_END
