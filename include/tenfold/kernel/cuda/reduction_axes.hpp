// SPDX-License-Identifier: Apache-2.0
// A reduction as kernels see it: kept and reduced axes, sorted and merged, small enough to pass by value.      [floor 4]
#pragma once

#include <tenfold/kernel/cuda/strided_axes.hpp>
#include <tenfold/op/reduced_axes.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Operands of a reduction's axes: the input, the output, a second output if there is one.
enum reduction_operand : std::size_t { from_x, to_y, to_z };

struct reduction_axes {
    strided_axes<3> kept;
    strided_axes<3> reduced;  ///< strides of outputs are 0
    index_t outputs;
    index_t count;             ///< elements of each output
    operand_offsets<3> first;  ///< of the element where sorted strides count upwards
};

/// `in_order`: the reduced axes are walked as the caller has them, because the order of the elements counts. False: too many axes
/// are left for a kernel's arguments. Where x is empty its strides mean nothing, and outputs are those of zero elements.
template <std::size_t Rank>
bool find_axes(const index_array<Rank>& extents, const index_array<Rank>& x, const index_array<Rank>& y, const index_array<Rank>& z,
               const reduced_axes& axes, bool in_order, reduction_axes& found) noexcept {
    const bool empty = is_empty(extents);
    constexpr std::uint32_t all = (1u << Rank) - 1;
    const index_array<Rank> nowhere{};
    const index_array<Rank> kept_strides[] = {empty ? nowhere : x, y, z};
    const index_array<Rank> reduced_strides[] = {x, nowhere, nowhere};
    const auto kept = collect_axes(extents, kept_strides, axes.mask);
    const auto reduced = collect_axes(extents, reduced_strides, empty ? all : all & ~axes.mask, in_order);
    found = {kept.axes, reduced.axes, kept.axes.elements, empty ? 0 : reduced.axes.elements, {}};
    for (int k = 0; k < 3; ++k) found.first.of[k] = kept.first.of[k] + reduced.first.of[k];
    return kept.fit && reduced.fit;
}
}  // namespace gpu_kernels
TENFOLD_END
