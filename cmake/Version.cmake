# SPDX-License-Identifier: Apache-2.0
# Reads the version from the one header that states it.
function(tenfold_read_version header result)
  file(STRINGS ${header} lines REGEX "^#define TENFOLD_VERSION_(MAJOR|MINOR|PATCH) [0-9]+$")
  list(TRANSFORM lines REPLACE "^.* ([0-9]+)$" "\\1")
  list(LENGTH lines count)
  if(NOT count EQUAL 3)
    message(FATAL_ERROR "tenfold: ${header} must define TENFOLD_VERSION_MAJOR, _MINOR and _PATCH, in this order")
  endif()
  list(JOIN lines "." version)
  set(${result} ${version} PARENT_SCOPE)
endfunction()
