// SPDX-License-Identifier: Apache-2.0
// The canonical form of a reduction: whatever the ranks and strides were, a few merged axes with strides >= 0. [floor 4]
#pragma once

#include <tenfold/core/tensor_view.hpp>
#include <tenfold/op/axis_list.hpp>
#include <tenfold/op/reduced_axes.hpp>

TENFOLD_BEGIN
/// One axis of x; `y` is its stride in the output, 0 for reduced axes.
struct form_axis {
    index_t extent;
    index_t x;
    index_t y;

    [[nodiscard]] TENFOLD_INLINE index_t leading() const noexcept { return x; }
    [[nodiscard]] TENFOLD_INLINE bool continues(const form_axis& inner) const noexcept {
        return x == inner.x * inner.extent && y == inner.y * inner.extent;
    }
};
inline constexpr form_axis single_element{1, 0, 0};

/// Axes of extent > 1, slowest (largest stride in x) first; neighbours that make up one longer axis are merged.
struct form_axes {
    static constexpr int capacity = 16;
    form_axis axis[capacity];  // the first `count`; a copy takes no others: small calls would spend their time on them
    int count = 0;

    TENFOLD_INLINE form_axes() noexcept {}
    TENFOLD_INLINE form_axes(const form_axes& from) noexcept : count(from.count) {
        for (int i = 0; i < count; ++i) axis[i] = from.axis[i];
    }
    TENFOLD_INLINE form_axes& operator=(const form_axes& from) noexcept {
        count = from.count;
        for (int i = 0; i < count; ++i) axis[i] = from.axis[i];
        return *this;
    }
    [[nodiscard]] TENFOLD_INLINE index_t elements() const noexcept {
        index_t product = 1;
        for (int i = 0; i < count; ++i) product *= axis[i].extent;
        return product;
    }
    TENFOLD_INLINE void append(const form_axis& added) noexcept { axis[count++] = added; }
    TENFOLD_INLINE void insert(const form_axis& added) noexcept { insert_axis(axis, count, added); }
    TENFOLD_INLINE form_axis take(int at) noexcept {
        const form_axis taken = axis[at];
        --count;
        for (int i = at; i < count; ++i) axis[i] = axis[i + 1];
        return taken;
    }
    TENFOLD_INLINE void merge() noexcept { merge_axes(axis, count); }
    /// Offsets in x and y of the index with this row-major number.
    TENFOLD_INLINE void offsets(index_t number, index_t& in_x, index_t& in_y) const noexcept {
        in_x = 0;
        in_y = 0;
        for (int i = count; number > 0 && i-- > 0;) {
            const index_t at = number % axis[i].extent;
            number /= axis[i].extent;
            in_x += at * axis[i].x;
            in_y += at * axis[i].y;
        }
    }
    /// Writes the offsets in x (and in y, unless null) of `many` indices from the one numbered `first` on.
    TENFOLD_INLINE void list_offsets(index_t first, index_t many, index_t* in_x, index_t* in_y) const noexcept {
        index_t index[capacity];
        index_t at_x = 0;
        index_t at_y = 0;
        offsets(first, at_x, at_y);
        for (int i = count; i-- > 0;) {
            index[i] = first > 0 ? first % axis[i].extent : 0;
            first = first > 0 ? first / axis[i].extent : 0;
        }
        for (index_t n = 0; n < many; ++n) {
            in_x[n] = at_x;
            if (in_y != nullptr) in_y[n] = at_y;
            for (int i = count; i-- > 0;) {
                at_x += axis[i].x;
                at_y += axis[i].y;
                if (++index[i] < axis[i].extent) break;
                at_x -= axis[i].extent * axis[i].x;
                at_y -= axis[i].extent * axis[i].y;
                index[i] = 0;
            }
        }
    }
};

struct reduction_form {
    form_axes kept;
    form_axes reduced;
    index_t x_first = 0;  ///< offset of the element where all strides count upwards, relative to the view's data
    index_t y_first = 0;
};

/// Sums may take reversed axes forwards (their order is part of the shape alone); so may everything else here.
template <std::size_t Rank>
TENFOLD_INLINE reduction_form canonical_form(const index_array<Rank>& extents, const index_array<Rank>& x, const index_array<Rank>& y,
                                             const reduced_axes& axes) noexcept {
    reduction_form form;
    for (std::size_t i = 0; i < Rank; ++i) {
        if (extents[i] == 1) continue;
        form_axis a{extents[i], x[i], axes.contains(i) ? 0 : y[i]};
        if (a.x < 0) {
            form.x_first += (a.extent - 1) * a.x;
            form.y_first += (a.extent - 1) * a.y;
            a.x = -a.x;
            a.y = -a.y;
        }
        (axes.contains(i) ? form.reduced : form.kept).insert(a);
    }
    form.kept.merge();
    form.reduced.merge();
    return form;
}

/// The form for arg-reductions, where the order of the reduced axes counts: they stay as they are, and their `y` is the
/// distance of neighbours in the row-major index over the reduced axes.
template <std::size_t Rank>
TENFOLD_INLINE reduction_form indexed_form(const index_array<Rank>& extents, const index_array<Rank>& x, const index_array<Rank>& y,
                                           const reduced_axes& axes) noexcept {
    reduction_form form = canonical_form(extents, x, y, axes);
    form.reduced.count = 0;
    form.x_first = form.y_first = 0;
    index_t step = 1;
    for (std::size_t i = 0; i < Rank; ++i) step *= axes.contains(i) ? extents[i] : 1;
    for (std::size_t i = 0; i < Rank; ++i) {
        if (extents[i] == 1) continue;
        if (axes.contains(i)) {
            step /= extents[i];
            form.reduced.append({extents[i], x[i], step});
        } else if (x[i] < 0) {
            form.x_first += (extents[i] - 1) * x[i];
            form.y_first += (extents[i] - 1) * y[i];
        }
    }
    form.reduced.merge();
    return form;
}

/// The axis along which vectors are loaded, taken out of the form.
struct vector_axis {
    form_axis axis;
    bool reduced;  ///< lanes of one output; otherwise each lane is an output of its own
};

/// A unit stride along at least 16 elements is best. Otherwise elements are gathered along the longer axis, up to 256 of
/// them at a time; among equals along the smaller stride.
TENFOLD_INLINE vector_axis take_vector_axis(reduction_form& form) noexcept {
    constexpr index_t enough = 16;
    constexpr index_t most = 256;
    index_t best_score = -1;
    index_t best_stride = 0;
    int best = -1;
    bool best_reduced = true;
    const auto consider = [&](const form_axes& axes, bool reduced) {
        for (int i = 0; i < axes.count; ++i) {
            const form_axis& a = axes.axis[i];
            const index_t score = a.x == 1 && a.extent >= enough ? most + 1 : a.extent < most ? a.extent : most;
            if (score > best_score || (score == best_score && a.x < best_stride)) {
                best_score = score;
                best_stride = a.x;
                best = i;
                best_reduced = reduced;
            }
        }
    };
    consider(form.reduced, true);
    consider(form.kept, false);
    if (best < 0) return {{1, 1, 0}, true};  // a single element, contiguous
    return {(best_reduced ? form.reduced : form.kept).take(best), best_reduced};
}
TENFOLD_END
