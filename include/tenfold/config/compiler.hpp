// SPDX-License-Identifier: Apache-2.0
// Compiler facts behind names: what a macro promises is said here once, every use relies on it.           [floor 0]
#pragma once

#include <version>

#if defined(__CUDACC__) && (__cplusplus < 202002L)
#error "tenfold: C++20 is needed in .cu files; link tenfold::tenfold, or pass -std=c++20 to nvcc"
#elif __cplusplus < 202002L
#error "tenfold: C++20 is needed; pass -std=c++20 or use target_compile_features(app PRIVATE cxx_std_20)"
#endif

/// 1 where the translation unit is compiled with exceptions; without them only the std::nothrow overloads exist.
#if defined(__cpp_exceptions)
#define TENFOLD_HAS_EXCEPTIONS 1
#else
#define TENFOLD_HAS_EXCEPTIONS 0
#endif

/// A function that leaves no symbol of its own, at -O0 too: members of types that cross library borders.
#define TENFOLD_INLINE inline __attribute__((always_inline))

/// Before TENFOLD_INLINE: the function is also compiled for the GPU where a CUDA compiler compiles it. It may call such functions only.
#if defined(__CUDACC__)
#define TENFOLD_ANYWHERE __host__ __device__
#else
#define TENFOLD_ANYWHERE
#endif

/// A function that must stay out of line and out of the hot path: error texts.
#define TENFOLD_COLD __attribute__((noinline, cold))

/// A function that must stay out of line, so that its caller needs neither its stack nor its registers.
#define TENFOLD_APART __attribute__((noinline))

#define TENFOLD_RESTRICT __restrict__

/// State that must exist once per shared library, so that the library can be unloaded.
#define TENFOLD_HIDDEN __attribute__((visibility("hidden")))

/// An exception type must be one type for a whole process, whatever the visibility flags of its users.
#define TENFOLD_EXPORT __attribute__((visibility("default")))

// Kernels: TENFOLD_BODY is a piece that inlines into an entry and takes over its instruction set; TENFOLD_ENTRY is
// the function per ISA that carries the target attribute, TENFOLD_VECTOR_ENTRY that of bodies written in vectors;
// TENFOLD_STRICT opens each body; TENFOLD_UNROLL stands before every loop over registers, TENFOLD_INDEPENDENT before loops that
// may work in place, element by element. Together they make the consumer's -O0, -ffast-math, -ffp-contract=off, -ftrapv and
// -mprefer-vector-width irrelevant for kernels (docs/design/dispatch.md has the measurements, tests/codegen the proof).
#if defined(__clang__)
#define TENFOLD_BODY inline __attribute__((always_inline))
#define TENFOLD_ENTRY __attribute__((noinline, min_vector_width(512)))
#define TENFOLD_VECTOR_ENTRY TENFOLD_ENTRY
#define TENFOLD_FUNCTOR_ENTRY TENFOLD_ENTRY
// contract(on) fuses at -O0 too, contract(fast) does not: Debug and Release would differ in their bits.
#define TENFOLD_STRICT _Pragma("float_control(precise, on)") _Pragma("clang fp contract(on)")
#define TENFOLD_UNROLL _Pragma("unroll")
#define TENFOLD_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define TENFOLD_BODY inline __attribute__((always_inline, optimize("no-fast-math")))
#define TENFOLD_ENTRY_AT(...) __attribute__((noinline, optimize(__VA_ARGS__, "no-fast-math", "no-trapv")))
#if defined(__SANITIZE_ADDRESS__)
// Every access of unrolled and vectorised loops gets a check of its own: at O3 such bodies compile twice as long. Of what O2
// adds, the bits need expensive-optimizations: it fuses a * b + c.
#define TENFOLD_ENTRY TENFOLD_ENTRY_AT("O1", "expensive-optimizations", "fp-contract=fast")
#define TENFOLD_VECTOR_ENTRY TENFOLD_ENTRY
#define TENFOLD_FUNCTOR_ENTRY TENFOLD_ENTRY_AT("O1", "expensive-optimizations", "fp-contract=off")
#else
#define TENFOLD_ENTRY TENFOLD_ENTRY_AT("O3", "fp-contract=fast")
#define TENFOLD_VECTOR_ENTRY TENFOLD_ENTRY_AT("O2", "fp-contract=fast")
#define TENFOLD_FUNCTOR_ENTRY TENFOLD_ENTRY_AT("O3", "fp-contract=off")
#endif
#define TENFOLD_STRICT
#define TENFOLD_UNROLL _Pragma("GCC unroll 32")
#define TENFOLD_INDEPENDENT _Pragma("GCC ivdep")
#endif

/// 1 where __builtin_shufflevector takes its indices from a parameter pack. cudafe++ of nvcc 13.0 rewrites the pack into text
/// that g++ refuses ("parameter packs not expanded"); lanes are then moved one by one.
#if defined(__CUDACC__)
#define TENFOLD_SHUFFLE_TAKES_PACKS 0
#else
#define TENFOLD_SHUFFLE_TAKES_PACKS 1
#endif

/// 1 where an x86 instruction may be written out in a body: g++ asks for its instruction set where the body has been inlined,
/// clang where it is written, and cudafe++ does not know vectors as operands.
#if defined(__x86_64__) && !defined(__clang__) && !defined(__CUDACC__)
#define TENFOLD_BODY_MAY_NAME_INSTRUCTIONS 1
#else
#define TENFOLD_BODY_MAY_NAME_INSTRUCTIONS 0
#endif

// Brackets around headers with bodies. nvcc warns that its own front end ignores `#pragma GCC unroll` (1675), which is
// meant for the host compiler; g++ warns that vectors in inlined functions have a flag-dependent calling convention.
#if defined(__CUDACC__)
#define TENFOLD_BODIES_BEGIN _Pragma("nv_diagnostic push") _Pragma("nv_diag_suppress 1675")
#define TENFOLD_BODIES_END _Pragma("nv_diagnostic pop")
#elif defined(__clang__)
#define TENFOLD_BODIES_BEGIN
#define TENFOLD_BODIES_END
#else
#define TENFOLD_BODIES_BEGIN _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wpsabi\"")
#define TENFOLD_BODIES_END _Pragma("GCC diagnostic pop")
#endif
