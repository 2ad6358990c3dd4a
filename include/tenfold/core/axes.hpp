// SPDX-License-Identifier: Apache-2.0
// axes: a list of axes to reduce or normalise over, as the user writes it.                                 [floor 1]
#pragma once

#include <tenfold/core/index.hpp>

#include <concepts>

TENFOLD_TYPES_BEGIN
/// `axes{1, 2}`; negative values count from the end; order does not matter; `axes{}` means "no axis", not "all".
template <std::size_t Count>
struct axes {
    index_array<Count> values;

    template <class... Integer>
        requires(sizeof...(Integer) == Count && (std::convertible_to<Integer, index_t> && ...))
    TENFOLD_INLINE constexpr axes(Integer... value) noexcept : values{static_cast<index_t>(value)...} {}
    TENFOLD_INLINE constexpr explicit axes(const index_array<Count>& list) noexcept : values(list) {}
};
template <class... Integer>
    requires(std::convertible_to<Integer, index_t> && ...)
axes(Integer...) -> axes<sizeof...(Integer)>;
template <std::size_t Count>
axes(const index_array<Count>&) -> axes<Count>;
TENFOLD_TYPES_END
