# SPDX-License-Identifier: Apache-2.0
# Run with every build: writes the commit into a header, and touches the header only if it changed.
#   cmake -DSOURCE=<folder> -DHEADER=<file> -DFLAGS=<flags> -DBUILD_TYPE=<type> -P write_build_info.cmake
execute_process(
  COMMAND git -C ${SOURCE} rev-parse HEAD
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
  RESULT_VARIABLE failed)
set(dirty false)
if(failed)
  set(commit "")
else()
  execute_process(
    COMMAND git -C ${SOURCE} status --porcelain --untracked-files=no
    OUTPUT_VARIABLE changes ERROR_QUIET)
  if(NOT changes STREQUAL "")
    set(dirty true)
  endif()
endif()
string(STRIP "${FLAGS}" FLAGS)
string(REPLACE "\\" "\\\\" FLAGS "${FLAGS}")
string(REPLACE "\"" "\\\"" FLAGS "${FLAGS}")
file(
  CONFIGURE
  OUTPUT ${HEADER}
  CONTENT
    "// Written by support/write_build_info.cmake.
#pragma once
namespace tenfold::bench {
inline constexpr const char* build_commit = \"${commit}\";
inline constexpr bool build_dirty = ${dirty};
inline constexpr const char* build_flags = \"${FLAGS}\";
inline constexpr const char* build_type_name = \"${BUILD_TYPE}\";
}  // namespace tenfold::bench
")
