// SPDX-License-Identifier: Apache-2.0
// What a backend is, and how an op finds its kernel on one.                                                [floor 2]
#pragma once

#include <tenfold/core/memory.hpp>  // host_space, device_space

#include <concepts>
#include <type_traits>

TENFOLD_BEGIN
/// A backend is a copyable value that says where work runs. It names itself and the memory space of its operands.
template <class B>
concept backend = std::copyable<std::remove_cvref_t<B>> && requires {
    typename std::remove_cvref_t<B>::space;
    { std::remove_cvref_t<B>::name } -> std::convertible_to<const char*>;
};

struct missing_kernel {};

/// The kernel of `Op` on `Backend`: specialise it with
///     template <class Arguments> static status run(const Backend&, const Arguments&);
/// `Arguments` is the op's checked argument struct (op/<op>.hpp). run() writes the outputs and reports what only it can
/// find out (no memory, an unknown ISA); it reports before it writes.
template <class Op, class Backend>
struct kernel : missing_kernel {};

template <class Op, class Backend>
concept implemented = !std::derived_from<kernel<Op, Backend>, missing_kernel>;
TENFOLD_END
