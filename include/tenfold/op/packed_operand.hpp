// SPDX-License-Identifier: Apache-2.0
// packed_operand: an operand in the order in which a backend's kernel reads it, arranged once for many calls. [floor 3]
#pragma once

#include <tenfold/core/tensor.hpp>

#include <utility>

TENFOLD_TYPES_BEGIN
/// An operand of `Rank` axes as a backend arranged it: owns its memory, refers to nothing. Move-only; a copy is made by clone().
/// `Layout` says how it lies: written by the backend that packed it, compared by the one that computes with it.
template <class T, std::size_t Rank, class Layout, class Space = host_space>
class packed_operand {
public:
    using value_type = T;
    using space = Space;
    static constexpr std::size_t rank = Rank;

    TENFOLD_INLINE packed_operand() noexcept {}
    TENFOLD_INLINE ~packed_operand() {}
    packed_operand(const packed_operand&) = delete;
    packed_operand& operator=(const packed_operand&) = delete;
    TENFOLD_INLINE packed_operand(packed_operand&& other) noexcept
        : memory_(std::move(other.memory_)), extents_(std::exchange(other.extents_, {})), layout_(std::exchange(other.layout_, {})) {}
    TENFOLD_INLINE packed_operand& operator=(packed_operand&& other) noexcept {
        if (this != &other) {
            memory_ = std::move(other.memory_);
            extents_ = std::exchange(other.extents_, {});
            layout_ = std::exchange(other.layout_, {});
        }
        return *this;
    }

    /// Room for what a backend arranges: `bytes` of uninitialised memory, aligned to tensor_alignment. `result` is unchanged where
    /// there is none.
    TENFOLD_INLINE static status allocate(const index_array<Rank>& extents, const Layout& layout, index_t bytes, packed_operand& result,
                                          memory_resource* resource = nullptr) noexcept {
        packed_operand made;
        if (status s = tensor<unsigned char, 1, Space>::allocate({bytes}, made.memory_, resource); !s.ok()) return s;
        made.extents_ = extents;
        made.layout_ = layout;
        result = std::move(made);
        return {};
    }
    /// A copy of its own, from the same resource. Throws as the constructor of tensor does.
    [[nodiscard]] TENFOLD_INLINE packed_operand clone() const {
        packed_operand copy;
        copy.memory_ = memory_.clone();
        copy.extents_ = extents_;
        copy.layout_ = layout_;
        return copy;
    }

    [[nodiscard]] TENFOLD_INLINE const index_array<Rank>& extents() const noexcept { return extents_; }  ///< before it was packed
    [[nodiscard]] TENFOLD_INLINE index_t extent(std::size_t axis) const noexcept { return extents_[axis]; }
    [[nodiscard]] TENFOLD_INLINE index_t bytes() const noexcept { return memory_.size(); }
    [[nodiscard]] TENFOLD_INLINE const Layout& layout() const noexcept { return layout_; }
    [[nodiscard]] TENFOLD_INLINE void* data() noexcept { return memory_.data(); }
    [[nodiscard]] TENFOLD_INLINE const void* data() const noexcept { return memory_.data(); }

private:
    tensor<unsigned char, 1, Space> memory_;
    index_array<Rank> extents_{};
    Layout layout_;
};
TENFOLD_TYPES_END

TENFOLD_BEGIN
/// The extents of a packed operand, at the address of what was packed: shapes and aliasing are checked as of any operand. Not read.
template <class T, std::size_t Rank, class Layout, class Space>
TENFOLD_INLINE tensor_view<const T, Rank, Space> shape_of(const packed_operand<T, Rank, Layout, Space>& x) noexcept {
    return {static_cast<const T*>(x.data()), x.extents(), index_array<Rank>{}};
}
/// Copies a name into a field of a layout; names are chosen to fit.
template <std::size_t Size>
TENFOLD_INLINE void set_name(char (&field)[Size], const char* name) noexcept {
    std::size_t i = 0;
    for (; i + 1 < Size && name[i] != '\0'; ++i) field[i] = name[i];
    field[i] = '\0';
}
TENFOLD_END
