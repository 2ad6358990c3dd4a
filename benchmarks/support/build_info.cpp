// SPDX-License-Identifier: Apache-2.0
// The facts of this build: predefined macros, and what CMake writes into a header with every build.
#include "support/build_info.hpp"

#include <fmt/format.h>                // fmt::format
#include <tenfold/config/version.hpp>  // TENFOLD_VERSION_MAJOR

#include "tenfold_bench_build.hpp"  // build_commit, build_dirty, build_flags, build_type_name; written by CMake

namespace tenfold::bench {
namespace {

#if defined(__clang__)
constexpr const char* compiler_name = "clang++ " __clang_version__;
#else
constexpr const char* compiler_name = "g++ " __VERSION__;
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer);
#else
constexpr bool sanitized = false;
#endif

#if defined(__OPTIMIZE__)
constexpr bool optimized = true;
#else
constexpr bool optimized = false;
#endif

build_info collect() {
    build_info info;
    info.version = fmt::format("{}.{}.{}", TENFOLD_VERSION_MAJOR, TENFOLD_VERSION_MINOR, TENFOLD_VERSION_PATCH);
    info.commit = build_commit;
    info.dirty = build_dirty;
    info.compiler = compiler_name;
    info.flags = build_flags;
    info.build_type = build_type_name;
    if (sanitized) info.build_type += "+sanitizer";
    if (sanitized)
        info.unfit = "it is instrumented by a sanitizer";
    else if (!optimized)
        info.unfit = "it is not optimised";
    if (!info.unfit.empty()) info.unfit += "; build with -DCMAKE_BUILD_TYPE=Release";
    return info;
}

}  // namespace

const build_info& this_build() {
    static const build_info info = collect();
    return info;
}

}  // namespace tenfold::bench
