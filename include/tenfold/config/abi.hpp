// SPDX-License-Identifier: Apache-2.0
// The ABI tag: code compiled under different flags gets different names, so the linker never merges it.     [floor 0]
//
// Two nested inline namespaces. tenfold::v1 holds *types* (views, tensors, status, backends, errors): one layout for
// all flags, members that leave no symbol, so translation units can exchange them. tenfold::v1::<tag> holds
// everything with code. The tag has one digit per macro that changes code: a plain and an AVX-512 object file keep
// their own kernels, where one merged body would crash the older machine (NumPy #25274, xsimd #1311, cub #545).
// NDEBUG is never read, here or elsewhere.
#pragma once

#include <tenfold/config/compiler.hpp>
#include <tenfold/config/options.hpp>
#include <tenfold/config/version.hpp>

#if defined(__SSE4_2__)
#define TENFOLD_TAG_SSE42 1
#else
#define TENFOLD_TAG_SSE42 0
#endif
#if defined(__AVX__)
#define TENFOLD_TAG_AVX 1
#else
#define TENFOLD_TAG_AVX 0
#endif
#if defined(__AVX2__)
#define TENFOLD_TAG_AVX2 1
#else
#define TENFOLD_TAG_AVX2 0
#endif
#if defined(__FMA__)
#define TENFOLD_TAG_FMA 1
#else
#define TENFOLD_TAG_FMA 0
#endif
#if defined(__F16C__)
#define TENFOLD_TAG_F16C 1
#else
#define TENFOLD_TAG_F16C 0
#endif
#if defined(__BMI2__)
#define TENFOLD_TAG_BMI2 1
#else
#define TENFOLD_TAG_BMI2 0
#endif
#if defined(__AVX512F__)
#define TENFOLD_TAG_AVX512F 1
#else
#define TENFOLD_TAG_AVX512F 0
#endif
#if defined(__AVX512DQ__)
#define TENFOLD_TAG_AVX512DQ 1
#else
#define TENFOLD_TAG_AVX512DQ 0
#endif
#if defined(__AVX512BW__)
#define TENFOLD_TAG_AVX512BW 1
#else
#define TENFOLD_TAG_AVX512BW 0
#endif
#if defined(__AVX512VL__)
#define TENFOLD_TAG_AVX512VL 1
#else
#define TENFOLD_TAG_AVX512VL 0
#endif
#if defined(__AVX512BF16__)
#define TENFOLD_TAG_AVX512BF16 1
#else
#define TENFOLD_TAG_AVX512BF16 0
#endif
#if defined(__AVX512VNNI__)
#define TENFOLD_TAG_AVX512VNNI 1
#else
#define TENFOLD_TAG_AVX512VNNI 0
#endif
#if defined(__AMX_TILE__)
#define TENFOLD_TAG_AMX 1
#else
#define TENFOLD_TAG_AMX 0
#endif
#if defined(__ARM_FEATURE_SVE)
#define TENFOLD_TAG_SVE 1
#else
#define TENFOLD_TAG_SVE 0
#endif
#if defined(__FAST_MATH__)
#define TENFOLD_TAG_FAST_MATH 1
#else
#define TENFOLD_TAG_FAST_MATH 0
#endif
#if defined(__ASSOCIATIVE_MATH__)
#define TENFOLD_TAG_ASSOCIATIVE 1
#else
#define TENFOLD_TAG_ASSOCIATIVE 0
#endif
#if defined(__RECIPROCAL_MATH__)
#define TENFOLD_TAG_RECIPROCAL 1
#else
#define TENFOLD_TAG_RECIPROCAL 0
#endif
#if defined(__NO_SIGNED_ZEROS__)
#define TENFOLD_TAG_NO_SIGNED_ZEROS 1
#else
#define TENFOLD_TAG_NO_SIGNED_ZEROS 0
#endif
#if defined(__ROUNDING_MATH__)
#define TENFOLD_TAG_ROUNDING 1
#else
#define TENFOLD_TAG_ROUNDING 0
#endif
#if defined(TENFOLD_TAG_OPTIMIZE)
// Given: tenfold/kernels.cpp, itself optimised, is compiled with 0 for callers that are not.
#elif defined(__OPTIMIZE__)
#define TENFOLD_TAG_OPTIMIZE 1
#else
#define TENFOLD_TAG_OPTIMIZE 0
#endif
#if defined(CUDA_API_PER_THREAD_DEFAULT_STREAM)
#define TENFOLD_TAG_STREAM 1
#else
#define TENFOLD_TAG_STREAM 0
#endif
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__  // always defined; its value tells
#define TENFOLD_TAG_FINITE 1
#else
#define TENFOLD_TAG_FINITE 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TENFOLD_TAG_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define TENFOLD_TAG_SANITIZED 1
#else
#define TENFOLD_TAG_SANITIZED 0
#endif
#else
#define TENFOLD_TAG_SANITIZED 0
#endif
#if defined(__CUDACC__)
#define TENFOLD_TAG_CUDA 1
#else
#define TENFOLD_TAG_CUDA 0
#endif
/// 1 where the cpu backend can be included: oneTBB's headers are there, or it runs without them. with_backend() enumerates
/// the backends a translation unit can have, so it is in the tag.
#if TENFOLD_EXECUTOR_STD_THREADS || __has_include(<tbb/task_group.h>)
#define TENFOLD_HAS_CPU 1
#else
#define TENFOLD_HAS_CPU 0
#endif

