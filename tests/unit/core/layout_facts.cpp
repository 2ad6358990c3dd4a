// SPDX-License-Identifier: Apache-2.0
// Size, alignment and triviality of the types that cross library borders: what every release of v1 keeps.
#include <tenfold/core/axes.hpp>
#include <tenfold/core/error.hpp>
#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/cpu.hpp>
#include <tenfold/exec/reference.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {
template <class T>
constexpr bool plain = std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T>;
}  // namespace

TEST_CASE("public types have the one layout of v1 [O01]") {
    using namespace tenfold;
    static_assert(sizeof(index_t) == 8 && std::is_signed_v<index_t>);
    static_assert(sizeof(half) == 2 && sizeof(bfloat16) == 2 && plain<half> && plain<bfloat16>);
    static_assert(sizeof(tensor_view<float, 1>) == 24 && sizeof(tensor_view<double, 2>) == 40 && sizeof(tensor_view<half, 4>) == 72);
    static_assert(alignof(tensor_view<std::int8_t, 2>) == 8 && plain<tensor_view<float, 3>>);
    static_assert(sizeof(tensor<float, 2>) == 48 && alignof(tensor<float, 2>) == 8);
    static_assert(sizeof(status) == 504 && plain<status>);
    static_assert(sizeof(axes<3>) == 24 && plain<axes<3>>);
    static_assert(sizeof(arena_ref) == 24 && plain<arena_ref>);
    static_assert(sizeof(cpu) == 40 && plain<cpu> && std::is_empty_v<reference>);
    static_assert(std::is_base_of_v<std::runtime_error, error> && std::is_base_of_v<error, shape_error>);
    CHECK(sizeof(shape_error) == sizeof(error));
}
