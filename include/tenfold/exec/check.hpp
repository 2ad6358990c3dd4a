// SPDX-License-Identifier: Apache-2.0
// Checks that every op shares: legal shapes, non-null data, one-to-one outputs, no forbidden overlap.      [floor 2]
#pragma once

#include <tenfold/core/overlap.hpp>
#include <tenfold/core/status.hpp>
#include <tenfold/core/tensor_view.hpp>

TENFOLD_BEGIN
/// An operand with the name that messages use, and the offsets it reaches (filled by check_operand).
template <class T, std::size_t Rank, class Space>
struct named_operand {
    const char* name;
    tensor_view<T, Rank, Space> view;
    offset_range range{};

    TENFOLD_INLINE memory_footprint<Rank> footprint() const noexcept {
        return {static_cast<const void*>(view.data()), view.extents(), view.strides(), static_cast<index_t>(sizeof(T))};
    }
};
template <class T, std::size_t Rank, class Space>
named_operand(const char*, tensor_view<T, Rank, Space>) -> named_operand<T, Rank, Space>;

template <std::size_t Rank>
TENFOLD_COLD status shape_failure(const char* op, const char* name, shape_problem problem, const index_array<Rank>& extents,
                                  const index_array<Rank>& strides) noexcept {
    failure message(status_code::shape, op);
    message << name << " has extents " << extents;
    switch (problem) {
        case shape_problem::negative_extent: return message << " with a negative value; extents are >= 0";
        case shape_problem::too_many_elements: return message << ": more than 2^63 - 1 bytes; use smaller extents";
        default: return message << " and strides " << strides << ": the offsets exceed 2^63 - 1 bytes; use smaller strides";
    }
}
template <std::size_t Rank>
TENFOLD_COLD status null_failure(const char* op, const char* name, const index_array<Rank>& extents) noexcept {
    return failure(status_code::shape, op) << name << " has extents " << extents
                                           << " but a null data pointer; null is legal only for views without elements";
}
template <std::size_t Rank>
TENFOLD_COLD status one_to_one_failure(const char* op, const char* name, const index_array<Rank>& extents,
                                       const index_array<Rank>& strides) noexcept {
    return failure(status_code::shape, op) << name << " is an output with extents " << extents << " and strides " << strides
                                           << ", not provably one-to-one: two indices may share an element. Write to a view without "
                                              "broadcast or overlapping axes";
}
template <class A, class B>
TENFOLD_COLD status overlap_failure(const char* op, const A& output, const B& other, overlap kind) noexcept {
    const auto bounds = [](failure& message, const auto& operand) {
        const auto* base = reinterpret_cast<const char*>(operand.view.data());
        const index_t bytes = sizeof(typename decltype(operand.view)::value_type);
        message << operand.name << " [" << static_cast<const void*>(base + operand.range.low * bytes) << ", +"
                << (operand.range.high - operand.range.low + 1) * bytes << " bytes)";
    };
    failure message(status_code::shape, op);
    message << output.name << (kind == overlap::undecided ? " may overlap " : " overlaps ") << other.name << ": ";
    bounds(message, output);
    message << ", ";
    bounds(message, other);
    if (kind == overlap::undecided) return message << ". Their strides are too involved to prove them disjoint; pass plainer views";
    return message << ". Use a separate output";
}

/// Shape and pointer of an input; fills its range.
template <class T, std::size_t Rank, class Space>
TENFOLD_INLINE status check_operand(const char* op, named_operand<T, Rank, Space>& x) noexcept {
    const shape_problem problem = check_shape(x.view.extents(), x.view.strides(), sizeof(T), x.range);
    if (problem != shape_problem::none) [[unlikely]]
        return shape_failure(op, x.name, problem, x.view.extents(), x.view.strides());
    if (x.view.data() == nullptr && !x.view.empty()) [[unlikely]]
        return null_failure(op, x.name, x.view.extents());
    return {};
}

/// The same for an output, which must also be one-to-one.
template <class T, std::size_t Rank, class Space>
TENFOLD_INLINE status check_output(const char* op, named_operand<T, Rank, Space>& y) noexcept {
    if (status s = check_operand(op, y); !s.ok()) return s;
    if (!is_provably_one_to_one(y.view.extents(), y.view.strides())) [[unlikely]]
        return one_to_one_failure(op, y.name, y.view.extents(), y.view.strides());
    return {};
}

enum class in_place : bool { refused, allowed };

/// The output may share no element with `other`; with in_place::allowed it may be exactly the same view.
template <class Output, class Other>
TENFOLD_INLINE status check_disjoint(const char* op, const Output& y, const Other& other, in_place exact = in_place::refused) noexcept {
    if (y.view.empty() || other.view.empty()) return {};
    const overlap kind = overlap_of(y.footprint(), y.range, other.footprint(), other.range);
    if (kind == overlap::none || (kind == overlap::same && exact == in_place::allowed)) return {};
    return overlap_failure(op, y, other, kind);
}

template <class View>
TENFOLD_COLD status planned_failure(const char* op, const char* operand, const View& planned, const View& given) noexcept {
    return failure(status_code::shape, op) << "the plan is for " << operand << " of extents " << planned.extents() << " and strides "
                                           << planned.strides() << "; this " << operand << " has extents " << given.extents()
                                           << " and strides " << given.strides() << ". Make a plan for it";
}
/// An operand of another run of a plan has the extents and strides of the planned one; without elements there is nothing apart.
template <class View>
status check_planned(const char* op, const char* operand, const View& planned, const View& given) noexcept {
    for (std::size_t i = 0; i < View::rank; ++i) {
        if (planned.extent(i) != given.extent(i) || (planned.extent(i) > 1 && !planned.empty() && planned.stride(i) != given.stride(i)))
            return planned_failure(op, operand, planned, given);
    }
    return {};
}
TENFOLD_END
