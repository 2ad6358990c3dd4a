// SPDX-License-Identifier: Apache-2.0
// TENFOLD_ISA_CALL: the functions that carry an instruction set.                                            [floor 4]
#pragma once

#include <tenfold/config/abi.hpp>

TENFOLD_BEGIN
/// Bodies whose loops are over vectors already say so (`written_in_vectors`): O2 gives them the speed of O3 and takes 0.4 s less
/// of a matmul unit's 5.1. The others are left to the vectoriser, and need O3 (rms_norm of bfloat16: 8.8 instead of 3.1 GB/s).
template <class Body>
inline constexpr bool is_written_in_vectors = false;
template <class Body>
    requires requires { Body::written_in_vectors; }
inline constexpr bool is_written_in_vectors<Body> = Body::written_in_vectors;

/// Bodies that call functors of the user's say so (`runs_functors`): those may throw, and their a * b + c is not fused, so
/// that it rounds as it does elsewhere.
template <class Body>
inline constexpr bool is_running_functors = false;
template <class Body>
    requires requires { Body::runs_functors; }
inline constexpr bool is_running_functors<Body> = Body::runs_functors;
TENFOLD_END

// A functor that has no vector code is no news: clang reports it at the entry.
#if defined(__clang__)
#define TENFOLD_CALLS_BEGIN _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wpass-failed\"")
#define TENFOLD_CALLS_END _Pragma("clang diagnostic pop")
#else
#define TENFOLD_CALLS_BEGIN
#define TENFOLD_CALLS_END
#endif

/// Defines call<Body>(argument...) of `isa`: `Body` and all it inlines is compiled with `target`, an attribute or nothing.
#define TENFOLD_ISA_CALL(isa, target)                                             \
    TENFOLD_CALLS_BEGIN                                                           \
    template <class Body, class... Argument>                                      \
        requires(!is_written_in_vectors<Body> && !is_running_functors<Body>)      \
    TENFOLD_ENTRY target static void call(Argument... argument) noexcept {        \
        Body::template run<isa>(argument...);                                     \
    }                                                                             \
    template <class Body, class... Argument>                                      \
        requires is_written_in_vectors<Body>                                      \
    TENFOLD_VECTOR_ENTRY target static void call(Argument... argument) noexcept { \
        Body::template run<isa>(argument...);                                     \
    }                                                                             \
    template <class Body, class... Argument>                                      \
        requires is_running_functors<Body>                                        \
    TENFOLD_FUNCTOR_ENTRY target static void call(Argument... argument) {         \
        Body::template run<isa>(argument...);                                     \
    }                                                                             \
    TENFOLD_CALLS_END                                                             \
    static_assert(true)