#define TENFOLD_TAG_GLUE3_(a, b, c) a##b##c
#define TENFOLD_TAG_GLUE3(a, b, c) TENFOLD_TAG_GLUE3_(a, b, c)
#define TENFOLD_TAG_GLUE5_(a, b, c, d, e) a##b##c##d##e
#define TENFOLD_TAG_GLUE5(a, b, c, d, e) TENFOLD_TAG_GLUE5_(a, b, c, d, e)
#define TENFOLD_TAG_GLUE6_(a, b, c, d, e, f) a##b##c##d##e##f
#define TENFOLD_TAG_GLUE6(a, b, c, d, e, f) TENFOLD_TAG_GLUE6_(a, b, c, d, e, f)
#define TENFOLD_TAG_GLUE8_(a, b, c, d, e, f, g, h) a##b##c##d##e##f##g##h
#define TENFOLD_TAG_GLUE8(a, b, c, d, e, f, g, h) TENFOLD_TAG_GLUE8_(a, b, c, d, e, f, g, h)

// Letters: v version, i instruction sets, m value-changing maths, b build, o options (THE list a new option joins).
#define TENFOLD_TAG_VERSION TENFOLD_TAG_GLUE3(TENFOLD_VERSION_MAJOR, TENFOLD_VERSION_MINOR, TENFOLD_VERSION_PATCH)
#define TENFOLD_TAG_ISA_LOW \
    TENFOLD_TAG_GLUE6(TENFOLD_TAG_SSE42, TENFOLD_TAG_AVX, TENFOLD_TAG_AVX2, TENFOLD_TAG_FMA, TENFOLD_TAG_F16C, TENFOLD_TAG_BMI2)
#define TENFOLD_TAG_ISA_HIGH                                                                                                         \
    TENFOLD_TAG_GLUE8(TENFOLD_TAG_AVX512F, TENFOLD_TAG_AVX512DQ, TENFOLD_TAG_AVX512BW, TENFOLD_TAG_AVX512VL, TENFOLD_TAG_AVX512BF16, \
                      TENFOLD_TAG_AVX512VNNI, TENFOLD_TAG_AMX, TENFOLD_TAG_SVE)
#define TENFOLD_TAG_MATH                                                                                                   \
    TENFOLD_TAG_GLUE6(TENFOLD_TAG_FAST_MATH, TENFOLD_TAG_ASSOCIATIVE, TENFOLD_TAG_RECIPROCAL, TENFOLD_TAG_NO_SIGNED_ZEROS, \
                      TENFOLD_TAG_ROUNDING, TENFOLD_TAG_FINITE)
#define TENFOLD_TAG_BUILD \
    TENFOLD_TAG_GLUE5(TENFOLD_TAG_OPTIMIZE, TENFOLD_TAG_SANITIZED, TENFOLD_TAG_CUDA, TENFOLD_HAS_CPU, TENFOLD_TAG_STREAM)
#define TENFOLD_TAG_OPTIONS TENFOLD_TAG_GLUE3(TENFOLD_HAS_EXCEPTIONS, TENFOLD_EXECUTOR_STD_THREADS, TENFOLD_PRECOMPILED_KERNELS)

#define TENFOLD_TAG_NAME_(ver, lo, hi, m, b, o) v##ver##_i##lo##_##hi##_m##m##_b##b##_o##o
#define TENFOLD_TAG_NAME(ver, lo, hi, m, b, o) TENFOLD_TAG_NAME_(ver, lo, hi, m, b, o)
#define TENFOLD_ABI_TAG                                                                                                   \
    TENFOLD_TAG_NAME(TENFOLD_TAG_VERSION, TENFOLD_TAG_ISA_LOW, TENFOLD_TAG_ISA_HIGH, TENFOLD_TAG_MATH, TENFOLD_TAG_BUILD, \
                     TENFOLD_TAG_OPTIONS)

/// Opens and closes the namespace of types: tenfold::v1.
#define TENFOLD_TYPES_BEGIN \
    namespace tenfold {     \
    inline namespace v1 {
#define TENFOLD_TYPES_END \
    }                     \
    }

/// Opens and closes the namespace of code: tenfold::v1::<tag>.
#define TENFOLD_BEGIN     \
    namespace tenfold {   \
    inline namespace v1 { \
    inline namespace TENFOLD_ABI_TAG {
#define TENFOLD_END \
    }               \
    }               \
    }
