// SPDX-License-Identifier: Apache-2.0
// THE list of element types of tensors. A new type is one file beside this one and one entry here.         [floor 1]
#pragma once

#include <tenfold/core/dtype/bfloat16.hpp>
#include <tenfold/core/dtype/half.hpp>

#include <cstdint>

TENFOLD_TYPES_BEGIN
template <class... T>
struct type_list {};

/// Element types of operands. std::int64_t (indices, integer sums) and bool (any, all) occur as outputs only.
using dtype_list = type_list<float, double, half, bfloat16, std::int8_t, std::uint8_t, std::int32_t>;
TENFOLD_TYPES_END
